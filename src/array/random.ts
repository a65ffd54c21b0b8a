/**
 * Random numbers from splittable keys, with JAX's bits: `import { random } from "lanewise"`. threefry2x32 in the
 * partitionable use of counters: element i of an array depends on the key and i alone.
 * Salmon et al. 2011, doi:10.1145/2063384.2063405.
 */

import type { FloatDType } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { type KeyData, threefry2x32 } from "../base/threefry.ts";
import { formatType } from "../base/value.ts";
import { resolveShape } from "./axes.ts";
import { context } from "./context.ts";
import { type ArrayLike, broadcastTo, castTo, checkDType, filled, isHandle, numberOf, toHandle } from "./convert.ts";
import * as math from "./elementwise.ts";
import { apply, type Handle, ofNumber, ofValue, shapeError, typeError } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { concatenate, expandDims, reshape } from "./reshape.ts";
import { atUserLine } from "./source.ts";

/**
 * A key: uint32 of shape [2]. Use each key once; `split` it for more. Whole numbers are their 64 bits, but for
 * negative ones, which are their lower 32, as in JAX; arrays are int32 or uint32 scalars.
 */
export function key(seed: ArrayLike): NdArray {
  if (typeof seed === "number") {
    if (!Number.isSafeInteger(seed) || seed < -(2 ** 31)) {
      const remedy = "use an integer from -2^31 up to 2^53";
      throw new RangeError(`random.key: expected a whole number as seed, got ${seed}; ${remedy}${atUserLine()}`);
    }
    const high = seed < 0 ? 0 : Math.floor(seed / 2 ** 32);
    return wrap(ofValue({ dtype: "uint32", shape: [2], data: Uint32Array.of(high, seed) }));
  }
  const low = wordOf("random.key", seed);
  if (low.shape.length > 0) throw shapeError("random.key", "a scalar", [low.shape], "make one key at a time");
  return wrap(concatenate([ofValue(filled("uint32", [1], () => 0)), reshape(low, [1])]));
}

/** 32 bits of an integer. */
function wordOf(where: string, x: ArrayLike): Handle {
  if (typeof x === "number" && x >= 0) return numberOf(where, wholeNumber(where, x), "uint32");
  const given = typeof x === "number" ? numberOf(where, wholeNumber(where, x), "int32") : toHandle(where, x);
  if (given.dtype === "uint32" || given.dtype === "int32") return castTo(given, "uint32");
  throw typeError(where, "an integer", formatType(given), 'convert with astype("int32")');
}

function wholeNumber(where: string, x: number): number {
  if (Number.isInteger(x)) return x;
  throw typeError(where, "an integer", String(x), "round it");
}

/** `count` new keys as rows of [count, 2]; `keys.at(i)` is one of them. */
export function split(from: NdArray, count = 2): NdArray {
  const [n] = resolveShape("random.split", count) as [number];
  return wrap(pairs(blocks(from, n)));
}

/** The key that belongs to a key and an integer, such as the number of a step. */
export function foldIn(from: NdArray, data: ArrayLike): NdArray {
  const [a, b] = wordsOf("random.foldIn", from);
  const low = wordOf("random.foldIn", data);
  if (low.shape.length > 0) throw shapeError("random.foldIn", "a scalar", [low.shape], "fold in one number at a time");
  const words = threefry(a, b, ofNumber(0, "uint32"), low).map((word) => reshape(word, [1]));
  return wrap(concatenate(words));
}

/** 32 random bits per element, uint32. */
export function bits(from: NdArray, shape: number | Shape = []): NdArray {
  const target = resolveShape("random.bits", shape);
  const [first, second] = blocks(from, sizeOf(target));
  return wrap(reshape(apply("xor", [first, second]), target));
}

/** Range and dtype of `random.uniform`. */
export interface UniformOptions {
  /** Smallest value. Default 0. */
  readonly low?: ArrayLike;
  /** Bound that is never reached. Default 1. */
  readonly high?: ArrayLike;
  readonly dtype?: FloatDType;
}

/** Evenly distributed in [low, high): 23 random bits in float32, 52 in float64. */
export function uniform(from: NdArray, shape: number | Shape = [], options: UniformOptions = {}): NdArray {
  const { low = 0, high = 1 } = options;
  const dtype = floatOf("random.uniform", options.dtype);
  const target = resolveShape("random.uniform", shape);
  const unit = reshape(dtype === "float32" ? unit32(from, sizeOf(target)) : unit64(from, sizeOf(target)), target);
  if (low === 0 && high === 1) return wrap(unit);
  const [start, end] = [toHandle("random.uniform", low, dtype), toHandle("random.uniform", high, dtype)];
  const scaled = math.add(math.mul(unit, math.sub(end, start)), start);
  return wrap(broadcastTo("random.uniform", math.maximum(start, scaled), target));
}

