/**
 * Loads that a single instruction reads become its memory operand: one instruction and one register less. In: a
 * machine's steps. Out: the same without those loads.
 */

import type { Memory } from "./encoder.ts";
import { factsOf } from "./facts.ts";
import { forms } from "./forms.ts";
import type { Machine, Step, StepOperand, Vector } from "./machine.ts";

type Of<K extends Step["kind"]> = Step & { kind: K };

const isVector = (o: StepOperand | undefined): o is Vector => typeof o === "object" && "vector" in o;
const isMemory = (o: StepOperand | undefined): o is Memory => typeof o === "object" && "base" in o;

const operandsOf = (step: Step): readonly StepOperand[] => {
  if (step.kind === "instruction") return step.operands;
  if (step.kind === "fused") return [step.out, ...step.factors, step.term];
  return step.kind === "move" ? [step.to, step.from] : [];
};

export function foldLoads({ steps, vectors }: Machine): readonly Step[] {
  const mentions = new Int32Array(vectors);
  for (const step of steps) for (const o of operandsOf(step)) if (isVector(o)) (mentions[o.vector] as number)++;
  const folded: (Step | undefined)[] = [];
  /** Loads whose memory still holds what they read, by vector: their place in `folded`. */
  const open = new Map<number, { readonly at: number; readonly memory: Memory }>();
  for (const step of steps) {
    const found = operandsOf(step).find((o): o is Vector => isVector(o) && open.has(o.vector));
    const load = found && open.get(found.vector);
    const shorter = found && load ? withMemory(step, found, load.memory) : undefined;
    if (found) open.delete(found.vector);
    if (load && shorter) folded[load.at] = undefined;
    folded.push(shorter ?? step);
    closeAfter(step, open);
    const [out, memory] = loadOf(step) ?? [];
    // Once for the load, once for who reads it.
    if (out && memory && mentions[out.vector] === 2) open.set(out.vector, { at: folded.length - 1, memory });
  }
  return folded.filter((step) => step !== undefined);
}

function loadOf(step: Step): readonly [Vector, Memory] | undefined {
  if (step.kind !== "instruction" || step.name !== "vmovups") return undefined;
  const [out, memory] = step.operands;
  return isVector(out) && isMemory(memory) ? [out, memory] : undefined;
}

/** The step with memory in the place of a vector that it reads once, where an instruction has that form. */
function withMemory(step: Step, vector: Vector, memory: Memory): Step | undefined {
  if (step.kind === "instruction") return instructionWith(step, vector, memory);
  if (step.kind !== "fused") return undefined;
  const { factors, term } = step;
  if (isMemory(term) || factors.some(isMemory)) return undefined;
  if (isVector(term) && term.vector === vector.vector) return { ...step, term: memory };
  const other = factors.find((f): f is Vector => isVector(f) && f.vector !== vector.vector);
  return other && { ...step, factors: [other, memory] };
}

function instructionWith({ name, operands }: Of<"instruction">, { vector }: Vector, memory: Memory): Step | undefined {
  const { place, foldable, commutes } = factsOf(name);
  if (!foldable || !forms[name].operands[place]?.endsWith("m256")) return undefined;
  const is = (o: StepOperand | undefined): boolean => isVector(o) && o.vector === vector;
  if (is(operands[place])) return { kind: "instruction", name, operands: operands.with(place, memory) };
  const [out, a, b] = operands;
  if (!commutes || !is(a) || !isVector(b)) return undefined;
  return { kind: "instruction", name, operands: [out as StepOperand, b, memory] };
}

/** Behind a jump, a store, or a new number in a register of an address, the memory is another one. */
function closeAfter(step: Step, open: Map<number, { readonly memory: Memory }>): void {
  if (step.kind === "fused" || step.kind === "move") return;
  const to = step.kind === "instruction" ? step.operands[0] : undefined;
  if (isVector(to)) return;
  if (typeof to !== "number") {
    open.clear();
    return;
  }
  for (const [vector, { memory }] of open) if (memory.base === to || memory.index === to) open.delete(vector);
}
