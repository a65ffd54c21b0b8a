/** How much a kernel computes: rough cycles of a machine that does two simple vector instructions at once. */

import type { Kernel, Statement } from "./kernel.ts";
import { blocksOf } from "./statement.ts";

/** Turns assumed for loops whose count is known only at run time; a branch is taken once in as many times. */
export const USUAL_TURNS = 16;

/** An estimate that is wrong by less than this is right. */
const ROUGHLY = 4;

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
export function workOf(block: readonly Statement[], turns = turnsOf): number {
  let work = 0;
  for (const s of block) {
    let nested = 0;
    for (const inner of blocksOf(s)) nested += workOf(inner, turns);
    work += ownCost(s) + turns(s) * nested;
  }
  return work;
}

/**
 * A kernel of the same statements that takes about so much work: its loops end early, the outer ones first.
 * `undefined` where that cannot be had.
 */
export function shortened(kernel: Kernel, most: number): Kernel | undefined {
  if (hasWhile(kernel.prologue) || hasWhile(kernel.body) || workOf(kernel.prologue) > most) return undefined;
  const work = workOf(kernel.body);
  if (work <= most) return kernel;
  const body = withShare(kernel.body, most / work);
  return workOf(body) <= ROUGHLY * most ? { ...kernel, body } : undefined;
}

/** Loops of few turns, such as over the parts of an array, stay whole: what is in them ends early instead. */
function withShare(block: readonly Statement[], share: number): Statement[] {
  return block.map((s) => {
    if (s.kind !== "loop" || typeof s.count !== "number") return s;
    const count = s.count < USUAL_TURNS ? s.count : Math.max(2, Math.ceil(s.count * share));
    const rest = (share * s.count) / count;
    return { ...s, count, body: rest < 1 / ROUGHLY ? withShare(s.body, rest) : s.body };
  });
}

const hasWhile = (block: readonly Statement[]): boolean =>
  block.some((s) => s.kind === "while" || blocksOf(s).some(hasWhile));
