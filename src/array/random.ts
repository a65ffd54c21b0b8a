/**
 * Random numbers from splittable keys: `import { random } from "lanewise"`. Element i of an array depends on the key and
 * on i alone. A key's type says its generator, wherever it has been carried, sliced or stored: uint32[2] is threefry, with
 * JAX's bits, uint32[4] is philox, which is faster (`base/philox.ts`).
 */

import type { FloatDType } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { formatType } from "../base/value.ts";
import { resolveShape } from "./axes.ts";
import { context } from "./context.ts";
import { type ArrayLike, broadcastTo, castTo, checkDType, describe, isHandle, numberOf, toHandle } from "./convert.ts";
import * as math from "./elementwise.ts";
import { columns, type Generator, type Words, word } from "./generator.ts";
import { apply, type Handle, ofNumber, shapeError, typeError } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { philox } from "./philox.ts";
import { concatenate, reshape } from "./reshape.ts";
import { atUserLine } from "./source.ts";
import { threefry } from "./threefry.ts";

const generators = { threefry, philox } as const satisfies Record<string, Generator>;

/** What `random.key` may be told. */
export interface KeyOptions {
  /**
   * The generator. Default `"threefry"`, for JAX's numbers. `"philox"` (Philox4x32-10) draws arrays several times faster;
   * its keys are uint32 of shape [4].
   */
  readonly impl?: keyof typeof generators;
}

/**
 * A key: uint32 of shape [2]. Use each key once; `split` it for more. Whole numbers are their 64 bits, but for
 * negative ones, which are their lower 32, as in JAX; arrays are int32 or uint32 scalars.
 */
export function key(seed: ArrayLike, options: KeyOptions = {}): NdArray {
  const [high, low] = seedWords(seed);
  return wrap(joined(generatorOf(options).seed(high, low)));
}

function generatorOf(options: KeyOptions): Generator {
  const { impl = "threefry", ...others } = options;
  const names = Object.keys(generators);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw typeError("random.key", "the option impl", unknown, "leave it out");
  if (typeof impl === "string" && Object.hasOwn(generators, impl)) return generators[impl];
  throw typeError("random.key", `impl ${names.join(" or ")}`, describe(impl), "use one of these names");
}

