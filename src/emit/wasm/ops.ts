/** The recipe of an op for given dtypes, lane or uniform; errors say what the lowering should not have asked for. */

import type { DType } from "../../base/dtype.ts";
import { LanewiseError } from "../../base/errors.ts";
import type { KernelOp } from "../../kernel/kernel.ts";
import type { OpName } from "../../op/table.ts";
import { type ByDType, type LaneRecipe, laneBitcast, laneConvert, laneOps } from "./lane.ts";
import { type UniformRecipe, uniformBitcast, uniformConvert, uniformOps } from "./uniform.ts";

interface Tables<R> {
  readonly ops: { readonly [O in OpName]?: ByDType<R> };
  readonly convert: { readonly [From in DType]: ByDType<R> };
  readonly bitcast: { readonly [From in DType]: ByDType<R> };
}

function recipe<R>(tables: Tables<R>, op: KernelOp, last: DType, result: DType): R {
  const cast = op === "convert" || op === "bitcast";
  const found = cast ? tables[op][last][result] : tables.ops[op as OpName]?.[last];
  if (found) return found;
  throw new LanewiseError(
    "program",
    `emitWasm: expected an op that Wasm has, got ${op} of ${last} to ${result}; expand it before lowering`,
  );
}

const lane: Tables<LaneRecipe> = { ops: laneOps, convert: laneConvert, bitcast: laneBitcast };
const uniform: Tables<UniformRecipe> = { ops: uniformOps, convert: uniformConvert, bitcast: uniformBitcast };

/** `last` is the last operand's dtype. */
export const laneRecipe = (op: KernelOp, last: DType, result: DType): LaneRecipe => recipe(lane, op, last, result);
export const uniformRecipe = (op: KernelOp, last: DType, result: DType): UniformRecipe =>
  recipe(uniform, op, last, result);

/** Elementwise ops that need no expansion. */
export const nativeOps: ReadonlySet<OpName> = new Set([
  ...(Object.keys(laneOps) as OpName[]),
  "convert" as const,
  "bitcast" as const,
]);
