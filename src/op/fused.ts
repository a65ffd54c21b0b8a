/**
 * Products and sums rounded once. No model writes them: `fastMath` makes them of multiplications and additions, on
 * targets that have the instructions. The reference values are exact, for targets to be held against.
 */

import { native } from "./elementwise.ts";

type Fused = (a: number, b: number, c: number) => number;

const double = new Float64Array(1);
const words = new BigInt64Array(double.buffer);

/** The neighbour of x with an odd last bit, on the side where the exact value lies; then no second rounding is wrong. */
function roundToOdd(x: number, error: number): number {
  if (error === 0 || !Number.isFinite(x)) return x;
  double[0] = x;
  const bits = words[0] as bigint;
  if ((bits & 1n) === 1n) return x;
  // Towards zero the bits count down, whatever the sign.
  words[0] = error > 0 === x > 0 ? bits + 1n : bits - 1n;
  return double[0] as number;
}

/** float32: the product is exact in 64 bits, and so is the error of the sum (D. E. Knuth's two-sum). */
const fused32: Fused = (a, b, c) => {
  const product = a * b;
  const sum = product + c;
  const back = sum - product;
  return roundToOdd(sum, product - (sum - back) + (c - back));
};

/** x = integer · 2^exponent. */
function exactly(x: number): { integer: bigint; exponent: number } {
  double[0] = x;
  const bits = BigInt.asUintN(64, words[0] as bigint);
  const field = Number((bits >> 52n) & 2047n);
  const fraction = bits & ((1n << 52n) - 1n);
  const integer = field === 0 ? fraction : fraction | (1n << 52n);
  return { integer: x < 0 ? -integer : integer, exponent: Math.max(field, 1) - 1075 };
}

const bitLength = (n: bigint): number => n.toString(2).length;

/** The nearest double of integer · 2^exponent, ties to even. */
function nearest(integer: bigint, exponent: number): number {
  const size = integer < 0n ? -integer : integer;
  // Bits beyond 53, or below the smallest double.
  const drop = Math.max(bitLength(size) - 53, -1074 - exponent);
  if (drop <= 0) return scaled(Number(integer), exponent);
  const kept = size >> BigInt(drop);
  const rest = size - (kept << BigInt(drop));
  const half = 1n << BigInt(drop - 1);
  const up = rest > half || (rest === half && (kept & 1n) === 1n);
  const rounded = Number(up ? kept + 1n : kept);
  return scaled(integer < 0n ? -rounded : rounded, exponent + drop);
}

/** x · 2^exponent for a product that is exact or overflows; the power alone may leave the range. */
function scaled(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}

const fused64: Fused = (a, b, c) => {
  const rounded = a * b + c;
  // Zeros, infinities and NaN are as without fusing; a product of zero adds nothing that could round.
  if (a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return rounded;
  // The product, unrounded, is no infinity.
  if (!Number.isFinite(c)) return c;
  const [x, y, z] = [exactly(a), exactly(b), exactly(c)];
  const exponent = Math.min(x.exponent + y.exponent, z.exponent);
  const product = (x.integer * y.integer) << BigInt(x.exponent + y.exponent - exponent);
  const sum = product + (z.integer << BigInt(z.exponent - exponent));
  return sum === 0n ? rounded : nearest(sum, exponent);
};

const op = (change: (fused: Fused) => Fused) => native(3, { float32: change(fused32), float64: change(fused64) });

export const fused = {
  /** a·b + c */
  fusedAdd: op((f) => f),
  /** a·b − c */
  fusedSub: op((f) => (a, b, c) => f(a, b, -c)),
  /** c − a·b */
  fusedNegate: op((f) => (a, b, c) => f(-a, b, c)),
} as const;
