/** Program → kernel for a target, passes and all: the one way there for devices, the command line and tests. */

import { optimise } from "../pass/pipeline.ts";
import type { Program } from "../program/program.ts";
import type { Kernel } from "./kernel.ts";
import { lower, UNROLLED } from "./lower.ts";
import { preferredGroups } from "./pressure.ts";
import type { Target } from "./target.ts";

/** `most`: no more lane groups than the points at hand can fill. */
export function buildKernel(program: Program, target: Target, most = Number.POSITIVE_INFINITY): Kernel {
  const kernel = lower(optimise(program, { native: target.native, unrolled: UNROLLED }), target, { groups: 1 });
  return { ...kernel, groups: Math.max(1, Math.min(most, preferredGroups(kernel))) };
}
