/** What depends on constants alone is computed at once, by the interpreter's own evaluation of the op. */

import { sizeOf } from "../base/shape.ts";
import type { Value } from "../base/value.ts";
import type { OpName } from "../op/table.ts";
import { evaluateOp } from "../program/evaluate.ts";
import { type Node, typeOf } from "../program/program.ts";
import type { Rule } from "../program/rewrite.ts";

/** Larger results are left to the kernel: a constant costs memory in every program that is sent or stored. */
const LARGEST = 1 << 16;

export const fold: Rule = (node, operands, { builder }) => {
  if (node.regions.length > 0 || operands.length === 0 || node.op === "broadcast") return undefined;
  if (sizeOf(typeOf(node).shape) > LARGEST) return undefined;
  const values = operands.map((operand) => (sizeOf(typeOf(operand).shape) > LARGEST ? undefined : constantOf(operand)));
  if (!values.every((value) => value !== undefined)) return undefined;
  return [builder.value(evaluateOp(node.op as OpName, values, node.attrs))];
};

/** The value of a constant, or of a broadcast one. */
export function constantOf(node: Node): Value | undefined {
  if (node.value) return node.value;
  if (node.op !== "broadcast") return undefined;
  const inner = node.operands[0]?.value;
  return inner && evaluateOp("broadcast", [inner], node.attrs);
}
