/**
 * What an expansion is written with. `V` is a concrete value under the interpreter and a program node
 * under the expand pass, so one text defines the op and compiles it: the bits agree by construction.
 */

import type { DType } from "../base/dtype.ts";
import type { Attrs } from "./record.ts";
import type { OpName } from "./table.ts";

export interface Arithmetic<V> {
  /** Applies any op of the table. */
  apply(op: OpName, operands: readonly V[], attrs?: Attrs): V;
  /** A scalar constant; it meets arrays of any shape. */
  constant(value: number, dtype: DType): V;
  dtype(v: V): DType;
}
