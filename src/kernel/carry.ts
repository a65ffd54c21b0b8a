/**
 * What loops carry: small values in registers, large ones in memory. A large one is overwritten in place when
 * nothing reads the old value afterwards, else written beside it and copied at the turn's end.
 */

import { type Node, type Region, typeOf } from "../program/program.ts";
import type { Context, Slot, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import { elementsOf } from "./shape.ts";
import { combine, copyInto, elementRegisters } from "./steps.ts";
import { loadView, wholeView } from "./view.ts";

export interface Carry {
  readonly parameter: Node;
  readonly lane: boolean;
  /** Of large carries: where the value is from turn to turn. */
  readonly memory: View | undefined;
  /** Of small carries: how many registers it takes. */
  readonly registers: number;
}

/** Makes room for each carry and writes the first values of large ones there. */
export function openCarries(ctx: Context, parameters: readonly Node[], inits: readonly Node[]): Carry[] {
  return parameters.map((parameter, i) => {
    const elements = elementsOf(parameter);
    const lane = ctx.isLane(parameter);
    if (elements <= ctx.unrolled) return { parameter, lane, memory: undefined, registers: elements };
    const buffer = ctx.allocate({ name: `carry${parameter.id}`, dtype: typeOf(parameter).dtype, lane, elements });
    const memory = wholeView(parameter, buffer);
    copyInto(ctx, inits[i] as Node, memory);
    return { parameter, lane, memory, registers: 0 };
  });
}

/** First values of small carries, one after the other. */
export const initialRegisters = (ctx: Context, carries: readonly Carry[], inits: readonly Node[]): Register[] =>
  carries.flatMap((carry, i) => (carry.memory ? [] : elementRegisters(ctx, inits[i] as Node)));

export const carryLanes = (carries: readonly Carry[]): boolean[] =>
  carries.flatMap((carry) => new Array<boolean>(carry.registers).fill(carry.lane));

/** Slots of the carries, given the registers of the small ones. */
export function carrySlots(ctx: Context, carries: readonly Carry[], registers: readonly Register[]): Slot[] {
  let next = 0;
  const { block } = ctx.writer;
  return carries.map((carry): Slot => {
    if (carry.memory) return { kind: "memory", view: carry.memory };
    const own = registers.slice(next, next + carry.registers);
    next += carry.registers;
    return { kind: "registers", registers: own, block };
  });
}

export function bindSlots(ctx: Context, parameters: readonly Node[], slots: readonly Slot[]): void {
  parameters.forEach((parameter, i) => {
    ctx.slots.set(parameter, slots[i] as Slot);
  });
}

/** Where the next value of each large carry is written: in place, or beside the old one. */
export function nextViews(
  ctx: Context,
  plan: Plan,
  region: Region,
  carries: readonly Carry[],
  inPlace: boolean,
): (View | undefined)[] {
  return carries.map(({ parameter, memory, lane }, i) => {
    const next = region.results[i] as Node;
    if (!memory || next === parameter) return memory;
    if (inPlace && mayOverwrite(plan, parameter, next)) return memory;
    const { dtype } = typeOf(parameter);
    return wholeView(
      parameter,
      ctx.allocate({ name: `next${parameter.id}`, dtype, lane, elements: elementsOf(parameter) }),
    );
  });
}

/** Whether `next` can take the place of `old`: all that reads `old` is done by then, or reads the same element. */
function mayOverwrite(plan: Plan, old: Node, next: Node): boolean {
  const writer = plan.steps.findIndex((step) =>
    step.kind === "node" ? step.node === next : step.members.includes(next),
  );
  if (writer < 0 || plan.results.has(old)) return false;
  return plan.steps.every((step, i) =>
    (step.kind === "node" ? [step.node] : step.members).every((node) =>
      plan.uses.of(node).every(({ source, mode }, use) => {
        if (source !== old || i < writer) return true;
        const updated = node === next && node.op === "dynamicUpdateSlice" && use === 0;
        return i === writer && (updated || (step.kind === "group" && mode === "point"));
      }),
    ),
  );
}

/** Brings the next value of a large carry to its place, for the lanes that take part. */
export function commitCarry(ctx: Context, carry: Carry, next: View | undefined, taking: Register | undefined): void {
  const { memory, parameter } = carry;
  if (!memory || !next || next === memory) return;
  combine(ctx, parameter, memory, (places) => {
    const fresh = loadView(ctx, next, places);
    return taking ? ctx.writer.op("select", [taking, fresh, loadView(ctx, memory, places)], fresh.dtype) : fresh;
  });
}

/** Writes a large result where it is wanted, if its own step has not written it there. */
export function deliver(ctx: Context, node: Node, wanted: View | undefined): void {
  if (!wanted) return;
  const slot = ctx.slots.get(node);
  if (slot?.kind === "memory" && slot.view === wanted) return;
  copyInto(ctx, node, wanted);
}
