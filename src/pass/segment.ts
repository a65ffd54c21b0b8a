/**
 * Sorts the terms of `scatterAdd` by their target, keeping the order within each, so that every target is one
 * running sum over a contiguous stretch of terms. Constants and gathers by constant indices are sorted at
 * compile time; the sums add the same terms in the same order.
 */

import type { Value } from "../base/value.ts";
import { type OpName, table } from "../op/table.ts";
import type { Builder } from "../program/builder.ts";
import { evaluateOp } from "../program/evaluate.ts";
import { usesOp } from "../program/order.ts";
import { type Node, type Program, typeOf } from "../program/program.ts";
import { type Rule, rewrite } from "../program/rewrite.ts";
import { constantOf } from "./fold.ts";

export const segment = (program: Program): Program =>
  usesOp(program.root, "scatterAdd") ? rewrite(program, sortTerms) : program;

const sortTerms: Rule = (node, [operand, indices, updates], { builder }) => {
  if (node.op !== "scatterAdd" || !operand || !indices || !updates) return undefined;
  const target = constantOf(indices);
  if (!target) return undefined;
  const order = sortedOrder(target.data as Int32Array, typeOf(operand).shape[0] as number);
  if (!order) return undefined;
  const permutation: Value = { dtype: "int32", shape: [order.length], data: order };
  const sorted = evaluateOp("gather", [target, permutation], { axis: 0 });
  return [builder.apply("scatterAdd", [operand, builder.value(sorted), permute(builder, updates, permutation)])];
};

/** Term numbers by target, without those whose target does not exist; `undefined` if they are so already. */
function sortedOrder(targets: Int32Array, count: number): Int32Array | undefined {
  const kept = Array.from(targets.keys()).filter((i) => (targets[i] as number) >= 0 && (targets[i] as number) < count);
  const order = Int32Array.from(kept.sort((a, b) => (targets[a] as number) - (targets[b] as number) || a - b));
  return order.length === targets.length && order.every((term, i) => term === i) ? undefined : order;
}

/** `node` with its first axis in another order, pushed towards the leaves where it costs nothing. */
function permute(builder: Builder, node: Node, order: Value): Node {
  const value = constantOf(node);
  if (value) return builder.value(evaluateOp("gather", [value, order], { axis: 0 }));
  const { shape } = typeOf(node);
  if (node.op in table && table[node.op as OpName].kind === "elementwise") {
    const operands = node.operands.map((x) => (typeOf(x).shape.length === 0 ? x : permute(builder, x, order)));
    return builder.apply(node.op as OpName, operands, node.attrs);
  }
  const [source, indices] = node.operands;
  if (node.op === "gather" && node.attrs.axis === 0 && indices && typeOf(indices).shape.length === 1) {
    return builder.apply("gather", [source as Node, permute(builder, indices, order)], node.attrs);
  }
  if (node.op === "broadcast" && !(node.attrs.axes as readonly number[]).includes(0)) {
    const reordered = [order.shape[0] as number, ...shape.slice(1)];
    return builder.apply("broadcast", node.operands, { ...node.attrs, shape: reordered });
  }
  return builder.apply("gather", [node, builder.value(order)], { axis: 0 });
}
