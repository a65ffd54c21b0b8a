/**
 * Results that lie in a store: the verbs of `Results`, which read what they are asked for and no more. In: the data of
 * a store; out: promises of values, and ordinary results of any part.
 */

import type { NdArray } from "../array/ndarray.ts";
import type { TypedArray } from "../base/dtype.ts";
import { addCounts, countStatus, OK, PENDING, type StatusCounts } from "../base/status.ts";
import { resolveIndex, resolveSlice } from "../space/check.ts";
import type { SpaceAxis } from "../space/space.ts";
import type { Row, Table } from "../space/table.ts";
import { coordinatesOf } from "./axes.ts";
import type { FailedPoint, Results } from "./results.ts";
import { RunView } from "./run-view.ts";
import { dimensionsOf, pickAxes, selectPositions, selectValues } from "./select.ts";
import type { StoredData } from "./stored-data.ts";
import { storedTable } from "./stored-table.ts";
import type { TableSource } from "./table-source.ts";
import { sliceView } from "./view.ts";

/** Consecutive points of a store, as results in memory. */
export interface StoredChunk<T = unknown, S = unknown> {
  /** First point, among those of the results that are gone through. */
  readonly start: number;
  /** Number of points. */
  readonly count: number;
  /** Parameters and results of these points. */
  readonly results: Results<T, S>;
}

/**
 * Results of a store in order of the space's points; `T` is what one of them is, `S` all of them stacked. `slice` and
 * `isel` are views and read nothing; what gives values gives a promise. A point that is not computed yet has status 0,
 * and NaN or 0 for values.
 *
 * Promises reject with a LanewiseError of kind `"store"` when a chunk is damaged: no value of it is ever given.
 */
export class StoredResults<T = unknown, S = unknown> extends RunView<StoredData> {
  /** Title that the run gave. */
  get title(): string | undefined {
    return this.#text("title");
  }

  /** Name of the result that is shown first, if the run gave one. */
  get show(): string | undefined {
    return this.#text("show");
  }

  /** Names of the results, as in `toColumns`. */
  get names(): readonly string[] {
    return this.data.layout.results.map(({ name }) => name);
  }

  /** The result of one point; negative indices count from the end. Rejects with a RangeError outside. */
  async at<U = T>(index: number): Promise<U> {
    const point = resolveIndex("results.at", index, this.length);
    const one = { ...sliceView(this.view, point, 1, 1), dimensions: undefined };
    return (await this.data.take<T, S>(one, { parameters: false, status: false })).at<U>(0);
  }

  /** Points `start`, `start + step`, … up to but without `stop`, as Python counts them; nothing is read. */
  slice(start?: number, stop?: number, step?: number): StoredResults<T, S> {
    const range = resolveSlice("results.slice", this.length, start, stop, step);
    return new StoredResults(this.data, sliceView(this.view, range.start, range.step, range.length));
  }

  /** The points at these parameter values, each within 1e-6 (relative) of a grid value; the other axes remain. */
  async sel(values: { readonly [path: string]: number }): Promise<StoredResults<T, S>> {
    const meant = pickAxes("results.sel", this.view, this.data.axes, Object.keys(values));
    const axes = await this.data.axesOf(meant.values());
    return new StoredResults(this.data, selectValues(this.view, axes, values));
  }

  /** The points at these positions along axes; negative ones count from the end; the other axes remain. */
  isel(positions: { readonly [path: string]: number }): StoredResults<T, S> {
    return new StoredResults(this.data, selectPositions(this.view, this.data.axes, positions));
  }

  /** The values along each axis, by the path names of the parameters on it. */
  get coords(): Promise<{ readonly [path: string]: TypedArray }> {
    const dimensions = this.view.dimensions ?? [];
    const read = this.data.axesOf(dimensions);
    return read.then((axes) =>
      Object.fromEntries(dimensions.flatMap((d) => coordinatesOf(axes[d.axis] as SpaceAxis, d))),
    );
  }

  /** Per point: 0 pending, 1 ok, 2 a result is NaN or infinite, 3 a step limit was reached, 4 failed. */
  get status(): Promise<Uint8Array> {
    return this.data.reader.status(this.view);
  }

  /** How many points have which status, read chunk by chunk. */
  async counts(): Promise<StatusCounts> {
    let counts = countStatus(new Uint8Array());
    for (const { view } of this.data.parts(this.view)) {
      counts = addCounts(counts, countStatus(await this.data.reader.status(view)));
    }
    return counts;
  }

  /** The points that did not go well, in order: at most `most` of them. Default all. */
  async failed(most = Number.POSITIVE_INFINITY): Promise<FailedPoint[]> {
    const found: FailedPoint[] = [];
    for (const { start, view } of this.data.parts(this.view)) {
      if (found.length >= most) break;
      const status = await this.data.reader.status(view);
      if (status.every((code) => code === OK || code === PENDING)) continue;
      const results = await this.data.take({ ...view, dimensions: undefined }, { parameters: true });
      const here = results.failed(most - found.length);
      found.push(...here.map((point) => ({ ...point, index: point.index + start })));
    }
    return found;
  }

  /** The tree of results with one typed array per leaf, `[length, ...shape]`, row-major. */
  get stacked(): Promise<S> {
    return this.data.take<T, S>(this.view, { parameters: false }).then((results) => results.stacked);
  }

  /** One result over the axes of a product space: `[n1, n2, …, ...shape]`. `name` may be left out when there is one. */
  async grid(name?: string): Promise<NdArray> {
    dimensionsOf("results.grid", this.view, this.data.axes);
    const only = name !== undefined && this.names.includes(name) ? name : undefined;
    return (await this.data.take(this.view, { parameters: false, only })).grid(name);
  }

  /** One object per point: parameters, then results, under their path names. */
  async toRows(): Promise<Row[]> {
    return (await this.load()).toRows();
  }

  /** One typed array per parameter and per result, `[length, ...shape]`, under their path names. */
  async toColumns(): Promise<Table> {
    return (await this.load()).toColumns();
  }

  /** The table that exports read in blocks, with the status of each point as its last column. */
  table(): Promise<TableSource> {
    return storedTable(this.data, this.view);
  }

  /** All of it as results in memory. */
  load(): Promise<Results<T, S>> {
    return this.data.take(this.view, { parameters: true });
  }

  /** The chunks of the store one after the other; one is in memory at a time. */
  async *chunks(): AsyncGenerator<StoredChunk<T, S>, void, void> {
    for (const { start, view } of this.data.parts(this.view)) {
      const results = await this.data.take<T, S>({ ...view, dimensions: undefined }, { parameters: true });
      yield { start, count: view.length, results };
    }
  }

  /** Every point's result, read chunk by chunk. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (const { view } of this.data.parts(this.view)) {
      yield* await this.data.take<T, S>({ ...view, dimensions: undefined }, { parameters: false });
    }
  }

  #text(attribute: string): string | undefined {
    const value = this.data.layout.attributes[attribute];
    return typeof value === "string" ? value : undefined;
  }
}