function seedWords(seed: ArrayLike): readonly [Handle, Handle] {
  if (typeof seed === "number") {
    if (!Number.isSafeInteger(seed) || seed < -(2 ** 31)) {
      const remedy = "use an integer from -2^31 up to 2^53";
      throw new RangeError(`random.key: expected a whole number as seed, got ${seed}; ${remedy}${atUserLine()}`);
    }
    return [word(seed < 0 ? 0 : Math.floor(seed / 2 ** 32)), word(seed >>> 0)];
  }
  const low = wordOf("random.key", seed);
  if (low.shape.length > 0) throw shapeError("random.key", "a scalar", [low.shape], "make one key at a time");
  return [word(0), low];
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

/** `count` new keys as rows; `keys.at(i)` is one of them. */
export function split(from: NdArray, count = 2): NdArray {
  const [n] = resolveShape("random.split", count) as [number];
  const { generator, words } = read("random.split", from);
  return wrap(columns(generator.split(words, n)));
}

/** The key that belongs to a key and an integer, such as the number of a step. */
export function foldIn(from: NdArray, data: ArrayLike): NdArray {
  const { generator, words } = read("random.foldIn", from);
  const low = wordOf("random.foldIn", data);
  if (low.shape.length > 0) throw shapeError("random.foldIn", "a scalar", [low.shape], "fold in one number at a time");
  return wrap(joined(generator.foldIn(words, low)));
}

/** 32 random bits per element, uint32. */
export function bits(from: NdArray, shape: number | Shape = []): NdArray {
  const target = resolveShape("random.bits", shape);
  const { generator, words } = read("random.bits", from);
  return wrap(reshape(generator.bits32(words, sizeOf(target)), target));
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
  const { generator, words } = read("random.uniform", from);
  const unit = reshape((dtype === "float32" ? unit32 : unit64)(generator, words, sizeOf(target)), target);
  if (low === 0 && high === 1) return wrap(unit);
  const [start, end] = [toHandle("random.uniform", low, dtype), toHandle("random.uniform", high, dtype)];
  const scaled = math.add(math.mul(unit, math.sub(end, start)), start);
  // Nothing to keep above a lower bound that is the lower one for sure.
  const ordered = typeof low === "number" && typeof high === "number" && low <= high;
  return wrap(broadcastTo("random.uniform", ordered ? scaled : math.maximum(start, scaled), target));
}

/**
 * Standard normal. Of threefry keys √2 · erf⁻¹ of uniform numbers in (-1, 1), as in JAX, up to 5.4 (float32) and 8.2; of
 * philox keys by pairs, with tails to 6.66 and 8.57 (`array/normal.ts`).
 */
export function normal(
  from: NdArray,
  shape: number | Shape = [],
  { dtype }: { readonly dtype?: FloatDType } = {},
): NdArray {
  const float = floatOf("random.normal", dtype);
  const { generator, words } = read("random.normal", from);
  const target = resolveShape("random.normal", shape);
  const count = sizeOf(target);
  const flat = generator.normal ? generator.normal[float](words, count) : byErfInv(generator, words, count, float);
  return wrap(reshape(flat, target));
}

function byErfInv(generator: Generator, words: Words, count: number, float: FloatDType): Handle {
  const low = float === "float32" ? -1 + 2 ** -24 : -1 + 2 ** -53;
  const unit = (float === "float32" ? unit32 : unit64)(generator, words, count);
  const u = math.add(math.mul(unit, ofNumber(1 - low, float)), ofNumber(low, float));
  return math.mul(ofNumber(Math.SQRT2, float), apply("erfInvInside", [u]));
}

function floatOf(where: string, dtype: unknown): FloatDType {
  if (dtype === undefined) return context().float;
  const checked = checkDType(where, dtype);
  if (checked === "float32" || checked === "float64") return checked;
  throw typeError(where, "float32 or float64", checked, "draw floats and convert with astype");
}

/** Between 1 and 2 by their bits, less 1. */
function unit32(generator: Generator, words: Words, count: number): Handle {
  const mantissa = apply("shr", [generator.bits32(words, count), word(9)]);
  const oneToTwo = apply("bitcast", [apply("or", [mantissa, word(0x3f800000)])], { dtype: "float32" });
  return math.sub(oneToTwo, ofNumber(1, "float32"));
}

/** The upper 52 of 64 bits; both products and the sum are exact. */
function unit64(generator: Generator, words: Words, count: number): Handle {
  const [high, low] = generator.bits64(words, count);
  const upper = math.mul(castTo(high, "float64"), ofNumber(2 ** -32, "float64"));
  const lower = apply("shr", [low, word(12)]);
  return math.add(upper, math.mul(castTo(lower, "float64"), ofNumber(2 ** -52, "float64")));
}

/** The words of a key, and the generator that its type says. */
function read(where: string, from: NdArray): { readonly generator: Generator; readonly words: Words } {
  const generator = isHandle(from) && from.dtype === "uint32" ? Object.values(generators).find(isOf(from)) : undefined;
  if (generator) {
    const pick = (i: number): Handle => reshape(apply("slice", [from], { start: [i], step: [1], shape: [1] }), []);
    return { generator, words: Array.from({ length: generator.words }, (_, i) => pick(i)) };
  }
  const got = isHandle(from) ? `${from.dtype}[${from.shape}]` : String(from);
  const remedy = "make one with random.key, or pick one with keys.at(i)";
  throw typeError(where, "a key (uint32 of shape [2] for threefry, [4] for philox)", got, remedy);
}

const isOf =
  ({ shape }: Handle) =>
  ({ words }: Generator): boolean =>
    shape.length === 1 && shape[0] === words;

const joined = (words: Words): Handle => concatenate(words.map((x) => reshape(x, [1])));
