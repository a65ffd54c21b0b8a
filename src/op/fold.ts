/** Reductions one step at a time: the op that takes in the next element, and what to begin with. */

import { type DType, isFloat } from "../base/dtype.ts";

export interface Fold {
  readonly op: "add" | "mul" | "min" | "max" | "and" | "or";
  /** Leaves every first element as it is, bit for bit; -0 does for sums, where 0 would turn -0 into 0. */
  initial(dtype: DType): number;
}

const lowest: { readonly [D in DType]: number } = {
  bool: 0,
  int32: -(2 ** 31),
  uint32: 0,
  float32: -Infinity,
  float64: -Infinity,
};
const highest: { readonly [D in DType]: number } = {
  bool: 1,
  int32: 2 ** 31 - 1,
  uint32: 2 ** 32 - 1,
  float32: Infinity,
  float64: Infinity,
};

export const sum: Fold = { op: "add", initial: (dtype) => (isFloat(dtype) ? -0 : 0) };

/** By the name of the reduction. */
export const folds: { readonly [op: string]: Fold | undefined } = {
  sum,
  prod: { op: "mul", initial: () => 1 },
  reduceMin: { op: "min", initial: (dtype) => highest[dtype] },
  reduceMax: { op: "max", initial: (dtype) => lowest[dtype] },
  reduceAnd: { op: "and", initial: () => 1 },
  reduceOr: { op: "or", initial: () => 0 },
};
