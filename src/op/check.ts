/** Checks that type rules share: attrs are plain data, so every rule validates its own before use. */

import { type DType, isDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { formatType, type Type } from "../base/value.ts";
import type { Attrs } from "./record.ts";

export const typeError = (where: string, expected: string, got: string, remedy: string): LanewiseError =>
  new LanewiseError("type", `${where}: expected ${expected}, got ${got}; ${remedy}`);

/** `1 operand`, `2 operands`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

export const formatTypes = (types: readonly Type[]): string =>
  types.length === 0 ? "nothing" : types.map(formatType).join(", ");

const show = (value: unknown): string => JSON.stringify(value) ?? "nothing";

export function integerAttr(op: string, attrs: Attrs, name: string): number {
  const value = attrs[name];
  if (Number.isSafeInteger(value)) return value as number;
  throw typeError(op, `an integer as ${name}`, show(value), "give one");
}

/** A list of integers; with `length`, of that many. */
export function integersAttr(op: string, attrs: Attrs, name: string, length?: number): readonly number[] {
  const value = attrs[name];
  const list = Array.isArray(value) && value.every(Number.isSafeInteger);
  if (list && (length === undefined || value.length === length)) return value as readonly number[];
  const count = length === undefined ? "integers" : counted(length, "integer");
  throw typeError(op, `a list of ${count} as ${name}`, show(value), "give one for each axis");
}

export function shapeAttr(op: string, attrs: Attrs, rank?: number): readonly number[] {
  const shape = integersAttr(op, attrs, "shape", rank);
  if (shape.every((d) => d >= 0)) return shape;
  throw typeError(op, "sizes of at least 0 as shape", show(shape), "give the result's shape");
}

export function dtypeAttr(attrs: Attrs): DType | undefined {
  return isDType(attrs.dtype) ? attrs.dtype : undefined;
}

export function axisAttr(op: string, attrs: Attrs, rank: number): number {
  const axis = integerAttr(op, attrs, "axis");
  if (axis >= 0 && axis < rank) return axis;
  throw typeError(op, `an axis from 0 to ${rank - 1}`, show(axis), "name an axis that the operand has");
}

/** Distinct axes of an operand of this rank, in any order. */
export function axesAttr(op: string, attrs: Attrs, rank: number): readonly number[] {
  const axes = integersAttr(op, attrs, "axes");
  const valid = axes.every((a) => a >= 0 && a < rank) && new Set(axes).size === axes.length;
  if (valid) return axes;
  throw typeError(op, `distinct axes from 0 to ${rank - 1}`, show(axes), "name axes that the operand has, each once");
}
