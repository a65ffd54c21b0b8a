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

  add(y: ArrayLike): NdArray {
    return wrap(math.add(this, y));
  }
  sub(y: ArrayLike): NdArray {
    return wrap(math.sub(this, y));
  }
  mul(y: ArrayLike): NdArray {
    return wrap(math.mul(this, y));
  }
  div(y: ArrayLike): NdArray {
    return wrap(math.div(this, y));
  }
  floorDivide(y: ArrayLike): NdArray {
    return wrap(math.floorDivide(this, y));
  }
  mod(y: ArrayLike): NdArray {
    return wrap(math.mod(this, y));
  }
  pow(y: ArrayLike): NdArray {
    return wrap(math.pow(this, y));
  }
  neg(): NdArray {
    return wrap(math.neg(this));
  }
  abs(): NdArray {
    return wrap(math.abs(this));
  }
  sign(): NdArray {
    return wrap(math.sign(this));
  }
  exp(): NdArray {
    return wrap(math.exp(this));
  }
  exp2(): NdArray {
    return wrap(math.exp2(this));
  }
  expm1(): NdArray {
    return wrap(math.expm1(this));
  }
  log(): NdArray {
    return wrap(math.log(this));
  }
  log2(): NdArray {
    return wrap(math.log2(this));
  }
  log10(): NdArray {
    return wrap(math.log10(this));
  }
  log1p(): NdArray {
    return wrap(math.log1p(this));
  }
  sqrt(): NdArray {
    return wrap(math.sqrt(this));
  }
  square(): NdArray {
    return wrap(math.square(this));
  }
  reciprocal(): NdArray {
    return wrap(math.reciprocal(this));
  }
  sin(): NdArray {
    return wrap(math.sin(this));
  }
  cos(): NdArray {
    return wrap(math.cos(this));
  }
  tan(): NdArray {
    return wrap(math.tan(this));
  }
  asin(): NdArray {
    return wrap(math.asin(this));
  }
  acos(): NdArray {
    return wrap(math.acos(this));
  }
  atan(): NdArray {
    return wrap(math.atan(this));
  }
  sinh(): NdArray {
    return wrap(math.sinh(this));
  }
  cosh(): NdArray {
    return wrap(math.cosh(this));
  }
  tanh(): NdArray {
    return wrap(math.tanh(this));
  }
  floor(): NdArray {
    return wrap(math.floor(this));
  }
  ceil(): NdArray {
    return wrap(math.ceil(this));
  }
  round(): NdArray {
    return wrap(math.round(this));
  }
  trunc(): NdArray {
    return wrap(math.trunc(this));
  }
  logicalNot(): NdArray {
    return wrap(math.logicalNot(this));
  }
  isnan(): NdArray {
    return wrap(math.isnan(this));
  }
  isfinite(): NdArray {
    return wrap(math.isfinite(this));
  }
  isinf(): NdArray {
    return wrap(math.isinf(this));
  }
  atan2(y: ArrayLike): NdArray {
    return wrap(math.atan2(this, y));
  }
  minimum(y: ArrayLike): NdArray {
    return wrap(math.minimum(this, y));
  }
  maximum(y: ArrayLike): NdArray {
    return wrap(math.maximum(this, y));
  }
  equal(y: ArrayLike): NdArray {
    return wrap(math.equal(this, y));
  }
  notEqual(y: ArrayLike): NdArray {
    return wrap(math.notEqual(this, y));
  }
  less(y: ArrayLike): NdArray {
    return wrap(math.less(this, y));
  }
  lessEqual(y: ArrayLike): NdArray {
    return wrap(math.lessEqual(this, y));
  }
  greater(y: ArrayLike): NdArray {
    return wrap(math.greater(this, y));
  }
  greaterEqual(y: ArrayLike): NdArray {
    return wrap(math.greaterEqual(this, y));
  }
  logicalAnd(y: ArrayLike): NdArray {
    return wrap(math.logicalAnd(this, y));
  }
  logicalOr(y: ArrayLike): NdArray {
    return wrap(math.logicalOr(this, y));
  }
  bitwiseAnd(y: ArrayLike): NdArray {
    return wrap(math.bitwiseAnd(this, y));
  }
  bitwiseOr(y: ArrayLike): NdArray {
    return wrap(math.bitwiseOr(this, y));
  }
  bitwiseXor(y: ArrayLike): NdArray {
    return wrap(math.bitwiseXor(this, y));
  }
  leftShift(y: ArrayLike): NdArray {
    return wrap(math.leftShift(this, y));
  }
  rightShift(y: ArrayLike): NdArray {
    return wrap(math.rightShift(this, y));
  }
  clip(low?: ArrayLike | null, high?: ArrayLike | null): NdArray {
    return wrap(math.clip(this, low, high));
  }
  /** `a` where this is true, else `b`. */
  where(a: ArrayLike, b: ArrayLike): NdArray {
    return wrap(math.where(this, a, b));
  }
  astype(dtype: DType): NdArray {
    return wrap(math.astype(this, dtype));
  }

  sum(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.sum(this, axis, options));
  }
  prod(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.prod(this, axis, options));
  }
  mean(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.mean(this, axis, options));
  }
  min(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.min(this, axis, options));
  }
  max(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.max(this, axis, options));
  }
  all(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.all(this, axis, options));
  }
  any(axis?: Axis, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.any(this, axis, options));
  }
  std(axis?: Axis, options?: reduce.SpreadOptions): NdArray {
    return wrap(reduce.std(this, axis, options));
  }
  variance(axis?: Axis, options?: reduce.SpreadOptions): NdArray {
    return wrap(reduce.variance(this, axis, options));
  }
  argmin(axis?: number | null, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.argmin(this, axis, options));
  }
  argmax(axis?: number | null, options?: reduce.ReduceOptions): NdArray {
    return wrap(reduce.argmax(this, axis, options));
  }
  cumsum(axis?: number | null): NdArray {
    return wrap(reduce.cumsum(this, axis));
  }

  dot(y: ArrayLike): NdArray {
    return wrap(linear.dot(this, y));
  }
  matmul(y: ArrayLike): NdArray {
    return wrap(linear.matmul(this, y));
  }
  outer(y: ArrayLike): NdArray {
    return wrap(linear.outer(this, y));
  }

  reshape(shape: number | Shape): NdArray {
    return wrap(arrange.reshape(this, shape));
  }
  ravel(): NdArray {
    return wrap(arrange.ravel(this));
  }
  transpose(axes?: readonly number[]): NdArray {
    return wrap(arrange.transpose(this, axes));
  }
  squeeze(axis?: Axis): NdArray {
    return wrap(arrange.squeeze(this, axis));
  }
  expandDims(axis: number | readonly number[]): NdArray {
    return wrap(arrange.expandDims(this, axis));
  }
  broadcastTo(shape: number | Shape): NdArray {
    return wrap(arrange.broadcastTo(this, shape));
  }
  flip(axis?: Axis): NdArray {
    return wrap(arrange.flip(this, axis));
  }
  roll(shift: number, axis?: number | null): NdArray {
    return wrap(arrange.roll(this, shift, axis));
  }
  tile(reps: number | readonly number[]): NdArray {
    return wrap(arrange.tile(this, reps));
  }
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
  take(indices: ArrayLike, axis?: number | null): NdArray {
    return wrap(index.take(this, indices, axis));
  }
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
