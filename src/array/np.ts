/** NumPy's functions, for concrete and traced arrays alike: `import { np } from "lanewise"`. */

import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Axis } from "./axes.ts";
import type { ArrayLike } from "./convert.ts";
import * as create from "./create.ts";
import * as math from "./elementwise.ts";
import type { Handle } from "./handle.ts";
import * as index from "./indexing.ts";
import * as linear from "./linear.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import * as reduce from "./reduce.ts";
import * as arrange from "./reshape.ts";

/** The same function, giving arrays with methods. */
const lift =
  <A extends unknown[]>(f: (...args: A) => Handle): ((...args: A) => NdArray) =>
  (...args) =>
    wrap(f(...args));

type Unary = (x: ArrayLike) => NdArray;
type Binary = (a: ArrayLike, b: ArrayLike) => NdArray;
type Reduction = (x: ArrayLike, axis?: Axis, options?: reduce.ReduceOptions) => NdArray;
type Spread = (x: ArrayLike, axis?: Axis, options?: reduce.SpreadOptions) => NdArray;
type Position = (x: ArrayLike, axis?: number | null, options?: reduce.ReduceOptions) => NdArray;
type Create = (shape: number | Shape, options?: create.CreateOptions) => NdArray;
type Like = (x: ArrayLike, options?: create.CreateOptions) => NdArray;

/** Sum, element by element. */
export const add: Binary = lift(math.add);
/** Difference. */
export const sub: Binary = lift(math.sub);
/** Product. */
export const mul: Binary = lift(math.mul);
/** Quotient; of integers a float. */
export const div: Binary = lift(math.div);
/** Quotient rounded down. */
export const floorDivide: Binary = lift(math.floorDivide);
/** Remainder with the sign of the divisor. */
export const mod: Binary = lift(math.mod);
/** `a` to the power of `b`. Whole exponents up to 8 multiply. */
export const pow: Binary = lift(math.pow);
/** Angle of the point (b, a), in radians from -π to π. */
export const atan2: Binary = lift(math.atan2);
/** The smaller; NaN if one is. */
export const minimum: Binary = lift(math.minimum);
/** The larger; NaN if one is. */
export const maximum: Binary = lift(math.maximum);
/** a = b, as booleans. */
export const equal: Binary = lift(math.equal);
/** a ≠ b. */
export const notEqual: Binary = lift(math.notEqual);
/** a < b. */
export const less: Binary = lift(math.less);
/** a ≤ b. */
export const lessEqual: Binary = lift(math.lessEqual);
/** a > b. */
export const greater: Binary = lift(math.greater);
/** a ≥ b. */
export const greaterEqual: Binary = lift(math.greaterEqual);
/** Both true; numbers count as true unless 0. */
export const logicalAnd: Binary = lift(math.logicalAnd);
/** At least one true. */
export const logicalOr: Binary = lift(math.logicalOr);
/** Bits set in both, of integers. */
export const bitwiseAnd: Binary = lift(math.bitwiseAnd);
/** Bits set in at least one. */
export const bitwiseOr: Binary = lift(math.bitwiseOr);
/** Bits set in exactly one. */
export const bitwiseXor: Binary = lift(math.bitwiseXor);
/** Bits moved up. */
export const leftShift: Binary = lift(math.leftShift);
/** Bits moved down; int32 keeps its sign. */
export const rightShift: Binary = lift(math.rightShift);

