/** The points of a space as columns and as rows. */

import type { ColumnSource } from "../base/column.ts";
import type { DType, TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { readColumn } from "./plan.ts";

/** By path: `[N, ...shape]`, row-major; `bool` as 0 and 1. */
export interface Table {
  [path: string]: TypedArray;
}

/** A value, or nested arrays of them. */
export type Cell = number | boolean | Cell[];

export interface Row {
  [path: string]: Cell;
}

interface Named {
  readonly path: string;
}

/** Typed arrays of more elements, and arrays of more objects, do not exist. */
const mostElements = 2 ** 33 - 1;
export const mostObjects = 2 ** 27 - 1;

/** Throws before an allocation that cannot succeed. */
export function checkListable(where: string, wanted: number, most: number = mostElements): void {
  if (wanted <= most) return;
  throw new RangeError(
    `${where}: expected at most ${most} values, got ${wanted}; take a part with slice, or read points with at`,
  );
}

/** `n`: points of all columns, or of each. */
export function columnsOf(
  leaves: readonly Named[],
  columns: readonly ColumnSource[],
  n: number | readonly number[],
): Table {
  return Object.fromEntries(
    columns.map((column, i) => {
      const count = typeof n === "number" ? n : (n[i] as number);
      checkListable("toColumns", count * column.elementSize);
      return [(leaves[i] as Named).path, readColumn(column, 0, count)];
    }),
  );
}

export function rowsOf(leaves: readonly Named[], columns: readonly ColumnSource[], n: number): Row[] {
  checkListable("toRows", n, mostObjects);
  const read = columns.map((column, i) => ({
    ...column,
    path: (leaves[i] as Named).path,
    data: readColumn(column, 0, n),
  }));
  return Array.from({ length: n }, (_, i) =>
    Object.fromEntries(
      read.map(({ path, data, elementSize, dtype, shape }) => [path, cellOf(data, i * elementSize, dtype, shape)]),
    ),
  );
}

/** The value at `at` of a column: a number, a boolean, or nested arrays of them. */
export function cellOf(data: TypedArray, at: number, dtype: DType, shape: Shape): Cell {
  const [length, ...rest] = shape;
  if (length === undefined) return dtype === "bool" ? data[at] !== 0 : (data[at] as number);
  const stride = sizeOf(rest);
  return Array.from({ length }, (_, i) => cellOf(data, at + i * stride, dtype, rest));
}
