/** Program → kernel for a target, passes and all: the one way there for devices, the command line and tests. */

import { optimise } from "../pass/pipeline.ts";
import type { Program } from "../program/program.ts";
import { contract } from "./contract.ts";
import type { Kernel } from "./kernel.ts";
import { lower, UNROLLED } from "./lower.ts";
import { preferredGroups } from "./pressure.ts";
import type { Target } from "./target.ts";

export interface BuildOptions {
  /** No more lane groups than the points at hand can fill. Default: as many as are worth it. */
  readonly groups?: number;
  /** Allows other roundings than those of the interpreter. Default false. */
  readonly fastMath?: boolean;
}

export function buildKernel(program: Program, target: Target, options: BuildOptions = {}): Kernel {
  const { groups = Number.POSITIVE_INFINITY, fastMath = false } = options;
  const optimised = optimise(program, { native: target.native, unrolled: UNROLLED, fastMath });
  const lowered = lower(optimised, target, { groups: 1 });
  const kernel = fastMath && target.native.has("fusedAdd") ? contract(lowered) : lowered;
  return { ...kernel, groups: Math.max(1, Math.min(groups, preferredGroups(kernel))) };
}
