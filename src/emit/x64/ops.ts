/** The recipe of an op for given dtypes; errors say what the lowering should not have asked for. */

import type { DType } from "../../base/dtype.ts";
import { LanewiseError } from "../../base/errors.ts";
import type { KernelOp } from "../../kernel/kernel.ts";
import type { OpName } from "../../op/table.ts";
import { laneBitcast, laneConvert } from "./convert.ts";
import { laneOps, type Recipe } from "./lane.ts";

/** `last` is the last operand's dtype. */
export function recipeOf(op: KernelOp, last: DType, result: DType): Recipe {
  const casts = op === "convert" ? laneConvert : op === "bitcast" ? laneBitcast : undefined;
  const found = casts ? casts[last][result] : laneOps[op as OpName]?.[last];
  if (found) return found;
  throw new LanewiseError(
    "program",
    `emitX64: expected an op that x64 has, got ${op} of ${last} to ${result}; expand it before lowering`,
  );
}

/** Elementwise ops that need no expansion. */
export const nativeOps: ReadonlySet<OpName> = new Set([
  ...(Object.keys(laneOps) as OpName[]),
  "convert" as const,
  "bitcast" as const,
]);
