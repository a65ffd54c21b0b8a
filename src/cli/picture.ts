/** Results of a product space with one or two dimensions → a picture for the terminal. */

import { colourModeOf } from "./colour.ts";
import type { ResultColumn, Results } from "./columns.ts";
import { heatMap, type PlotAxis } from "./heatmap.ts";
import { linePlot } from "./lineplot.ts";

/** `undefined` where there is nothing to draw: other spaces, and outputs that are arrays. */
export function picture(results: Results, output: ResultColumn | undefined): string | undefined {
  if (!output || output.width !== 1 || !results.dims) return undefined;
  // An axis of one point is a point: nothing varies along it.
  const axes = results.dims
    .map((name): PlotAxis => ({ name, values: results.coords[name] as ArrayLike<number> }))
    .filter((axis) => axis.values.length > 1);
  const size = { width: Math.min(process.stdout.columns ?? 80, 120), height: Math.min(process.stdout.rows ?? 30, 56) };
  const mode = colourModeOf(process.env, process.stdout.isTTY === true);
  const [first, second] = axes;
  if (first && !second) return linePlot({ title: output.name, axis: first, values: output.data }, size, mode);
  if (!first || !second || axes.length > 2) return undefined;
  return heatMap({ title: output.name, values: output.data, rows: first, columns: second }, size, mode);
}