/** -x. */
export const neg: Unary = lift(math.neg);
/** Distance from 0. */
export const abs: Unary = lift(math.abs);
/** -1, 0 or 1. */
export const sign: Unary = lift(math.sign);
/** eˣ. */
export const exp: Unary = lift(math.exp);
/** 2ˣ. */
export const exp2: Unary = lift(math.exp2);
/** eˣ - 1, exact near 0. */
export const expm1: Unary = lift(math.expm1);
/** Natural logarithm. */
export const log: Unary = lift(math.log);
/** Logarithm to base 2. */
export const log2: Unary = lift(math.log2);
/** Logarithm to base 10. */
export const log10: Unary = lift(math.log10);
/** log(1 + x), exact near 0. */
export const log1p: Unary = lift(math.log1p);
/** Square root. */
export const sqrt: Unary = lift(math.sqrt);
/** x². */
export const square: Unary = lift(math.square);
/** 1 / x. */
export const reciprocal: Unary = lift(math.reciprocal);
/** Sine of radians. */
export const sin: Unary = lift(math.sin);
/** Cosine of radians. */
export const cos: Unary = lift(math.cos);
/** Tangent of radians. */
export const tan: Unary = lift(math.tan);
/** Inverse sine, in radians. */
export const asin: Unary = lift(math.asin);
/** Inverse cosine. */
export const acos: Unary = lift(math.acos);
/** Inverse tangent. */
export const atan: Unary = lift(math.atan);
/** Hyperbolic sine. */
export const sinh: Unary = lift(math.sinh);
/** Hyperbolic cosine. */
export const cosh: Unary = lift(math.cosh);
/** Hyperbolic tangent. */
export const tanh: Unary = lift(math.tanh);
/** Rounded down. */
export const floor: Unary = lift(math.floor);
/** Rounded up. */
export const ceil: Unary = lift(math.ceil);
/** Rounded to the nearest, halves to even. */
export const round: Unary = lift(math.round);
/** Rounded towards 0. */
export const trunc: Unary = lift(math.trunc);
/** True where x is 0. */
export const logicalNot: Unary = lift(math.logicalNot);
/** True where x is NaN. */
export const isnan: Unary = lift(math.isnan);
/** True where x is neither infinite nor NaN. */
export const isfinite: Unary = lift(math.isfinite);
/** True where x is infinite. */
export const isinf: Unary = lift(math.isinf);

/** `a` where the condition is true, else `b`; all three broadcast. */
export const where: (condition: ArrayLike, a: ArrayLike, b: ArrayLike) => NdArray = lift(math.where);
/** Kept within `low` and `high`; either may be left out or `null`. */
export const clip: (x: ArrayLike, low?: ArrayLike | null, high?: ArrayLike | null) => NdArray = lift(math.clip);
/** Converted to a dtype: floats to integers round towards 0 and clamp, NaN gives 0. */
export const astype: (x: ArrayLike, dtype: DType) => NdArray = lift(math.astype);

/** Sum over `axis` (default: all), one term after the other in row-major order. */
export const sum: Reduction = lift(reduce.sum);
/** Product over `axis`. */
export const prod: Reduction = lift(reduce.prod);
/** Mean over `axis`. */
export const mean: Reduction = lift(reduce.mean);
/** Smallest element over `axis`; NaN if there is one. */
export const min: Reduction = lift(reduce.min);
/** Largest element over `axis`; NaN if there is one. */
export const max: Reduction = lift(reduce.max);
/** Whether all elements are true. */
export const all: Reduction = lift(reduce.all);
/** Whether some element is true. */
export const any: Reduction = lift(reduce.any);
/** Standard deviation over `axis`; `ddof` 0 (default) divides by n, 1 by n - 1. */
export const std: Spread = lift(reduce.std);
/** Variance over `axis`; `ddof` as for `std`. */
export const variance: Spread = lift(reduce.variance);
/** Position of the first smallest element along `axis` (default: in the flattened array); the first NaN wins. */
export const argmin: Position = lift(reduce.argmin);
/** Position of the first largest element along `axis`. */
export const argmax: Position = lift(reduce.argmax);
/** Running sum along `axis` (default: of the flattened array). */
export const cumsum: (x: ArrayLike, axis?: number | null) => NdArray = lift(reduce.cumsum);

/** NumPy's dot product: last axis of `a` with the second to last of `b`. */
export const dot: Binary = lift(linear.dot);
/** Matrix product `[..., m, k]` by `[..., k, n]`; leading axes broadcast. */
export const matmul: Binary = lift(linear.matmul);
/** Products of all pairs: `[a.size, b.size]`. */
export const outer: Binary = lift(linear.outer);
/**
 * Covariances of all pairs of variables: `[variables, variables]` from `[variables, observations]`, or the other way
 * round with `rowvar: false`; a scalar from one variable.
 */
export const cov: (x: ArrayLike, options?: linear.CovarianceOptions) => NdArray = lift(linear.cov);
/** Correlation coefficients of all pairs of variables. */
export const corrcoef: (x: ArrayLike, options?: Pick<linear.CovarianceOptions, "rowvar">) => NdArray = lift(
  linear.corrcoef,
);