/** Standard normal: √2 · erf⁻¹ of uniform numbers in (-1, 1). */
export function normal(
  from: NdArray,
  shape: number | Shape = [],
  { dtype }: { readonly dtype?: FloatDType } = {},
): NdArray {
  const float = floatOf("random.normal", dtype);
  const low = float === "float32" ? -1 + 2 ** -24 : -1 + 2 ** -53;
  const u = uniform(from, shape, { low, high: 1, dtype: float });
  return wrap(math.mul(ofNumber(Math.SQRT2, float), math.erfInv(u)));
}

function floatOf(where: string, dtype: unknown): FloatDType {
  if (dtype === undefined) return context().float;
  const checked = checkDType(where, dtype);
  if (checked === "float32" || checked === "float64") return checked;
  throw typeError(where, "float32 or float64", checked, "draw floats and convert with astype");
}

/** Between 1 and 2 by their bits, less 1. */
function unit32(from: NdArray, count: number): Handle {
  const [first, second] = blocks(from, count);
  const mantissa = apply("shr", [apply("xor", [first, second]), ofNumber(9, "uint32")]);
  const oneToTwo = apply("bitcast", [apply("or", [mantissa, ofNumber(0x3f800000, "uint32")])], { dtype: "float32" });
  return math.sub(oneToTwo, ofNumber(1, "float32"));
}

/** The upper 52 of 64 bits; both products and the sum are exact. */
function unit64(from: NdArray, count: number): Handle {
  const [high, low] = blocks(from, count);
  const upper = math.mul(castTo(high, "float64"), ofNumber(2 ** -32, "float64"));
  const lower = apply("shr", [low, ofNumber(12, "uint32")]);
  return math.add(upper, math.mul(castTo(lower, "float64"), ofNumber(2 ** -52, "float64")));
}

function wordsOf(where: string, from: NdArray): [Handle, Handle] {
  if (!isHandle(from) || from.dtype !== "uint32" || from.shape.join() !== "2") {
    const got = isHandle(from) ? `${from.dtype}[${from.shape}]` : String(from);
    throw typeError(where, "a key (uint32 of shape [2])", got, "make one with random.key, or pick one with keys.at(i)");
  }
  const word = (i: number): Handle => reshape(apply("slice", [from], { start: [i], step: [1], shape: [1] }), []);
  return [word(0), word(1)];
}

/** The two output words of the blocks of counters 0, 1, …, count - 1. */
function blocks(from: NdArray, count: number): [Handle, Handle] {
  const [a, b] = wordsOf("random", from);
  if (from.value) return concreteBlocks([from.value.data[0] as number, from.value.data[1] as number], count);
  const low = ofValue(filled("uint32", [count], (i) => i >>> 0));
  const high = ofValue(filled("uint32", [count], (i) => Math.floor(i / 2 ** 32)));
  return threefry(a, b, count < 2 ** 32 ? ofNumber(0, "uint32") : high, low);
}

function concreteBlocks(words: KeyData, count: number): [Handle, Handle] {
  const out = new Uint32Array(2);
  const [first, second] = [new Uint32Array(count), new Uint32Array(count)];
  for (let i = 0; i < count; i++) {
    threefry2x32(words, Math.floor(i / 2 ** 32), i >>> 0, out);
    first[i] = out[0] as number;
    second[i] = out[1] as number;
  }
  return [
    ofValue({ dtype: "uint32", shape: [count], data: first }),
    ofValue({ dtype: "uint32", shape: [count], data: second }),
  ];
}

const pairs = (words: readonly Handle[]): Handle =>
  concatenate(
    words.map((word) => expandDims(word, 1)),
    1,
  );

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** threefry2x32 with 20 rounds, as ops. */
function threefry(a: Handle, b: Handle, high: Handle, low: Handle): [Handle, Handle] {
  const u32 = (x: number): Handle => ofNumber(x, "uint32");
  const add = (x: Handle, y: Handle): Handle => apply("add", [x, y]);
  const rotate = (x: Handle, by: number): Handle =>
    apply("or", [apply("shl", [x, u32(by)]), apply("shr", [x, u32(32 - by)])]);
  const schedule = [a, b, apply("xor", [apply("xor", [a, b]), u32(0x1bd11bda)])] as const;
  let x = add(high, a);
  let y = add(low, b);
  for (let group = 0; group < 5; group++) {
    for (const by of rotations[(group % 2) as 0 | 1]) {
      x = add(x, y);
      y = apply("xor", [rotate(y, by), x]);
    }
    x = add(x, schedule[(group + 1) % 3] as Handle);
    y = add(y, add(schedule[(group + 2) % 3] as Handle, u32(group + 1)));
  }
  return [x, y];
}
