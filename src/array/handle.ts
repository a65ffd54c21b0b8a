/** An array before it has methods: numbers, or a node of the program being written. Ops are applied to these. */

import type { DType } from "../base/dtype.ts";
import { isLanewiseError, LanewiseError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import { formatType, scalar, type Value } from "../base/value.ts";
import type { Attrs } from "../op/record.ts";
import type { OpName } from "../op/table.ts";
import type { Builder } from "../program/builder.ts";
import { evaluateOp } from "../program/evaluate.ts";
import { type Node, type Region, typeOf } from "../program/program.ts";
import { context } from "./context.ts";
import { atUserLine } from "./source.ts";

export interface Handle {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Of concrete arrays. */
  readonly value?: Value | undefined;
  /** Of traced arrays. */
  readonly node?: Node | undefined;
}

export const ofValue = (value: Value): Handle => ({ dtype: value.dtype, shape: value.shape, value });

export const ofNode = (node: Node): Handle => ({ ...typeOf(node), node });

export const ofNumber = (x: number | boolean, dtype: DType): Handle => ofValue(scalar(dtype, x));

/** The node of an array in the program being written; concrete ones become constants. */
export function nodeOf(x: Handle): Node {
  const { builder } = context();
  if (!builder || (x.node && rootOf(x.node) !== builder.root)) throw escaped(x);
  return x.node ?? builder.value(x.value as Value);
}

function rootOf({ region }: Node): Region {
  let root = region;
  while (root.parent) root = root.parent;
  return root;
}

const escaped = (x: Handle): LanewiseError =>
  new LanewiseError(
    "trace",
    `a traced value is used outside of the trace that made it: expected an array of this trace, got a traced ${formatType(x)} ` +
      `that has escaped from another; return it from the model instead of keeping it${atUserLine()}`,
  );

/** Applies an op: at once to numbers, as a node to traced arrays. Concrete operands of a trace become constants. */
export function apply(op: OpName, operands: readonly Handle[], attrs: Attrs = {}): Handle {
  const values = operands.map((x) => x.value);
  try {
    if (values.every((value) => value !== undefined)) return ofValue(evaluateOp(op, values, attrs));
    const nodes = operands.map(nodeOf);
    return ofNode((context().builder as Builder).apply(op, nodes, attrs));
  } catch (error) {
    throw located(error);
  }
}

/** Errors of ops and programs know nothing of the user's source. */
export function located(error: unknown): unknown {
  if (!isLanewiseError(error) || error.message.includes(" (at ")) return error;
  return new LanewiseError(error.kind, `${error.message}${atUserLine()}`, { cause: error });
}

export const isTraced = (x: Handle): boolean => x.node !== undefined;

/** The numbers of a concrete array; for a traced one an error that says what needs them and what to do. */
export function numbersOf(x: Handle, need: string, remedy: string): Value {
  if (x.value) return x.value;
  throw new LanewiseError(
    "trace",
    `${need}: expected numbers known when the model is traced, got a traced ${formatType(x)}; ${remedy}${atUserLine()}`,
  );
}

export const typeError = (where: string, expected: string, got: string, remedy: string): LanewiseError =>
  new LanewiseError("type", `${where}: expected ${expected}, got ${got}; ${remedy}${atUserLine()}`);

export const shapeError = (where: string, expected: string, shapes: readonly Shape[], remedy: string): LanewiseError =>
  typeError(where, expected, shapes.map(formatShape).join(" and "), remedy);
