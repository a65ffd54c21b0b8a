/** What an op is: one record. The table of all records is `table.ts`. */

import type { DType } from "../base/dtype.ts";
import type { Type, Value } from "../base/value.ts";
import type { Arithmetic } from "./arithmetic.ts";

/** Static parameters of an op: plain data, part of its identity. */
export type Attrs = { readonly [name: string]: AttrValue };
export type AttrValue = number | boolean | string | readonly number[];

/**
 * Element by element. Operands have the result's shape, or are scalars (`[]`), which meet every element.
 * An op has `scalar` or `cast` (targets compute it natively), or `expand` (it is a composition of other ops).
 */
export interface ElementwiseOp {
  readonly kind: "elementwise";
  readonly arity: number;
  /** Operand dtypes → result dtype; `undefined` when the op does not take them. */
  dtype(operands: readonly DType[], attrs: Attrs): DType | undefined;
  /** What is taken, for error messages: "float32 or float64". */
  readonly takes: string;
  /** Reference value of one element by dtype of the last operand. float32 results are rounded by whoever stores them. */
  readonly scalar?: { readonly [D in DType]?: (...x: number[]) => number };
  /** Instead of `scalar` where both dtypes matter (convert, bitcast); native as well. */
  readonly cast?: (from: DType, to: DType) => (x: number) => number;
  /** The op in terms of others; runs on values (interpreter) and on nodes (the expand pass) alike. */
  readonly expand?: Expand;
  /** Shorter and less exact, for fastMath, on targets that fuse products into sums; `undefined` for dtypes without. */
  readonly expandFast?: (dtype: DType) => Expand | undefined;
}

type Expand = <V>(o: Arithmetic<V>, operands: readonly V[], dtype: DType) => V;

/** An op on whole arrays: moves, selects or reduces elements. */
export interface ArrayOp {
  readonly kind: "array";
  /** Number of operands; -1 for any number, at least one. */
  readonly arity: number;
  /** The result's type; throws a LanewiseError of kind "type" when the operands do not fit. */
  type(operands: readonly Type[], attrs: Attrs): Type;
  /** The definition: what every target must compute, bit for bit. */
  evaluate(operands: readonly Value[], attrs: Attrs, type: Type): Value;
}

export type OpRecord = ElementwiseOp | ArrayOp;
