/** Program → kernel for a target, passes and all: the one way there for devices, the command line and tests. */

import { optimise } from "../pass/pipeline.ts";
import type { Program } from "../program/program.ts";
import { contract } from "./contract.ts";
import type { Kernel, Statement } from "./kernel.ts";
import { lower, UNROLLED } from "./lower.ts";
import { preferredGroups } from "./pressure.ts";
import { blocksOf } from "./statement.ts";
import type { Target } from "./target.ts";
import { widen } from "./wide.ts";

export interface BuildOptions {
  /** No more lane groups than the points at hand can fill. Default: as many as are worth it. */
  readonly groups?: number;
  /** Allows other roundings than those of the interpreter. Default false. */
  readonly fastMath?: boolean;
}

/** The kernel with the lane groups that seem best; others may still be tried. */
export function draftKernel(program: Program, target: Target, options: BuildOptions = {}): Kernel {
  const { groups = Number.POSITIVE_INFINITY, fastMath = false } = options;
  const lowered = lowerShort(program, target, fastMath);
  const kernel = fastMath && target.native.has("fusedAdd") ? contract(lowered) : lowered;
  return { ...kernel, groups: Math.max(1, Math.min(groups, preferredGroups(kernel))) };
}

/** The kernel as targets get it, its lane groups chosen. */
export const buildKernel = (program: Program, target: Target, options?: BuildOptions): Kernel =>
  widen(draftKernel(program, target, options));

/** More statements than this in a row do not stay in the processor's caches of instructions; measured on both targets. */
const LONGEST = 1200;

/** What unrolls into too long a block becomes loops; a block that is long by itself stays as it is. */
function lowerShort(program: Program, target: Target, fastMath: boolean): Kernel {
  const { native } = target;
  const lowered = (unrolled: number): Kernel =>
    lower(optimise(program, { native, unrolled, fastMath }), target, { groups: 1, unrolled });
  const usual = lowered(UNROLLED);
  if (longestBlock(usual.body) <= LONGEST) return usual;
  for (const unrolled of [UNROLLED / 2, UNROLLED / 4, UNROLLED / 8]) {
    const kernel = lowered(unrolled);
    if (longestBlock(kernel.body) <= LONGEST) return kernel;
  }
  return usual;
}

const longestBlock = (block: readonly Statement[]): number =>
  Math.max(block.length, ...block.flatMap(blocksOf).map(longestBlock));
