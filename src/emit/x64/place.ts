/** Writes a step with registers for its vectors. */

import type { Memory } from "./encoder.ts";
import { factsOf } from "./facts.ts";
import type { Home } from "./final.ts";
import type { Step, StepOperand, Vector } from "./machine.ts";
import type { Registers } from "./registers.ts";

type Of<K extends Step["kind"]> = Step & { kind: K };

export function placeInstruction(registers: Registers, step: Of<"instruction">): void {
  const { out, reads } = registers.now;
  const { place, foldable } = factsOf(step.name);
  const operands = ordered(registers, step);
  const pinned = registers.pinned(reads);
  const located = operands.map((operand, i) => {
    if (typeof operand === "number" || !("vector" in operand)) return operand;
    if (out && i === 0) return -1;
    const { vector } = operand;
    if (foldable && i === place && !registers.has(operand) && !registers.worthLoading(operand)) {
      return registers.homeOf(vector);
    }
    const register = registers.bring(vector, pinned);
    pinned.push(register);
    return register;
  });
  registers.releaseDead(reads);
  if (!out) {
    registers.write(step.name, ...located);
    return;
  }
  const register = registers.take(out.vector, []);
  located[0] = register;
  registers.write(step.name, ...located);
  registers.keep(out.vector, register);
}

/** What is in no register is read where the instruction can read memory. */
function ordered(registers: Registers, { name, operands }: Of<"instruction">): readonly StepOperand[] {
  if (!factsOf(name).commutes) return operands;
  const [out, a, b] = operands as [StepOperand, StepOperand, StepOperand];
  const isHere = (o: StepOperand): boolean => typeof o === "object" && "vector" in o && registers.has(o);
  return !isHere(a) && isHere(b) ? [out, b, a] : operands;
}

export function placeMove(registers: Registers, { to, from }: Of<"move">): void {
  if (to.vector === from.vector) return;
  registers.leave(to);
  const source = registers.of(from);
  if (source >= 0 && registers.dies(from)) {
    registers.state[source] = to.vector;
    registers.keep(to.vector, source);
    return;
  }
  const register = registers.take(to.vector, source >= 0 ? [source] : []);
  if (source >= 0) registers.write("vmovaps", register, source);
  else registers.write("vmovups", register, registers.homeOf(from.vector));
  registers.keep(to.vector, register);
}

/** Overwrites what dies, or what had to be loaded anyway; one of the others may stay in memory. */
export function placeFused(registers: Registers, { family, suffix, out, factors, term }: Of<"fused">): void {
  const { reads } = registers.now;
  const over =
    reads.find((v) => registers.has(v) && registers.dies(v)) ??
    reads.find((v) => !registers.has(v)) ??
    (reads.at(-1) as Vector);
  const pinned = registers.pinned(reads);
  const [a, b] = over === term ? factors : [factors[over === factors[0] ? 1 : 0], term];
  // The third operand may be memory. Products commute, so the first two orders serve both factors.
  const swap = "base" in a || (!("base" in b) && !registers.has(a) && registers.has(b));
  const [second, third] = (swap ? [b, a] : [a, b]) as [Vector, Vector | Memory];
  const order = over === term ? "231" : swap ? "132" : "213";
  // The two may be one: brought for the first, it is there for the other.
  const first = registers.bring(second.vector, pinned);
  pinned.push(first);
  const last = lastOperand(registers, third, pinned);
  if (typeof last === "number") pinned.push(last);
  const register = takeCopy(registers, out, over, pinned);
  registers.releaseDead(reads);
  registers.state[register] = out.vector;
  registers.write(`${family}${order}${suffix}`, register, first, last);
  registers.keep(out.vector, register);
}

function lastOperand(registers: Registers, last: Vector | Memory, pinned: readonly number[]): number | Memory | Home {
  if ("base" in last) return last;
  const inMemory = !registers.has(last) && !registers.worthLoading(last);
  return inMemory ? registers.homeOf(last.vector) : registers.bring(last.vector, pinned);
}

/** A register for `vector` that holds `source`: its own where it is not needed any more. */
function takeCopy(registers: Registers, vector: Vector, source: Vector, pinned: readonly number[]): number {
  const here = registers.of(source);
  if (here >= 0 && registers.dies(source)) return here;
  const register = registers.take(vector.vector, pinned);
  if (here >= 0) registers.write("vmovaps", register, here);
  else registers.write("vmovups", register, registers.homeOf(source.vector));
  return register;
}
