/**
 * What a run found: columns, one typed array per output, seen as a list, an array, a table or a grid. Slices and
 * selections are views of the same columns.
 */

import { fromValue, type NdArray } from "../array/ndarray.ts";
import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { OK, PENDING, type StatusName, statusNames } from "../base/status.ts";
import { type Structure, unflatten } from "../base/tree.ts";
import type { Type } from "../base/value.ts";
import { resolveIndex, resolveSlice } from "../space/check.ts";
import type { SpaceAxis } from "../space/space.ts";
import type { Row, Table } from "../space/table.ts";
import type { ResultColumns } from "../store/memory.ts";
import { type ArrowTable, arrowTable } from "./arrow.ts";
import { coordinatesOf } from "./axes.ts";
import { type RunData, RunView } from "./run-view.ts";
import { dimensionsOf, selectPositions, selectValues } from "./select.ts";
import { type Column, columnsOf, gather, rowsOf } from "./table.ts";
import { type SourceColumn, statusName, type TableSource, tableSource } from "./table-source.ts";
import { sliceView } from "./view.ts";

/** A point that did not go well. */
export interface FailedPoint {
  /** Its place among the results. */
  readonly index: number;
  /** By path. */
  readonly parameters: Row;
  /** "not finite": a float of its results is NaN or infinite; "step limit": a `whileLoop` reached `maxSteps`; "failed": no results. */
  readonly status: StatusName;
  /** Of a point that failed, where it is known: what the model threw, or what became of the device. */
  readonly reason?: string;
}

/** Everything that all views of one run share. */
export interface ResultData extends RunData {
  /** The tree that the model returned. */
  readonly structure: Structure;
  readonly types: readonly Type[];
  readonly columns: ResultColumns;
  /** Parameters first, then results, under the names they have in tables. */
  readonly table: readonly Column[];
  /** Column name of each result. */
  readonly names: readonly string[];
  /** Why a point of the run failed, where that is known. */
  readonly reasonOf?: (point: number) => string | undefined;
}

/**
 * Results in order of the space's points; `T` is what one of them is, `S` all of them stacked.
 *
 * A scalar leaf is a number (or a boolean), a leaf with a shape an `NdArray`.
 */
