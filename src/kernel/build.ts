/** Program → kernel for a target, passes and all: the one way there for devices, the command line and tests. */

import { optimise } from "../pass/pipeline.ts";
import { schedule } from "../program/order.ts";
import type { Program } from "../program/program.ts";
import { contract } from "./contract.ts";
import type { Kernel, Statement } from "./kernel.ts";
import { type LowerOptions, lower, UNROLLED } from "./lower.ts";
import { groupsOfElements, MOST_GROUPS, preferredGroups } from "./pressure.ts";
import { elementsOf } from "./shape.ts";
import { blocksOf } from "./statement.ts";
import type { Target } from "./target.ts";
import { widen } from "./wide.ts";
import { workOf } from "./work.ts";

export interface BuildOptions {
  /**
   * Points that are computed at one go: no more lane groups than they fill, and where they do not fill one, lanes may be
   * elements of large arrays instead. Default: as many as there is room for.
   */
  readonly points?: number;
  /** Allows other roundings than those of the interpreter. Default false. */
  readonly fastMath?: boolean;
}

/** The kernel with the lane groups that seem best; others may still be tried. */
export function draftKernel(program: Program, target: Target, options: BuildOptions = {}): Kernel {
  const { points = Number.POSITIVE_INFINITY, fastMath = false } = options;
  const draft = (across: Across): Kernel => {
    const lowered = lowerShort(program, target, fastMath, across);
    return fastMath && target.native.has("fusedAdd") ? contract(lowered) : lowered;
  };
  const byPoint = draft("points");
  if (points < target.lanes && largestOf(program) >= LARGE * target.lanes) {
    const byElement = draft("elements");
    const wide = widen(byElement);
    if (points * workOf(wide.body) < workOf(byPoint.body)) {
      return { ...byElement, groups: groupsOfElements(wide, target.interleave) };
    }
  }
  return {
    ...byPoint,
    groups: Math.max(1, Math.min(mostGroups(byPoint, points), preferredGroups(byPoint, target.interleave))),
  };
}

/** Lane groups that are worth a try. */
export const mostGroups = ({ across, lanes }: Kernel, points: number): number =>
  across === "elements" ? MOST_GROUPS : Math.ceil(points / lanes);

/** The kernel as targets get it, its lane groups chosen. */
export const buildKernel = (program: Program, target: Target, options?: BuildOptions): Kernel =>
  widen(draftKernel(program, target, options));

/** More statements than this in a row do not stay in the processor's caches of instructions; measured on both targets. */
const LONGEST = 1200;

type Across = NonNullable<LowerOptions["across"]>;

/** Arrays of so many times the lanes have elements enough for them. */
const LARGE = 4;

/** Elements of the program's largest array. */
function largestOf({ root }: Program): number {
  let largest = 0;
  for (const nodes of schedule(root).values()) {
    for (const node of nodes) if (node.regions.length === 0) largest = Math.max(largest, elementsOf(node));
  }
  return largest;
}

/** What unrolls into too long a block becomes loops; a block that is long by itself stays as it is. */
function lowerShort(program: Program, target: Target, fastMath: boolean, across: Across): Kernel {
  const { native } = target;
  const lowered = (unrolled: number): Kernel =>
    lower(optimise(program, { native, unrolled, fastMath }), target, { groups: 1, unrolled, across });
  const most = across === "points" ? UNROLLED : Math.min(UNROLLED, LARGE * target.lanes - 1);
  const usual = lowered(most);
  if (longestBlock(usual.body) <= LONGEST) return usual;
  for (const part of [2, 4, 8]) {
    const kernel = lowered(Math.floor(most / part));
    if (longestBlock(kernel.body) <= LONGEST) return kernel;
  }
  return usual;
}

const longestBlock = (block: readonly Statement[]): number =>
  Math.max(block.length, ...block.flatMap(blocksOf).map(longestBlock));
