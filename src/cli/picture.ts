/** One output of a product space with one or two dimensions → a picture for the terminal. */

import { sizeOf } from "../base/shape.ts";
import type { TableAxis, TableSource } from "../execution/table-source.ts";
import { withUnit } from "../space/labels.ts";
import { colourModeOf } from "./colour.ts";
import { heatMap, type PlotAxis } from "./heatmap.ts";
import { linePlot } from "./lineplot.ts";

/** More points are not drawn: a report shows them better than a terminal. */
const mostPoints = 2 ** 24;

/** `undefined` where there is nothing to draw: other spaces, and outputs that are arrays. */
export async function picture(table: TableSource, name: string | undefined): Promise<string | undefined> {
  const output = table.columns.find((column) => column.name === name);
  if (!output || sizeOf(output.shape) !== 1 || table.length > mostPoints) return undefined;
  // Nothing varies along an axis of one point.
  const axes = (table.axes ?? []).filter(({ size }) => size > 1);
  const [first, second] = axes.map((axis) => plotAxis(axis, table));
  if (!first || axes.length > 2 || (axes.length === 2 && !second)) return undefined;
  const values = await readColumn(table, output.name);
  const size = { width: Math.min(process.stdout.columns ?? 80, 120), height: heightIn(process.stdout.rows ?? 40) };
  const mode = colourModeOf(process.env, process.stdout.isTTY === true);
  if (!second) return linePlot({ title: output.name, axis: first, values }, size, mode);
  return heatMap({ title: output.name, values, rows: first, columns: second }, size, mode);
}

/** Axes that are groups, or whose points are arrays, have no line of numbers to draw along. */
function plotAxis({ name, size, coordinates }: TableAxis, { columns }: TableSource): PlotAxis | undefined {
  const [[path, values] = [], ...others] = coordinates;
  if (values?.length !== size || others.length > 0) return undefined;
  return { name: withUnit(name, columns.find((column) => column.name === path)?.labels?.unit), values };
}

async function readColumn(table: TableSource, name: string): Promise<Float64Array> {
  const values = new Float64Array(table.length);
  let at = 0;
  for await (const [data] of table.blocks({ columns: [name] })) {
    if (!data) continue;
    values.set(data, at);
    at += data.length;
  }
  return values;
}

/** The bar, the table and the prompt stay in sight where the terminal is high enough. */
const heightIn = (rows: number): number => Math.min(Math.max(rows - 12, Math.min(rows - 2, 20)), 56);
