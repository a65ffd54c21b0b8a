/** All that can be computed: one record per op, and the type that an op gives. */

import type { DType } from "../base/dtype.ts";
import { type Shape, sameShape } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import { bits } from "./bits.ts";
import { counted, formatTypes, typeError } from "./check.ts";
import { compare } from "./compare.ts";
import { conversion } from "./convert.ts";
import { dot } from "./dot.ts";
import { elementwise } from "./elementwise.ts";
import { fused } from "./fused.ts";
import { indexed } from "./gather.ts";
import { math } from "./math/index.ts";
import { move } from "./move.ts";
import type { Attrs, ElementwiseOp, OpRecord } from "./record.ts";
import { reduce } from "./reduce.ts";

export const table = {
  ...elementwise,
  ...compare,
  ...bits,
  ...conversion,
  ...fused,
  ...math,
  ...move,
  ...reduce,
  ...dot,
  ...indexed,
} as const satisfies Record<string, OpRecord>;

export type OpName = keyof typeof table;

export const isOpName = (name: string): name is OpName => Object.hasOwn(table, name);
export const recordOf = (op: OpName): OpRecord => table[op];

/** Whether targets may compute it as it stands; otherwise it is an expansion or an array op. */
export const isNative = (record: OpRecord): record is ElementwiseOp =>
  record.kind === "elementwise" && record.expand === undefined;

/**
 * The type of an op's result. Elementwise operands share one shape or are scalars; dtypes are never converted.
 * Throws a LanewiseError of kind "type" when the operands or attrs do not fit the op.
 */
export function resultType(op: OpName, types: readonly Type[], attrs: Attrs = {}): Type {
  const record: OpRecord = table[op];
  const counts = record.arity < 0 ? types.length > 0 : types.length === record.arity;
  if (!counts) {
    const wanted = record.arity < 0 ? "at least one operand" : counted(record.arity, "operand");
    throw typeError(op, wanted, formatTypes(types), "give as many as the op takes");
  }
  return record.kind === "array" ? record.type(types, attrs) : elementwiseType(op, record, types, attrs);
}

function elementwiseType(op: OpName, record: ElementwiseOp, types: readonly Type[], attrs: Attrs): Type {
  const dtype = record.dtype(
    types.map((t): DType => t.dtype),
    attrs,
  );
  if (dtype === undefined) {
    const got = `${formatTypes(types)}${Object.keys(attrs).length > 0 ? ` ${JSON.stringify(attrs)}` : ""}`;
    throw typeError(op, `${record.takes}, the same for all operands`, got, "convert first");
  }
  let shape: Shape = [];
  for (const type of types) {
    if (type.shape.length === 0) continue;
    if (shape.length === 0) shape = type.shape;
    else if (shape !== type.shape && !sameShape(shape, type.shape)) {
      throw typeError(op, "operands of one shape, or scalars", formatTypes(types), "broadcast them first");
    }
  }
  return { dtype, shape };
}
