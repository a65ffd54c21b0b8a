/**
 * The array that models are written with. Concrete ones hold numbers; traced ones stand for a value of each point
 * while a model is written down. Methods and `np` functions are the same.
 */

import type { DType, TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { formatType, type Value } from "../base/value.ts";
import type { Node } from "../program/program.ts";
import type { Axis } from "./axes.ts";
import type { ArrayLike } from "./convert.ts";
import * as math from "./elementwise.ts";
import { type Handle, numbersOf, ofValue } from "./handle.ts";
import * as index from "./indexing.ts";
import * as linear from "./linear.ts";
import * as reduce from "./reduce.ts";
import * as arrange from "./reshape.ts";
import { atUserLine } from "./source.ts";

/** Nested lists of numbers or booleans, as deep as the array has dimensions. */
export type Nested = number | boolean | Nested[];

/**
 * Made by `np` functions; inside a model, what a free parameter, an axis and a shared array are. Binary methods broadcast
 * and promote as NumPy does; plain numbers take the dtype of the array they meet.
 */
export class NdArray implements Handle {
  readonly dtype: DType;
  readonly shape: Shape;
  /** The numbers, of concrete arrays. */
  readonly value: Value | undefined;
  /** The place in the program, of traced arrays. */
  readonly node: Node | undefined;

  /** Made by `np.asarray` and its like. */
  constructor({ dtype, shape, value, node }: Handle) {
    this.dtype = dtype;
    this.shape = shape;
    this.value = value;
    this.node = node;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Length of the first axis. */
  get length(): number {
    return this.shape[0] ?? 0;
  }

  /** The transpose. */
  get T(): NdArray {
    return wrap(arrange.transpose(this));
  }

  /** The elements in row-major order, `bool` as 0 and 1. Throws for traced arrays. */
  get data(): TypedArray {
    return this.#numbers("data").data;
  }

  /** The one element of an array of size 1. */
  item(): number | boolean {
    const { data, dtype } = this.#numbers("item");
    if (data.length !== 1)
      throw new RangeError(`item: expected an array of one element, got shape [${this.shape}]; use at${atUserLine()}`);
    const x = data[0] as number;
    return dtype === "bool" ? x !== 0 : x;
  }

  /** Nested lists; a scalar gives a number. */
  toArray(): Nested {
    const { data, dtype } = this.#numbers("toArray");
    const build = (depth: number, offset: number, size: number): Nested => {
      if (depth === this.shape.length) return dtype === "bool" ? data[offset] !== 0 : (data[offset] as number);
      const count = this.shape[depth] as number;
      const step = count === 0 ? 0 : size / count;
      return Array.from({ length: count }, (_, i) => build(depth + 1, offset + i * step, step));
    };
    return build(0, 0, data.length);
  }

  /** Rows along the first axis. */
  *[Symbol.iterator](): Iterator<NdArray> {
    // Concrete scalars have no rows, since tools that compare objects go through whatever can be gone through.
    if (this.ndim === 0 && this.node) {
      throw new TypeError(`rows of an array: expected at least one axis, got a scalar; use it as it is${atUserLine()}`);
    }
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  toString(): string {
    return this.value ? `${formatType(this)} ${format(this.toArray(), this.dtype)}` : `Traced ${formatType(this)}`;
  }

  toJSON(): Nested {
    return this.toArray();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** A concrete array of one element acts as its number in JavaScript; a traced one has no number to act as. */
  [Symbol.toPrimitive](hint: string): number | string {
    if (hint === "string") return this.toString();
    if (this.value && this.size === 1) return this.value.data[0] as number;
    const what = this.value ? `${formatType(this)}, which has no single number` : `a traced ${formatType(this)}`;
    throw new LanewiseError(
      "trace",
      `JavaScript asked for the number of an array: expected a concrete array of one element, got ${what}; ` +
        `use np functions instead of operators, np.where or lax.cond instead of if and ?:, lax.foriLoop instead of for${atUserLine()}`,
    );
  }

  /** The number of a concrete array of one element. */
  valueOf(): number {
    return this[Symbol.toPrimitive]("number") as number;
  }

  #numbers(need: string): Value {
    return numbersOf(this, need, "return it from the model and read it from the results");
  }

  /** Sum, element by element. */
  add(y: ArrayLike): NdArray {
    return wrap(math.add(this, y));
  }
  /** Difference. */
  sub(y: ArrayLike): NdArray {
    return wrap(math.sub(this, y));
  }
  /** Product. */
  mul(y: ArrayLike): NdArray {
    return wrap(math.mul(this, y));
  }
  /** Quotient; of integers a float. */
  div(y: ArrayLike): NdArray {
    return wrap(math.div(this, y));
  }
  /** Quotient rounded down. */
  floorDivide(y: ArrayLike): NdArray {
    return wrap(math.floorDivide(this, y));
  }
  /** Remainder with the sign of the divisor. */
  mod(y: ArrayLike): NdArray {
    return wrap(math.mod(this, y));
  }
  /** This to the power of y. Whole exponents up to 8 multiply. */
  pow(y: ArrayLike): NdArray {
    return wrap(math.pow(this, y));
  }
  /** -x. */
  neg(): NdArray {
    return wrap(math.neg(this));
  }
  /** Distance from 0. */
  abs(): NdArray {
    return wrap(math.abs(this));
  }
  /** -1, 0 or 1. */
  sign(): NdArray {
    return wrap(math.sign(this));
  }
  /** eˣ. */
  exp(): NdArray {
    return wrap(math.exp(this));
  }
  /** 2ˣ. */
  exp2(): NdArray {
    return wrap(math.exp2(this));
  }
  /** eˣ - 1, exact near 0. */
  expm1(): NdArray {
    return wrap(math.expm1(this));
  }
  /** Natural logarithm. */
  log(): NdArray {
    return wrap(math.log(this));
  }
  /** Logarithm to base 2. */
  log2(): NdArray {
    return wrap(math.log2(this));
  }
  /** Logarithm to base 10. */
  log10(): NdArray {
    return wrap(math.log10(this));
  }
  /** log(1 + x), exact near 0. */
  log1p(): NdArray {
    return wrap(math.log1p(this));
  }
  /** Square root. */
  sqrt(): NdArray {
    return wrap(math.sqrt(this));
  }
  /** x². */
  square(): NdArray {
    return wrap(math.square(this));
  }
  /** 1 / x. */
  reciprocal(): NdArray {
    return wrap(math.reciprocal(this));
  }
  /** Sine of radians. */
  sin(): NdArray {
    return wrap(math.sin(this));
  }
  /** Cosine of radians. */
  cos(): NdArray {
    return wrap(math.cos(this));
  }
  /** Tangent of radians. */
  tan(): NdArray {
    return wrap(math.tan(this));
  }
  /** Inverse sine, in radians. */
  asin(): NdArray {
    return wrap(math.asin(this));
  }
  /** Inverse cosine. */
  acos(): NdArray {
    return wrap(math.acos(this));
  }
  /** Inverse tangent. */
  atan(): NdArray {
    return wrap(math.atan(this));
  }
  /** Hyperbolic sine. */
  sinh(): NdArray {
    return wrap(math.sinh(this));
  }
  /** Hyperbolic cosine. */
  cosh(): NdArray {
    return wrap(math.cosh(this));
  }
  /** Hyperbolic tangent. */
  tanh(): NdArray {
    return wrap(math.tanh(this));
  }
  /** Rounded down. */
  floor(): NdArray {
    return wrap(math.floor(this));
  }
  /** Rounded up. */
  ceil(): NdArray {
    return wrap(math.ceil(this));
  }
  /** Rounded to the nearest, halves to even. */
  round(): NdArray {
    return wrap(math.round(this));
  }
  /** Rounded towards 0. */
  trunc(): NdArray {
    return wrap(math.trunc(this));
  }
  /** True where x is 0. */
  logicalNot(): NdArray {
    return wrap(math.logicalNot(this));
  }
  /** True where x is NaN. */
  isnan(): NdArray {
    return wrap(math.isnan(this));
  }
  /** True where x is neither infinite nor NaN. */
  isfinite(): NdArray {
    return wrap(math.isfinite(this));
  }
  /** True where x is infinite. */
  isinf(): NdArray {
    return wrap(math.isinf(this));
  }
  /** Angle of the point (y, this), in radians from -π to π. */
  atan2(y: ArrayLike): NdArray {
    return wrap(math.atan2(this, y));
  }
  /** The smaller; NaN if one is. */
  minimum(y: ArrayLike): NdArray {
    return wrap(math.minimum(this, y));
  }
  /** The larger; NaN if one is. */
  maximum(y: ArrayLike): NdArray {
    return wrap(math.maximum(this, y));
  }
  /** this = y, as booleans. */
  equal(y: ArrayLike): NdArray {
    return wrap(math.equal(this, y));
  }
  /** this ≠ y. */
  notEqual(y: ArrayLike): NdArray {
    return wrap(math.notEqual(this, y));
  }
  /** this < y. */
  less(y: ArrayLike): NdArray {
    return wrap(math.less(this, y));
  }
  /** this ≤ y. */
  lessEqual(y: ArrayLike): NdArray {
    return wrap(math.lessEqual(this, y));
  }
  /** this > y. */
  greater(y: ArrayLike): NdArray {
    return wrap(math.greater(this, y));
  }
  /** this ≥ y. */
  greaterEqual(y: ArrayLike): NdArray {
    return wrap(math.greaterEqual(this, y));
  }
  /** Both true; numbers count as true unless 0. */
  logicalAnd(y: ArrayLike): NdArray {
    return wrap(math.logicalAnd(this, y));
  }
  /** At least one true. */
  logicalOr(y: ArrayLike): NdArray {
    return wrap(math.logicalOr(this, y));
  }
  /** Bits set in both, of integers. */
  bitwiseAnd(y: ArrayLike): NdArray {
    return wrap(math.bitwiseAnd(this, y));
  }
  /** Bits set in at least one. */
  bitwiseOr(y: ArrayLike): NdArray {
    return wrap(math.bitwiseOr(this, y));
  }
  /** Bits set in exactly one. */
  bitwiseXor(y: ArrayLike): NdArray {
    return wrap(math.bitwiseXor(this, y));
  }
  /** Bits moved up. */
  leftShift(y: ArrayLike): NdArray {
    return wrap(math.leftShift(this, y));
  }
  /** Bits moved down; int32 keeps its sign. */
  rightShift(y: ArrayLike): NdArray {
    return wrap(math.rightShift(this, y));
  }
  /** Kept within `low` and `high`; either may be left out or `null`. */
  clip(low?: ArrayLike | null, high?: ArrayLike | null): NdArray {
    return wrap(math.clip(this, low, high));
  }
  /** `a` where this is true, else `b`. */
  where(a: ArrayLike, b: ArrayLike): NdArray {
    return wrap(math.where(this, a, b));
  }
  /** Converted to a dtype: floats to integers round towards 0 and clamp, NaN gives 0. */
  astype(dtype: DType): NdArray {
    return wrap(math.astype(this, dtype));
  }

  /** Sum over `axis` (default: all), one term after the other in row-major order. */
  sum(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.sum(this, axis, options));
  }
  /** Product over `axis`. */
  prod(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.prod(this, axis, options));
  }
  /** Mean over `axis`. */
  mean(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.mean(this, axis, options));
  }
  /** Smallest element over `axis`; NaN if there is one. */
  min(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.min(this, axis, options));
  }
  /** Largest element over `axis`; NaN if there is one. */
  max(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.max(this, axis, options));
  }
  /** Whether all elements are true. */
  all(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.all(this, axis, options));
  }
  /** Whether some element is true. */
  any(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.any(this, axis, options));
  }
  /** Standard deviation over `axis`; `ddof` 0 (default) divides by n, 1 by n - 1. */
  std(axis?: Axis, options?: reduce.SpreadOptions): NdArray {
    return wrap(reduce.std(this, axis, options));
  }
  /** Variance over `axis`; `ddof` as for `std`. */
  variance(axis?: Axis, options?: reduce.SpreadOptions): NdArray {
    return wrap(reduce.variance(this, axis, options));
  }
  /** Position of the first smallest element along `axis` (default: in the flattened array); the first NaN wins. */
  argmin(axis?: number | null, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.argmin(this, axis, options));
  }
  /** Position of the first largest element along `axis`. */
  argmax(axis?: number | null, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.argmax(this, axis, options));
  }
  /** Running sum along `axis` (default: of the flattened array). */
  cumsum(axis?: number | null): NdArray {
    return wrap(reduce.cumsum(this, axis));
  }

  /** NumPy's dot product: last axis of this with the second to last of y. */
  dot(y: ArrayLike): NdArray {
    return wrap(linear.dot(this, y));
  }
  /** Matrix product `[..., m, k]` by `[..., k, n]`; leading axes broadcast. */
  matmul(y: ArrayLike): NdArray {
    return wrap(linear.matmul(this, y));
  }
  /** Products of all pairs: `[a.size, b.size]`. */
  outer(y: ArrayLike): NdArray {
    return wrap(linear.outer(this, y));
  }

  /** The same elements in another shape; one dimension may be -1. */
  reshape(shape: number | Shape): NdArray {
    return wrap(arrange.reshape(this, shape));
  }
  /** Flattened. */
  ravel(): NdArray {
    return wrap(arrange.ravel(this));
  }
  /** Axes permuted; reversed when none are given. */
  transpose(axes?: readonly number[]): NdArray {
    return wrap(arrange.transpose(this, axes));
  }
  /** Without axes of size 1. */
  squeeze(axis?: Axis): NdArray {
    return wrap(arrange.squeeze(this, axis));
  }
  /** With new axes of size 1. */
  expandDims(axis: number | readonly number[]): NdArray {
    return wrap(arrange.expandDims(this, axis));
  }
  /** Repeated along axes of size 1 to a larger shape. */
  broadcastTo(shape: number | Shape): NdArray {
    return wrap(arrange.broadcastTo(this, shape));
  }
  /** Reversed along axes (default: all). */
  flip(axis?: Axis): NdArray {
    return wrap(arrange.flip(this, axis));
  }
  /** Shifted around along an axis. */
  roll(shift: number, axis?: number | null): NdArray {
    return wrap(arrange.roll(this, shift, axis));
  }
  /** The whole array repeated. */
  tile(reps: number | readonly number[]): NdArray {
    return wrap(arrange.tile(this, reps));
  }
  /** Each element repeated. */
  repeat(count: number, axis?: number | null): NdArray {
    return wrap(arrange.repeat(this, count, axis));
  }

  /** One range per axis, `null` for all of it: `x.slice({ start: 1 }, null)` is NumPy's `x[1:, :]`. */
  slice(...ranges: readonly (index.Range | null)[]): NdArray {
    return wrap(index.slice(this, ...ranges));
  }
  /** `x.at(i, j)` is NumPy's `x[i, j]`; the indices may be traced, and then clamp to the array. */
  at(...indices: readonly ArrayLike[]): NdArray {
    return wrap(index.at(this, ...indices));
  }
  /** Elements at indices along an axis (default: of the flattened array); traced indices clamp to the array. */
  take(indices: ArrayLike, axis?: number | null): NdArray {
    return wrap(index.take(this, indices, axis));
  }
  /** With `updates[i]` added at `indices[i]` of the first axis; the indices are static. */
  scatterAdd(indices: ArrayLike, updates: ArrayLike): NdArray {
    return wrap(index.scatterAdd(this, indices, updates));
  }
}

/** Gives an array its methods. */
export const wrap = (x: Handle): NdArray => (x instanceof NdArray ? x : new NdArray(x));

/** A concrete array of these numbers, which are not copied. */
export const fromValue = (value: Value): NdArray => new NdArray(ofValue(value));

function format(x: Nested, dtype: DType): string {
  if (!Array.isArray(x)) return typeof x === "number" && dtype === "float32" ? shortest(x) : String(x);
  const rows = (part: Nested[]): string[] => part.map((row) => format(row, dtype));
  const shown = x.length > 12 ? [...rows(x.slice(0, 6)), "…", ...rows(x.slice(-3))] : rows(x);
  return `[${shown.join(", ")}]`;
}

/** The fewest digits that tell a float32 from its neighbours. */
function shortest(x: number): string {
  for (const digits of [6, 7, 8]) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return String(short);
  }
  return String(Number(x.toPrecision(9)));
}
