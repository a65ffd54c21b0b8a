/** How many machine vectors the hottest loop keeps alive: bounds how many lane groups are worth interleaving. */

import { dtypeInfo } from "../base/dtype.ts";
import type { Kernel, Register, Statement } from "./kernel.ts";
import { blocksOf, operandsOf, yieldsOf } from "./statement.ts";
import type { Target } from "./target.ts";
import { turnsOf, workOf } from "./work.ts";

interface Hot {
  work: number;
  block: readonly Statement[];
  yields: readonly Register[];
}

function hottest(block: readonly Statement[], yields: readonly Register[], turns: number, best: Hot): Hot {
  const work = turns * block.filter((s) => s.kind !== "const").length;
  let hot = work > best.work ? { work, block, yields } : best;
  for (const s of block) {
    for (const nested of blocksOf(s)) hot = hottest(nested, yieldsOf(s), turns * turnsOf(s), hot);
  }
  return hot;
}

const width = (register: Register): number => (register.lane ? Math.ceil(dtypeInfo[register.dtype].bytes / 4) : 0);

const hottestOf = ({ body }: Pick<Kernel, "body">): Hot => hottest(body, [], 1, { work: -1, block: body, yields: [] });

/** Vectors alive at once, at most, in the loop that does most of the work; 64-bit values count twice. */
export function pressureOf(kernel: Pick<Kernel, "body">): number {
  const { block, yields } = hottestOf(kernel);
  const defined = new Set(block.flatMap((s) => ("out" in s ? [s.out] : [])));
  const live = new Set<Register>();
  let alive = 0;
  const enter = (register: Register): void => {
    if (!live.has(register)) alive += width(register);
    live.add(register);
  };
  yields.forEach(enter);
  // What comes from outside is alive throughout.
  for (const s of block) for (const r of operandsOf(s)) if (!defined.has(r)) enter(r);
  let most = alive;
  for (const s of [...block].reverse()) {
    if ("out" in s && live.delete(s.out)) alive -= width(s.out);
    operandsOf(s).forEach(enter);
    most = Math.max(most, alive);
  }
  return most;
}

/** Up to here more lane groups hide more latency. */
export const MOST_GROUPS = 4;

/** A block of this many statements has work of its own to overlap, and the room to move registers to the stack. */
const LONG_BLOCK = 64;

const isShort = (block: readonly Statement[]): boolean => block.length < LONG_BLOCK;

/** Mostly reads places of memory that grows with the groups: its loads wait for no other, and want their caches. */
const mostlyGathers = (block: readonly Statement[]): boolean =>
  2 * workOf(block.filter((s) => s.kind === "gather" && s.buffer.lane)) > workOf(block);

/**
 * How many lane groups to interleave. In a short loop values that leave the registers cost more than waiting: what is
 * carried from turn to turn must fit. A long one gains even when some values are spilled, until they are most.
 */
export function preferredGroups(kernel: Pick<Kernel, "body">, { short, long }: Target["interleave"]): number {
  const alive = Math.max(1, pressureOf(kernel));
  const { block, yields } = hottestOf(kernel);
  if (mostlyGathers(block)) return 1;
  const carried = Math.max(
    1,
    yields.reduce((sum, register) => sum + width(register), 0),
  );
  const fitting = isShort(block)
    ? Math.min(Math.floor(short.alive / alive), Math.floor(short.carried / carried))
    : (long.find(({ most }) => alive <= most)?.groups ?? 1);
  return Math.max(1, Math.min(MOST_GROUPS, fitting));
}

/** The same where lanes are elements: arrays end soon, and long blocks for one group after the other overlap as well. */
export const groupsOfElements = (kernel: Pick<Kernel, "body">, interleave: Target["interleave"]): number =>
  isShort(hottestOf(kernel).block) ? preferredGroups(kernel, interleave) : 1;
