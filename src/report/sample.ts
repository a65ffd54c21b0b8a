/**
 * One pass over a table → what a report shows of it: a summary of all points, the first ones that failed, and the values
 * of as many points as a page can hold, evenly spaced along every axis where that is not all.
 */

import { allocate, type DType, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { OK, statusNames } from "../base/status.ts";
import type { TableColumn, TableSource } from "../execution/table-source.ts";
import { type OutputSummary, Summary } from "../execution/table-summary.ts";

/** Most points of a page, and most numbers of all its columns together: 64 MB before compression. */
export const mostPoints = 2_000_000;
export const mostValues = 16_000_000;

/** Failed points that are listed. */
const mostListed = 200;

export interface FailedPoint {
  readonly index: number;
  readonly status: string;
  /** By column: the first number of each, for parameters and results. */
  readonly values: readonly number[];
}

export interface Sample {
  /** Points that are kept. */
  readonly points: number;
  /** Along each axis, or of the whole list where there are no axes: every how many-th point is kept. */
  readonly steps: readonly number[];
  /** Of the kept columns, `[points, ...shape]`. */
  readonly kept: readonly { readonly column: TableColumn; readonly data: TypedArray }[];
  readonly summaries: readonly OutputSummary[];
  readonly failed: readonly FailedPoint[];
  readonly statusCounts: readonly number[];
}

/** How far apart kept points are along each axis: the longest axis is thinned first, until all fits. */
export function stepsFor(sizes: readonly number[], most: number): number[] {
  const steps = sizes.map(() => 1);
  const left = (k: number): number => Math.ceil((sizes[k] as number) / (steps[k] as number));
  while (sizes.reduce((n, _, k) => n * left(k), 1) > Math.max(1, most)) {
    let longest = 0;
    for (let k = 1; k < sizes.length; k++) if (left(k) > left(longest)) longest = k;
    steps[longest] = (steps[longest] as number) + 1;
  }
  return steps;
}

/** Numbers of the kept points, in rising order. */
export function* keptRows(sizes: readonly number[], steps: readonly number[]): Generator<number> {
  const [size, ...rest] = sizes;
  const [step = 1, ...restSteps] = steps;
  if (size === undefined) {
    yield 0;
    return;
  }
  const stride = sizeOf(rest);
  for (let at = 0; at < size; at += step) {
    if (rest.length === 0) yield at;
    else for (const row of keptRows(rest, restSteps)) yield at * stride + row;
  }
}

export async function sampleTable(
  table: TableSource,
  limit = { points: mostPoints, values: mostValues },
): Promise<Sample> {
  // Parameters of a product follow from its axes.
  const columns = table.columns.filter(({ role }) => role !== "parameter" || !table.axes);
  const perPoint = columns.reduce((n, { shape }) => n + sizeOf(shape), 0);
  const sizes = table.axes?.map(({ size }) => size) ?? [table.length];
  const steps = stepsFor(sizes, Math.min(limit.points, Math.floor(limit.values / perPoint)));
  const points = sizes.reduce((n, size, k) => n * Math.ceil(size / (steps[k] as number)), 1);
  const reader = new Reader(table, columns, points, keptRows(sizes, steps));
  for await (const block of table.blocks()) reader.read(block);
  return { points, steps, ...reader.result() };
}

class Reader {
  readonly #columns: readonly TableColumn[];
  readonly #widths: readonly number[];
  readonly #kept: readonly { readonly column: TableColumn; readonly at: number; readonly data: TypedArray }[];
  readonly #summaries: readonly { readonly at: number; readonly summary: Summary }[];
  readonly #status: number;
  readonly #rows: Iterator<number>;
  #next: IteratorResult<number>;
  #filled = 0;
  #first = 0;
  readonly #failed: FailedPoint[] = [];
  readonly #counts = statusNames.map(() => 0);

  constructor(table: TableSource, kept: readonly TableColumn[], points: number, rows: Iterator<number>) {
    this.#columns = table.columns;
    this.#widths = table.columns.map(({ shape }) => sizeOf(shape));
    this.#kept = kept.map((column) => ({
      column,
      at: table.columns.indexOf(column),
      data: allocate(storage(column.dtype), points * sizeOf(column.shape)),
    }));
    this.#summaries = table.columns.flatMap(({ role }, at) =>
      role === "result" ? { at, summary: new Summary() } : [],
    );
    this.#status = table.columns.findIndex(({ role }) => role === "status");
    this.#rows = rows;
    this.#next = table.length === 0 ? { done: true, value: undefined } : rows.next();
  }

  read(block: readonly TypedArray[]): void {
    const status = block[this.#status] as TypedArray;
    for (const { at, summary } of this.#summaries) {
      summary.add(block[at] as TypedArray, this.#widths[at] as number, status);
    }
    this.#count(block, status);
    const end = this.#first + status.length;
    for (; !this.#next.done && this.#next.value < end; this.#next = this.#rows.next()) {
      this.#keep(block, this.#next.value - this.#first);
    }
    this.#first = end;
  }

  #keep(block: readonly TypedArray[], row: number): void {
    for (const { at, data } of this.#kept) {
      const width = this.#widths[at] as number;
      const source = block[at] as TypedArray;
      for (let e = 0; e < width; e++) data[this.#filled * width + e] = source[row * width + e] as number;
    }
    this.#filled++;
  }

  #count(block: readonly TypedArray[], status: TypedArray): void {
    for (let row = 0; row < status.length; row++) {
      const code = status[row] as number;
      this.#counts[code] = (this.#counts[code] ?? 0) + 1;
      if (code === OK || this.#failed.length >= mostListed) continue;
      const values = this.#columns.map((_, k) => (block[k] as TypedArray)[row * (this.#widths[k] as number)] as number);
      this.#failed.push({ index: this.#first + row, status: statusNames[code] ?? String(code), values });
    }
  }

  result() {
    return {
      kept: this.#kept,
      summaries: this.#summaries.map(({ at, summary }) => summary.read((this.#columns[at] as TableColumn).name)),
      failed: this.#failed,
      statusCounts: this.#counts,
    };
  }
}

/** Statuses are bytes, as booleans are. */
const storage = (dtype: TableColumn["dtype"]): DType => (dtype === "uint8" ? "bool" : dtype);
