/** Values that are seldom needed: computed behind a branch, which no point takes as a rule. */

import type { Node } from "../program/program.ts";
import type { Context } from "./context.ts";
import type { Register } from "./kernel.ts";
import { at, type Place } from "./place.ts";
import { shapeOf } from "./shape.ts";

/** An operand of an elementwise op: scalars meet every element. */
export const readOperand = (ctx: Context, operand: Node, places: readonly Place[]): Register =>
  ctx.read(operand, shapeOf(operand).length === 0 ? [] : places);

/**
 * So many elements share a branch where it is in memory: what is behind a branch is not computed side by side with what
 * is before it. With more elements, seldom all do without what the branch is for.
 */
const TOGETHER = 4;

/** Elements of a `selectRare`. */
export function selectRare(ctx: Context, node: Node, elements: readonly (readonly Place[])[]): Register[] {
  const count = ctx.seldomInMemory ? TOGETHER : 1;
  const starts = Array.from({ length: Math.ceil(elements.length / count) }, (_, i) => i * count);
  return starts.flatMap((start) => together(ctx, node, elements.slice(start, start + count)));
}

function together(ctx: Context, node: Node, elements: readonly (readonly Place[])[]): Register[] {
  const { writer } = ctx;
  const [conditionNode, rareNode, usualNode] = node.operands as readonly [Node, Node, Node];
  const conditions = elements.map((places) => readOperand(ctx, conditionNode, places));
  const usual = elements.map((places) => readOperand(ctx, usualNode, places));
  const some = conditions.reduce((a, b) => writer.op("or", [a, b], "bool"));
  const met = some.lane ? writer.op("any", [some], "bool") : some;
  const changed = (): Register[] =>
    elements.map((places, i) => {
      const [condition, value] = [conditions[i] as Register, usual[i] as Register];
      return writer.op("select", [condition, readOperand(ctx, rareNode, places), value], value.dtype);
    });
  return some.lane && ctx.seldomInMemory
    ? changedInMemory(ctx, met, usual, changed)
    : writer.if(met, changed, () => usual);
}

function changedInMemory(
  ctx: Context,
  condition: Register,
  values: readonly Register[],
  changed: () => readonly Register[],
): Register[] {
  const { writer } = ctx;
  const { dtype } = values[0] as Register;
  const buffer = ctx.allocate({ name: "seldom", dtype, lane: true, elements: values.length });
  const store = (all: readonly Register[]): void => all.forEach((value, i) => void writer.store(buffer, at(i), value));
  const change = (): readonly Register[] => {
    store(changed());
    return [];
  };
  store(values);
  writer.if(condition, change, () => []);
  ctx.release(buffer);
  return values.map((_, i) => writer.load(buffer, at(i)));
}
