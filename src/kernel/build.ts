/** Program → kernel for a target, passes and all: the one way there for devices, the command line and tests. */

import { optimise } from "../pass/pipeline.ts";
import { schedule, usesOp } from "../program/order.ts";
import type { Node, Program } from "../program/program.ts";
import { contract } from "./contract.ts";
import type { Kernel } from "./kernel.ts";
import { type LowerOptions, lower, lowerWithin, UNROLLED } from "./lower.ts";
import { fittingGroups, groupsOfElements, MOST_GROUPS, preferredGroups } from "./pressure.ts";
import { elementsOf, isElementwise } from "./shape.ts";
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
  /** With one point at a time: buffers as small as they get, even where that is more work. Default false. */
  readonly compact?: boolean;
}

/** The kernel with the lane groups that seem best; others may still be tried. */
export function draftKernel(program: Program, target: Target, options: BuildOptions = {}): Kernel {
  const { points = Number.POSITIVE_INFINITY, fastMath = false, compact = false } = options;
  const optimised = optimiser(program, target, fastMath);
  const fuses = fastMath && target.native.has("fusedAdd");
  const draft = (across: Across): Kernel => {
    const lowered = lowerShort(optimised, target, { across, fuses });
    return fuses ? contract(lowered) : lowered;
  };
  const byPoint = draft("points");
  if (points < target.lanes && largestOf(program) >= LARGE * target.lanes) {
    const byElement = draft("elements");
    const wide = widen(byElement);
    if (compact || points * workOf(wide.body) < workOf(byPoint.body)) {
      return { ...byElement, groups: groupsOfElements(wide, target.interleave) };
    }
  }
  const groups = fittingGroups(preferredGroups(byPoint, target.interleave), mostGroups(byPoint, points));
  return { ...byPoint, groups };
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
type How = Required<Pick<LowerOptions, "across" | "fuses">>;

/** Arrays of so many times the lanes have elements enough for them. */
const LARGE = 4;

const isArray = (node: Node): boolean => node.regions.length === 0;

/** Elements of the largest array that the program computes. */
const largestOf = ({ root }: Program): number =>
  [...schedule(root).values()]
    .flatMap((nodes) => nodes.filter(isArray))
    .reduce((largest, node) => Math.max(largest, elementsOf(node)), 0);

/** Numbers of elements of all arrays. */
function sizesOf({ root }: Program): ReadonlySet<number> {
  const sizes = new Set<number>();
  for (const [{ parameters }, nodes] of schedule(root)) {
    for (const node of [...parameters, ...nodes.filter(isArray)]) sizes.add(elementsOf(node));
  }
  return sizes;
}

/** The program after all passes, by what will be unrolled; only running sums ask for that. */
function optimiser(program: Program, { native }: Target, fastMath: boolean): (unrolled: number) => Program {
  const run = (unrolled: number): Program => optimise(program, { native, unrolled, fastMath });
  if (usesOp(program.root, "cumsum")) return run;
  let known: Program | undefined;
  return (unrolled) => {
    known ??= run(unrolled);
    return known;
  };
}

/** Statements of the longest row of them, roughly: those of ops that are unrolled, element by element. */
const longestRow = ({ root }: Program, unrolled: number): number =>
  Math.max(
    ...[...schedule(root).values()].map((nodes) =>
      nodes.reduce((n, node) => {
        const elements = elementsOf(node);
        return n + (isElementwise(node) && elements <= unrolled ? elements : 0);
      }, 0),
    ),
  );

/** What unrolls into too long a block becomes loops; a block that is long by itself stays as it is. */
function lowerShort(optimised: (unrolled: number) => Program, target: Target, options: How): Kernel {
  const { across } = options;
  const most = across === "points" ? UNROLLED : Math.min(UNROLLED, LARGE * target.lanes - 1);
  const sizes = [...sizesOf(optimised(most))];
  let before = Number.POSITIVE_INFINITY;
  for (const part of [1, 2, 4, 8]) {
    const unrolled = Math.floor(most / part);
    // Without arrays in between it would be the same kernel again.
    if (part > 1 && !sizes.some((size) => size > unrolled && size <= before)) continue;
    const program = optimised(unrolled);
    // What is clearly too long is not written to find that out.
    if (longestRow(program, unrolled) < 2 * LONGEST) {
      const kernel = lowerWithin(program, target, { ...options, groups: 1, unrolled, longest: LONGEST });
      if (kernel) return kernel;
    }
    before = unrolled;
  }
  return lower(optimised(most), target, { ...options, groups: 1, unrolled: most });
}