/** The same elements in another shape; one dimension may be -1. */
export const reshape: (x: ArrayLike, shape: number | Shape) => NdArray = lift(arrange.reshape);
/** Flattened. */
export const ravel: Unary = lift(arrange.ravel);
/** Axes permuted; reversed when none are given. */
export const transpose: (x: ArrayLike, axes?: readonly number[]) => NdArray = lift(arrange.transpose);
/** Without axes of size 1. */
export const squeeze: (x: ArrayLike, axis?: Axis) => NdArray = lift(arrange.squeeze);
/** With new axes of size 1. */
export const expandDims: (x: ArrayLike, axis: number | readonly number[]) => NdArray = lift(arrange.expandDims);
/** Repeated along axes of size 1 to a larger shape. */
export const broadcastTo: (x: ArrayLike, shape: number | Shape) => NdArray = lift(arrange.broadcastTo);
/** Joined along an existing axis. */
export const concatenate: (arrays: readonly ArrayLike[], axis?: number) => NdArray = lift(arrange.concatenate);
/** Joined along a new axis. */
export const stack: (arrays: readonly ArrayLike[], axis?: number) => NdArray = lift(arrange.stack);
/** Reversed along axes (default: all). */
export const flip: (x: ArrayLike, axis?: Axis) => NdArray = lift(arrange.flip);
/** Shifted around along an axis. */
export const roll: (x: ArrayLike, shift: number, axis?: number | null) => NdArray = lift(arrange.roll);
/** The whole array repeated. */
export const tile: (x: ArrayLike, reps: number | readonly number[]) => NdArray = lift(arrange.tile);
/** Each element repeated. */
export const repeat: (x: ArrayLike, count: number, axis?: number | null) => NdArray = lift(arrange.repeat);

/** Zeros of a shape. */
export const zeros: Create = lift(create.zeros);
/** Ones of a shape. */
export const ones: Create = lift(create.ones);
/** One value, or an array that broadcasts, in a shape. */
export const full: (shape: number | Shape, value: ArrayLike, options?: create.CreateOptions) => NdArray = lift(
  create.full,
);
/** Zeros of another array's shape and dtype. */
export const zerosLike: Like = lift(create.zerosLike);
/** Ones of another array's shape and dtype. */
export const onesLike: Like = lift(create.onesLike);
/** One value in another array's shape and dtype. */
export const fullLike: (x: ArrayLike, value: ArrayLike, options?: create.CreateOptions) => NdArray = lift(
  create.fullLike,
);
/** `np.arange(stop)` or `np.arange(start, stop, step?)`, then `{ dtype }`; int32 for whole numbers. */
export const arange: (...given: create.ArangeArguments) => NdArray = lift(create.arange);
/** Evenly spaced numbers, both ends included. Default 50. */
export const linspace: (
  start: number,
  stop: number,
  count?: number,
  options?: create.CreateOptions & { readonly endpoint?: boolean },
) => NdArray = lift(create.linspace);
/** Ones on a diagonal. */
export const eye: (
  rows: number,
  columns?: number,
  options?: create.CreateOptions & { readonly k?: number },
) => NdArray = lift(create.eye);
/** An array of numbers, nested lists or a typed array; `dtype` converts. */
export const asarray: (x: ArrayLike, options?: create.CreateOptions) => NdArray = lift(create.asarray);
/** The same as `asarray`: arrays do not change, so none needs a copy. */
export const array: (x: ArrayLike, options?: create.CreateOptions) => NdArray = lift(create.array);

/** `slice(x, { start: 1, step: 2 }, null)` is NumPy's `x[1::2, :]`. */
export const slice: (x: ArrayLike, ...ranges: (index.Range | null)[]) => NdArray = lift(index.slice);
/** Elements at indices along an axis (default: of the flattened array); traced indices clamp to the array. */
export const take: (x: ArrayLike, indices: ArrayLike, axis?: number | null) => NdArray = lift(index.take);
/** With `updates[i]` added at `indices[i]` of the first axis; the indices are static. */
export const scatterAdd: (x: ArrayLike, indices: ArrayLike, updates: ArrayLike) => NdArray = lift(index.scatterAdd);
/** Sums of values that share a segment id; the ids are static. */
export const segmentSum: (values: ArrayLike, segmentIds: ArrayLike, numSegments: number) => NdArray = lift(
  index.segmentSum,
);
