/**
 * Statistics of what a loop computes, without keeping it: carried through the loop, and asked at its end. What is not
 * asked is not computed. `import { running } from "lanewise"`.
 *
 * Sums of squares and products grow by what lies around the present mean, which loses no digits to a large mean.
 * B. P. Welford (1962), Note on a method for calculating corrected sums of squares and products,
 * https://doi.org/10.1080/00401706.1962.10490022.
 */

import { type ArrayLike, toFloat, toHandle } from "./convert.ts";
import { shapeError } from "./handle.ts";
import { correlations } from "./linear.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import * as np from "./np.ts";

/** All that is known of the values so far, a tree of arrays: something to carry. */
export type Moments = {
  /** Values so far, int32. */
  readonly count: NdArray;
  readonly mean: NdArray;
  /** Of the distances from the mean. */
  readonly squares: NdArray;
  readonly min: NdArray;
  readonly max: NdArray;
};

/** Of vectors `[n]`, also of all pairs of their elements. */
export type PairMoments = Moments & {
  /** Sums of products of the distances from the means, `[n, n]`. */
  readonly products: NdArray;
};

export interface DdofOptions {
  /** What the number of values is lessened by. */
  readonly ddof?: number;
}

/** Of no values yet, which will have the shape and the dtype of `like`. */
export function moments(like: ArrayLike): Moments {
  const zeros = np.zerosLike(wrap(toFloat(toHandle("running.moments", like))));
  const count = np.asarray(0, { dtype: "int32" });
  return { count, mean: zeros, squares: zeros, min: zeros.add(Infinity), max: zeros.sub(Infinity) };
}

/** As `moments`, for covariances as well. */
export function pairMoments(like: ArrayLike): PairMoments {
  const alone = moments(like);
  const { shape } = alone.mean;
  if (shape.length !== 1) {
    throw shapeError("running.pairMoments", "a vector", [shape], "ravel it, or use running.moments");
  }
  return { ...alone, products: np.outer(alone.mean, alone.mean) };
}

/** With one more value. */
export function push<M extends Moments>(before: M, x: ArrayLike): M {
  const count = before.count.add(1);
  const distance = np.sub(x, before.mean);
  const mean = before.mean.add(distance.mul(np.div(1, count.astype(before.mean.dtype))));
  const rest = np.sub(x, mean);
  const after = {
    count,
    mean,
    squares: before.squares.add(distance.mul(rest)),
    min: np.minimum(before.min, x),
    max: np.maximum(before.max, x),
  };
  if (!("products" in before)) return after as Moments as M;
  const products = (before.products as NdArray).add(np.outer(distance, rest));
  return { ...after, products } as Moments as M;
}

const freedom = ({ count, mean }: Moments, ddof: number): NdArray => np.maximum(count.sub(ddof), 0).astype(mean.dtype);

export const mean = ({ mean }: Moments): NdArray => mean;
export const min = ({ min }: Moments): NdArray => min;
export const max = ({ max }: Moments): NdArray => max;

/** As `np.variance`, but for the rounding: ddof is 0 by default. */
export const variance = (of: Moments, { ddof = 0 }: DdofOptions = {}): NdArray => of.squares.div(freedom(of, ddof));

export const std = (of: Moments, options?: DdofOptions): NdArray => np.sqrt(variance(of, options));

/** As `np.cov`, `[n, n]`: ddof is 1 by default. */
export const cov = (of: PairMoments, { ddof = 1 }: DdofOptions = {}): NdArray => of.products.div(freedom(of, ddof));

/** As `np.corrcoef`, `[n, n]`. */
export const corrcoef = ({ products, squares }: PairMoments): NdArray => wrap(correlations(products, squares));
