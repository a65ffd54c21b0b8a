/** How many machine vectors the hottest loop keeps alive: bounds how many lane groups are worth interleaving. */

import { dtypeInfo } from "../base/dtype.ts";
import { waitOf } from "./depth.ts";
import type { Kernel, Register, Statement } from "./kernel.ts";
import { bytesInKernel } from "./layout.ts";
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

const vectorsOf = (register: Register): number => (register.lane ? Math.ceil(dtypeInfo[register.dtype].bytes / 4) : 0);

const hottestOf = ({ body }: Pick<Kernel, "body">): Hot => hottest(body, [], 1, { work: -1, block: body, yields: [] });

/** Vectors alive at once, at most, in the loop that does most of the work; 64-bit values count twice. */
export function pressureOf(kernel: Pick<Kernel, "body">): number {
  const { block, yields } = hottestOf(kernel);
  const defined = new Set(block.flatMap((s) => ("out" in s ? [s.out] : [])));
  const live = new Set<Register>();
  let alive = 0;
  const enter = (register: Register): void => {
    if (!live.has(register)) alive += vectorsOf(register);
    live.add(register);
  };
  yields.forEach(enter);
  // What comes from outside is alive throughout.
  for (const s of block) for (const r of operandsOf(s)) if (!defined.has(r)) enter(r);
  let most = alive;
  for (const s of [...block].reverse()) {
    if ("out" in s && live.delete(s.out)) alive -= vectorsOf(s.out);
    operandsOf(s).forEach(enter);
    most = Math.max(most, alive);
  }
  return most;
}

/** Up to here more lane groups hide more latency. */
export const MOST_GROUPS = 6;

/** What is carried around short loops leaves no room for more. */
const MOST_IN_SHORT = 4;

/** A longer block has work of its own to overlap, and the room to move registers to the stack. */
const isShort = (block: readonly Statement[], { short }: Target["interleave"]): boolean =>
  block.length < short.statements;

/** Mostly reads places of memory that grows with the groups: its loads wait for no other, and want their caches. */
const mostlyGathers = (block: readonly Statement[]): boolean =>
  2 * workOf(block.filter((s) => s.kind === "gather" && s.buffer.lane)) > workOf(block);

/** Bytes of arrays that a short loop goes through at the same pace as smaller ones: three times the nearest cache. */
const CACHED = 96 * 1024;

/** Bytes of the arrays of one lane group that a block reads or writes. */
function bytesIn(block: readonly Statement[], lanes: number): number {
  const buffers = new Set(block.flatMap((s) => ("buffer" in s && s.buffer.lane ? [s.buffer] : [])));
  return [...buffers].reduce((sum, buffer) => sum + bytesInKernel(buffer) * buffer.elements * lanes, 0);
}

/**
 * How many lane groups to interleave. In a short loop values that leave the registers cost more than waiting: what is
 * carried from turn to turn must fit, and arrays should stay near. A long one gains even when some values are spilled,
 * until they are most; and no more than it takes to have work at hand while chains of values wait (`depth.ts`).
 */
export function preferredGroups(kernel: Pick<Kernel, "body" | "lanes">, interleave: Target["interleave"]): number {
  const { short, long, width } = interleave;
  const alive = Math.max(1, pressureOf(kernel));
  const { block, yields } = hottestOf(kernel);
  if (mostlyGathers(block)) return 1;
  if (isShort(block, interleave)) {
    const carried = Math.max(
      1,
      yields.reduce((sum, register) => sum + vectorsOf(register), 0),
    );
    const near = CACHED / Math.max(1, bytesIn(block, kernel.lanes));
    const sums = block.some((s) => s.kind === "op" && s.op === "fusedAdd" && yields.includes(s.out));
    const room = sums ? short.fused : short.carried;
    const fitting = Math.floor(Math.min(short.alive / alive, room / carried, near));
    return Math.max(1, Math.min(MOST_IN_SHORT, fitting));
  }
  const fitting = long.find(({ most }) => alive <= most)?.groups ?? 1;
  return Math.max(1, Math.min(fitting, Math.ceil(width * waitOf(block))));
}

/** Of so many lane groups in all, how many times the work is done when chunks take `groups` of them. */
export const wasteOf = (groups: number, all: number): number =>
  Number.isFinite(all) ? (Math.ceil(all / groups) * groups) / all : 1;

/** What a lane group more or less than preferred is taken to cost. */
const STEP = 0.1;

/** About as many lane groups, where points fill whole chunks of them better. */
export function fittingGroups(preferred: number, all: number): number {
  const costOf = (groups: number): number => wasteOf(groups, all) * (1 + STEP * Math.abs(groups - preferred));
  let best = 1;
  for (let groups = 2; groups <= Math.min(preferred + 1, MOST_GROUPS, all); groups++) {
    if (costOf(groups) <= costOf(best)) best = groups;
  }
  return best;
}

/** The same where lanes are elements: arrays end soon, and long blocks for one group after the other overlap as well. */
export const groupsOfElements = (kernel: Pick<Kernel, "body" | "lanes">, interleave: Target["interleave"]): number =>
  isShort(hottestOf(kernel).block, interleave) ? preferredGroups(kernel, interleave) : 1;
