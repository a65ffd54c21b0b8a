/** Tables from plain columns, for what reads tables. */

import type { TypedArray } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import {
  type SourceColumn,
  type TableAxis,
  type TableColumn,
  type TableSource,
  tableSource,
} from "../../src/execution/table-source.ts";
import { wholeView } from "../../src/execution/view.ts";

export type GivenColumn = Omit<TableColumn, "role" | "shape"> &
  Partial<Pick<TableColumn, "role" | "shape">> & { readonly data: TypedArray };

/** The first is a parameter where no roles are given; a status of ok is added where there is none. */
export function tableOf(given: readonly GivenColumn[], axes?: readonly TableAxis[]): TableSource {
  const [first] = given;
  const length = (first?.data.length ?? 0) / sizeOf(first?.shape ?? []);
  const columns = given.map(({ data, shape = [], role, ...rest }, k): SourceColumn => {
    return { ...rest, shape, role: role ?? (k === 0 ? "parameter" : "result"), values: { data } };
  });
  const status: SourceColumn = {
    name: "status",
    dtype: "uint8",
    shape: [],
    role: "status",
    values: { data: new Uint8Array(length).fill(1) },
  };
  const all = columns.some(({ role }) => role === "status") ? columns : [...columns, status];
  return tableSource(all, wholeView(length, undefined), axes);
}
