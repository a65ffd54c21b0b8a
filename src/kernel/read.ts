/** One element of a value, from wherever it is: a register, memory, or computed on the spot. */

import type { OpName } from "../op/table.ts";
import { type Node, typeOf } from "../program/program.ts";
import type { Context } from "./context.ts";
import type { KernelOp, Register } from "./kernel.ts";
import { movers } from "./move.ts";
import { areConstant, type Place } from "./place.ts";
import { pull } from "./pull.ts";
import { readOperand, selectRare } from "./seldom.ts";
import { isElementwise, isPull, shapeOf } from "./shape.ts";
import { loadView, viewOf } from "./view.ts";

export function read(ctx: Context, node: Node, places: readonly Place[]): Register {
  const slot = ctx.slots.get(node);
  if (slot?.kind === "registers" && areConstant(places)) return slot.registers[flatPlace(node, places)] as Register;
  if (node.value && areConstant(places)) {
    return ctx.writer.constant(node.value.data[flatPlace(node, places)] as number, node.value.dtype);
  }
  const view = slot || node.value ? viewOf(ctx, node) : undefined;
  if (view) return loadView(ctx, view, places);
  return ctx.writer.once(ctx.fusedKey(node, places), () => compute(ctx, node, places));
}

const flatPlace = (node: Node, places: readonly Place[]): number =>
  places.reduce((flat, place, d) => flat * (shapeOf(node)[d] as number) + place.offset, 0);

function compute(ctx: Context, node: Node, places: readonly Place[]): Register {
  if (node.op === "selectRare") return selectRare(ctx, node, [places])[0] as Register;
  if (isElementwise(node)) {
    const args = node.operands.map((operand) => readOperand(ctx, operand, places));
    return ctx.writer.op(node.op as OpName & KernelOp, args, typeOf(node).dtype);
  }
  if (isPull(node)) return pull(ctx, node, [places])[0] as Register;
  const mover = movers[node.op];
  if (mover) return mover(ctx, node, places);
  throw new Error(`kernel: no way to read a value of ${node.op} that has not been computed`);
}
