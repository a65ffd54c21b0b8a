/**
 * Results as a table that is read in blocks of points: the one thing that exports and reports read, whether the results
 * are in memory or in a store that is larger than it.
 */

import type { DType, TypedArray } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Labels } from "../space/check.ts";
import { type Column, gather } from "./table.ts";
import { sliceView, type View } from "./view.ts";

/** What a column of a table holds. */
export interface TableColumn {
  /** As in `toColumns`. */
  readonly name: string;
  /** `uint8` is that of the status. */
  readonly dtype: DType | "uint8";
  /** Of one point's value. */
  readonly shape: Shape;
  readonly role: "parameter" | "result" | "status";
  /** What a parameter says of itself. */
  readonly labels?: Labels;
}

/** One axis of a product space, slowest first; row `r` of the table is point `r` of their product, row-major. */
export interface TableAxis {
  readonly name: string;
  readonly size: number;
  /** The values along it of every parameter on it, by path: `size` of them, times the numbers that a point has. */
  readonly coordinates: readonly (readonly [path: string, values: TypedArray])[];
}

export interface BlockOptions {
  /** Most points of a block. Default 65536: some megabytes, and few enough blocks that their number costs nothing. */
  readonly size?: number;
  /** Names of the columns to read, in the order wanted. Default: all. */
  readonly columns?: readonly string[];
}

/**
 * A table by blocks. The columns are the parameters, the results, and last the status of each point, by the numbers of
 * `results.status`, so that whoever reads the file can leave out what did not go well.
 *
 * A source that reads lazily gives this interface and nothing else: `blocks` is called again for every pass, holds one
 * block at a time, and may be left before its end. Blocks come in order of the points and none is empty.
 */
export interface TableSource {
  readonly columns: readonly TableColumn[];
  /** Number of points. */
  readonly length: number;
  /** Of a product space. */
  readonly axes: readonly TableAxis[] | undefined;
  /** One typed array per wanted column, `[points, ...shape]`, row-major; they are not to be written to. */
  blocks(options?: BlockOptions): AsyncIterable<readonly TypedArray[]>;
}

/** What a block of a column is read from. */
export interface SourceColumn extends TableColumn {
  readonly values: Column["values"];
}

const defaultSize = 65536;

/** The table of a view of results. */
export function tableSource(
  columns: readonly SourceColumn[],
  view: View,
  axes: readonly TableAxis[] | undefined,
): TableSource {
  const { length } = view;
  return {
    columns: columns.map(({ values: _, ...column }) => column),
    length,
    axes,
    async *blocks({ size = defaultSize, columns: names } = {}) {
      const wanted = names === undefined ? columns : names.map((name) => named(columns, name));
      for (let first = 0; first < length; first += size) {
        const part = sliceView(view, first, 1, Math.min(size, length - first));
        // Values that lie in memory are there at once, those of a store are waited for.
        yield await Promise.all(wanted.map(({ values, ...column }) => gather(values, storageOf(column), part)));
      }
    },
  };
}

function named(columns: readonly SourceColumn[], name: string): SourceColumn {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const known = columns.map((column) => column.name).join(", ");
  throw new RangeError(`table.blocks: expected columns among ${known}, got ${name}; correct the name`);
}

/** Statuses are bytes, as booleans are. */
const storageOf = ({ dtype, shape }: Omit<SourceColumn, "values">) => ({
  dtype: dtype === "uint8" ? ("bool" as const) : dtype,
  shape,
});

/** The name of the status column, out of the way of the others. */
export function statusName(taken: readonly string[]): string {
  let name = "status";
  while (taken.includes(name)) name = `point.${name}`;
  return name;
}
