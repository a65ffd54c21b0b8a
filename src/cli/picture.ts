/** Results of a product space with one or two dimensions → a picture for the terminal. */

import type { Results } from "../index.ts";
import { colourModeOf } from "./colour.ts";
import type { ResultColumn } from "./columns.ts";
import { heatMap, type PlotAxis } from "./heatmap.ts";
import { linePlot } from "./lineplot.ts";

/** `undefined` where there is nothing to draw: other spaces, and outputs that are arrays. */
export function picture(results: Results, output: ResultColumn | undefined): string | undefined {
  if (output?.width !== 1) return undefined;
  const { coords } = results;
  const all = results.dims.map((name): PlotAxis => ({ name, values: coords[name] ?? [] }));
  // Axes that are groups, or whose points are arrays, have no line of numbers to draw along.
  if (all.reduce((points, axis) => points * axis.values.length, 1) !== results.length) return undefined;
  // Nothing varies along an axis of one point.
  const axes = all.filter((axis) => axis.values.length > 1);
  const size = { width: Math.min(process.stdout.columns ?? 80, 120), height: heightIn(process.stdout.rows ?? 40) };
  const mode = colourModeOf(process.env, process.stdout.isTTY === true);
  const [first, second] = axes;
  if (first && !second) return linePlot({ title: output.name, axis: first, values: output.data }, size, mode);
  if (!first || !second || axes.length > 2) return undefined;
  return heatMap({ title: output.name, values: output.data, rows: first, columns: second }, size, mode);
}

/** The bar, the table and the prompt stay in sight where the terminal is high enough. */
const heightIn = (rows: number): number => Math.min(Math.max(rows - 12, Math.min(rows - 2, 20)), 56);