export class Results<T = unknown, S = unknown> extends RunView<ResultData> implements Iterable<T> {
  /**
   * The result of one point; negative indices count from the end. For leaves with a shape name the type:
   * `results.at<{ curve: NdArray }>(0)`.
   *
   * @throws {RangeError} outside of `-length … length - 1`.
   */
  at<U = T>(index: number): U {
    const point = this.view.index(resolveIndex("results.at", index, this.length));
    // The tree is the one that the model returned, with numbers for leaves.
    return unflatten(
      this.data.structure,
      this.data.types.map((type, k) => this.#leaf(type, k, point)),
    ) as U;
  }

  /** Points `start`, `start + step`, … up to but without `stop`, as Python counts them; results again, nothing is copied. */
  slice(start?: number, stop?: number, step?: number): Results<T, S> {
    const range = resolveSlice("results.slice", this.length, start, stop, step);
    return new Results(this.data, sliceView(this.view, range.start, range.step, range.length));
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** The tree of results with one typed array per leaf, `[length, ...shape]`, row-major; `bool` as 0 and 1. */
  get stacked(): S {
    const leaves = this.data.columns.data.map((column, k) =>
      gather({ data: column }, this.data.types[k] as Type, this.view),
    );
    return unflatten(this.data.structure, leaves) as S;
  }

  /** Per point: 0 pending, 1 ok, 2 a result is NaN or infinite, 3 a step limit was reached, 4 failed. */
  get status(): Uint8Array {
    return gather({ data: this.data.columns.status }, { dtype: "bool", shape: [] }, this.view) as Uint8Array;
  }

  /** The points that did not go well, in order: at most `most` of them. Default all. */
  failed(most = Number.POSITIVE_INFINITY): FailedPoint[] {
    const { table, names, reasonOf } = this.data;
    const parameters = table.slice(0, table.length - names.length);
    const found: FailedPoint[] = [];
    const { status } = this;
    for (let index = 0; index < status.length && found.length < most; index++) {
      const here = status[index] as number;
      if (here === OK || here === PENDING) continue;
      const [row = {}] = rowsOf(parameters, sliceView(this.view, index, 1, 1));
      const reason = reasonOf?.(this.view.index(index));
      const name = statusNames[here] as StatusName;
      found.push({ index, parameters: row, status: name, ...(reason === undefined ? {} : { reason }) });
    }
    return found;
  }

  /** One object per point: parameters, then results, under their path names. */
  toRows(): Row[] {
    return rowsOf(this.data.table, this.view);
  }

  /** One typed array per parameter and per result, `[length, ...shape]`, under their path names. */
  toColumns(): Table {
    return columnsOf(this.data.table, this.view);
  }

  /** The same table to be read in blocks of points, with the status of each point as its last column. */
  table(): TableSource {
    const { table, names, columns } = this.data;
    const first = table.length - names.length;
    const role = (k: number) => (k < first ? ("parameter" as const) : ("result" as const));
    const values = table.map(({ name, type: { dtype, shape }, values }, k): SourceColumn => {
      const labels = k < first ? this.labels[name] : undefined;
      return { name, dtype, shape, role: role(k), values, ...(labels && { labels }) };
    });
    const name = statusName(table.map((column) => column.name));
    const status: SourceColumn = { name, dtype: "uint8", shape: [], role: "status", values: { data: columns.status } };
    const axes = this.view.dimensions?.map((d) => {
      const axis = this.#axis(d.axis);
      return { name: axis.name, size: d.size, coordinates: coordinatesOf(axis, d) };
    });
    return tableSource([...values, status], this.view, axes);
  }

  /**
   * The table of `table()` as one of Apache Arrow: types are kept, values with a shape are fixed-size lists. It takes
   * the optional package `apache-arrow`; with its types: `await results.toArrow<import("apache-arrow").Table>()`.
   *
   * Rejects with a LanewiseError of kind `"package"` when the package is not installed.
   */
  async toArrow<T = ArrowTable>(): Promise<T> {
    // The caller names the package's own type, which the library does not depend on.
    return (await arrowTable(this.table())) as T;
  }

  /** The values along each axis, by the path names of the parameters on it. */
  get coords(): { readonly [path: string]: TypedArray } {
    return Object.fromEntries((this.view.dimensions ?? []).flatMap((d) => coordinatesOf(this.#axis(d.axis), d)));
  }

  /**
   * The points at these parameter values, each within 1e-6 (relative) of a grid value; the other axes remain.
   *
   * @throws {RangeError} when an axis is unknown or has no such value.
   */
  sel(values: { readonly [path: string]: number }): Results<T, S> {
    return new Results(this.data, selectValues(this.view, this.data.axes, values));
  }

  /**
   * The points at these positions along axes; negative ones count from the end; the other axes remain.
   *
   * @throws {RangeError} when an axis is unknown or has no such position.
   */
  isel(positions: { readonly [path: string]: number }): Results<T, S> {
    return new Results(this.data, selectPositions(this.view, this.data.axes, positions));
  }

  /**
   * One result over the axes of a product space: `[n1, n2, …, ...shape]`. `name` as in `toColumns`; it may be left
   * out when there is one result.
   */
  grid(name?: string): NdArray {
    const { names, types, columns } = this.data;
    const k = name === undefined && names.length === 1 ? 0 : names.indexOf(name ?? "");
    if (k < 0) throw new RangeError(`results.grid: expected one of ${names.join(", ")}, got ${name}; name one`);
    const dimensions = dimensionsOf("results.grid", this.view, this.data.axes);
    const { dtype, shape } = types[k] as Type;
    const data = gather({ data: columns.data[k] as TypedArray }, types[k] as Type, this.view);
    return fromValue({ dtype, shape: [...dimensions.map(({ size }) => size), ...shape], data });
  }

  #axis(axis: number): SpaceAxis {
    return (this.data.axes as readonly SpaceAxis[])[axis] as SpaceAxis;
  }

  #leaf({ dtype, shape }: Type, k: number, point: number): number | boolean | NdArray {
    const column = this.data.columns.data[k] as TypedArray;
    if (shape.length === 0) {
      const value = column[point] as number;
      return dtype === "bool" ? value !== 0 : value;
    }
    const size = sizeOf(shape);
    return fromValue({ dtype, shape, data: column.slice(point * size, (point + 1) * size) });
  }
}
