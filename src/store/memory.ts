/** Index → result, in memory: one typed array per output, `[N, ...shape]`, and a status per point. */

import { allocate, type DType, dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { formatBytes, roomFor } from "../base/memory.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";

export interface ResultColumns {
  readonly data: readonly TypedArray[];
  /** By the numbers of base/status.ts. */
  readonly status: Uint8Array;
}

/** Bytes of the results of `count` points, with one byte of status each. */
export const resultBytes = (types: readonly Type[], count: number): number =>
  types.reduce((bytes, { dtype, shape }) => bytes + dtypeInfo[dtype].bytes * sizeOf(shape) * count, count);

/** Refuses, before anything runs, what would not fit. */
export function checkBudget(where: string, types: readonly Type[], count: number, budget: number): void {
  const bytes = resultBytes(types, count);
  if (bytes <= budget) return;
  throw new LanewiseError(
    "memory",
    `${where}: expected results of at most ${budget} bytes (${formatBytes(budget)}, the memoryBudget), got ${bytes} bytes ` +
      `(${formatBytes(bytes)}) for ${count} points; take fewer points (slice the space), return smaller outputs, ` +
      "reduce them in the model (a sum, a mean, a maximum), or raise memoryBudget",
  );
}

/** Zeroed columns; `shared` puts them where all threads can write. */
export function allocateResults(types: readonly Type[], count: number, shared: boolean): ResultColumns {
  const column = (dtype: DType, length: number): TypedArray => {
    if (!shared) return allocate(dtype, length);
    const { storage, bytes } = dtypeInfo[dtype];
    return new storage(new SharedArrayBuffer(bytes * length));
  };
  const remedy = "take fewer points, or reduce the outputs in the model";
  return roomFor("results", resultBytes(types, count), remedy, () => ({
    data: types.map(({ dtype, shape }) => column(dtype, sizeOf(shape) * count)),
    status: column("bool", count) as Uint8Array,
  }));
}
