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
  const measured = async (groups: number): Promise<number> => {
    const time = wasteOf(groups, all) * (await timeIn(groups, short, means));
    known.set(groups, Math.min(time, known.get(groups) ?? time));
    return known.get(groups) as number;
  };
  const timeOf = async (groups: number): Promise<number> => {
    if (groups < 1 || groups > Math.min(most, MOST_GROUPS)) return Number.POSITIVE_INFINITY;
    return known.get(groups) ?? measured(groups);
  };
  // What seems slower is measured again: other work on the machine may have been in its way.
  const beats = async (groups: number, best: number): Promise<boolean> =>
    (await timeOf(groups)) < BETTER * (await timeOf(best)) && (await timeOf(groups)) < BETTER * (await measured(best));
  let best = kernel.groups;
  for (const step of [1, -1]) while (await beats(best + step, best)) best += step;
  // What fits in the nearest cache is a case of its own.
  if (await beats(1, best)) best = 1;
  return means.assemble(widen({ ...kernel, groups: best }));
}
