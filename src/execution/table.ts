/** Parameters and results as columns and as rows. */

import { type ColumnSource, fillColumn } from "../base/column.ts";
import { allocate, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import { cellOf, type Row, type Table } from "../space/table.ts";
import type { View } from "./view.ts";

/** One column of a table, by name: the values of a space, or those of a result. */
export interface Column {
  readonly name: string;
  readonly type: Type;
  readonly values: { readonly source: ColumnSource } | { readonly data: TypedArray };
}

/** The names that results have in tables: their paths; `value` for a bare one; `result.` before a name already taken. */
export function resultNames(paths: readonly string[], taken: readonly string[]): string[] {
  return paths.map((path) => {
    let name = path === "" ? "value" : path;
    while (taken.includes(name)) name = name.startsWith("[") ? `result${name}` : `result.${name}`;
    return name;
  });
}

/** The view's part of a column; without a copy where its points follow one another. */
export function gather(values: Column["values"], { dtype, shape }: Type, view: View): TypedArray {
  const size = sizeOf(shape);
  const { length, consecutiveFrom } = view;
  if ("data" in values && consecutiveFrom !== undefined) {
    return values.data.subarray(consecutiveFrom * size, (consecutiveFrom + length) * size);
  }
  const out = allocate(dtype, length * size);
  if ("source" in values && consecutiveFrom !== undefined) {
    fillColumn(values.source, consecutiveFrom, length, out);
    return out;
  }
  for (let i = 0; i < length; i++) {
    const point = view.index(i);
    if ("source" in values) fillColumn(values.source, point, 1, out.subarray(i * size, (i + 1) * size));
    else for (let e = 0; e < size; e++) out[i * size + e] = values.data[point * size + e] as number;
  }
  return out;
}

export const columnsOf = (table: readonly Column[], view: View): Table =>
  Object.fromEntries(table.map(({ name, type, values }) => [name, gather(values, type, view)]));

export function rowsOf(table: readonly Column[], view: View): Row[] {
  const columns = table.map(({ name, type, values }) => ({ name, type, data: gather(values, type, view) }));
  return Array.from({ length: view.length }, (_, i) =>
    Object.fromEntries(
      columns.map(({ name, type, data }) => [name, cellOf(data, i * sizeOf(type.shape), type.dtype, type.shape)]),
    ),
  );
}
