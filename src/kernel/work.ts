/** How much a kernel computes: rough cycles of a machine that does two simple vector instructions at once. */

import type { Kernel, Statement } from "./kernel.ts";
import { blocksOf } from "./statement.ts";

/** Turns assumed for loops whose count is known only at run time; a branch is taken once in as many times. */
export const USUAL_TURNS = 16;

const SIMPLE = 0.5;
const costs: { readonly [name: string]: number } = { const: 0, splat: 0, store: 1, gather: 8, div: 5, sqrt: 6 };

const ownCost = (s: Statement): number => costs[s.kind === "op" ? s.op : s.kind] ?? SIMPLE;

/** Times that the blocks of a statement run when it runs once. */
export function turnsOf(s: Statement): number {
  if (s.kind === "loop" && typeof s.count === "number") return s.count;
  if (s.kind === "if") return 1 / USUAL_TURNS;
  return s.kind === "loop" || s.kind === "while" ? USUAL_TURNS : 1;
}

/** Of one lane group. */
export function workOf(block: readonly Statement[]): number {
  return block.reduce((sum, s) => {
    const nested = blocksOf(s).reduce((n, inner) => n + workOf(inner), 0);
    return sum + ownCost(s) + turnsOf(s) * nested;
  }, 0);
}

/**
 * A kernel of the same loop bodies that takes at most so much work: its outer loops end early. `undefined` for a kernel
 * whose loops end by themselves.
 */
export function shortened(kernel: Kernel, most: number): Kernel | undefined {
  const work = workOf(kernel.body);
  if (hasWhile(kernel.prologue) || hasWhile(kernel.body)) return undefined;
  if (work <= most) return kernel;
  const share = most / work;
  const body = kernel.body.map((s): Statement => {
    if (s.kind !== "loop" || typeof s.count !== "number" || s.count < USUAL_TURNS) return s;
    return { ...s, count: Math.max(2, Math.ceil(s.count * share)) };
  });
  return { ...kernel, body };
}

const hasWhile = (block: readonly Statement[]): boolean =>
  block.some((s) => s.kind === "while" || blocksOf(s).some(hasWhile));
