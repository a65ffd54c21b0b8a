/**
 * The number of lane groups by measurement: the model's guess (kernel/pressure.ts), its neighbours and a single group run
 * for a moment, with loops that end early. All of them compute the same bits.
 */

import { isLanewiseError } from "../base/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { MOST_GROUPS, wasteOf } from "../kernel/pressure.ts";
import { widen } from "../kernel/wide.ts";
import { shortened } from "../kernel/work.ts";
import type { Code } from "./protocol.ts";

/** Seconds that the code takes for a point. */
export type Measure = (code: Code) => number;

/** Work of a kernel that is measured: about half a millisecond for each lane group. */
const SAMPLE = 2 ** 20;

/** A neighbour must be better by this much: less is noise. */
const BETTER = 0.97;

interface Means {
  readonly assemble: (kernel: Kernel) => Promise<Code>;
  readonly measure: Measure;
}

/** What does not fit into memory is no choice. */
async function timeIn(groups: number, kernel: Kernel, { assemble, measure }: Means): Promise<number> {
  try {
    return measure(await assemble(widen({ ...kernel, groups })));
  } catch (error) {
    if (isLanewiseError(error, "memory")) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** The code of a draft (kernel/build.ts), or of one like it with other lane groups, `most` at most. */
export async function tuned(kernel: Kernel, most: number, means: Means): Promise<Code> {
  const short = shortened(kernel, SAMPLE);
  if (!short) return means.assemble(widen(kernel));
  const all = kernel.across === "elements" ? Number.POSITIVE_INFINITY : most;
  const known = new Map<number, number>();
  const timeOf = async (groups: number): Promise<number> => {
    if (groups < 1 || groups > Math.min(most, MOST_GROUPS)) return Number.POSITIVE_INFINITY;
    const time = known.get(groups) ?? wasteOf(groups, all) * (await timeIn(groups, short, means));
    known.set(groups, time);
    return time;
  };
  let best = kernel.groups;
  for (const step of [1, -1]) {
    while ((await timeOf(best + step)) < BETTER * (await timeOf(best))) best += step;
  }
  // What fits in the nearest cache is a case of its own.
  if ((await timeOf(1)) < BETTER * (await timeOf(best))) best = 1;
  return means.assemble(widen({ ...kernel, groups: best }));
}
