/**
 * Exponentials in 32 bits: exp exp2 expm1 sinh cosh tanh sigmoid.
 *
 * x = n·ln 2 + r with |r| ≤ ½ ln 2 (W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980).
 * Adding 1.5·2^23 rounds to an integer and leaves it in the low bits of the sum, so that nothing is converted.
 * e^r by a polynomial of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";

const MAGIC = 1.5 * 2 ** 23;
/** The bits of 1. */
const ONE = 0x3f800000;
// 10 bits: n times it is exact.
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = -0.00021219444;

/** e^r = 1 + r + r²·p(r). */
export const EXP = [0.5, 0.16666543, 0.04166628, 0.008366577, 0.0013946448];
/** 2^r = 1 + r·p(r) for |r| ≤ ½. */
const EXP2 = [Math.LN2, 0.2402265, 0.05550328, 0.009618004, 0.001340027, 0.00015476302];

/** An integer in the low bits of `bits`, as the exponent field of a float. */
const field = <V>(a: Algebra<V>, bits: V): V => a.as("int32").shl(bits, 23);

interface Reduced<V> {
  /** n in the low bits of an int32. */
  readonly bits: V;
  readonly n: V;
  /** e^r − 1. */
  readonly p: V;
}

function reduce<V>(a: Algebra<V>, x: V): Reduced<V> {
  const t = a.add(a.mul(x, Math.LOG2E), MAGIC);
  const n = a.sub(t, MAGIC);
  const r = a.sub(a.sub(x, a.mul(n, LN2_HIGH)), a.mul(n, LN2_LOW));
  return { bits: a.bitcast(t, "int32"), n, p: a.add(r, a.mul(a.mul(r, r), a.horner(r, EXP))) };
}

/** y · 2^n in two halves, so that neither overflows before the product does and denormal results are reached. */
function scale<V>(a: Algebra<V>, y: V, bits: V): V {
  const i = a.as("int32");
  const half = field(a, i.shr(bits, 1));
  const first = a.bitcast(i.add(half, ONE), "float32");
  return a.mul(a.mul(y, first), a.bitcast(i.add(i.sub(field(a, bits), half), ONE), "float32"));
}

/** 2^n where that is a normal number. */
const power = <V>(a: Algebra<V>, bits: V, plus = 0): V =>
  a.bitcast(a.as("int32").add(field(a, bits), ONE + plus * 2 ** 23), "float32");

/** Beyond these bounds results no longer change; NaN passes. */
export const clamp = <V>(a: Algebra<V>, x: V, low: number, high: number): V => a.pmin(a.pmax(x, low), high);

/** The sign of x on a result that is not negative, of -0 too. */
function withSignOf<V>(a: Algebra<V>, y: V, x: V): V {
  const i = a.as("int32");
  const sign = i.and(a.bitcast(x, "int32"), -(2 ** 31));
  return a.bitcast(i.or(a.bitcast(y, "int32"), sign), "float32");
}

export function exp<V>(a: Algebra<V>, x: V): V {
  const { bits, p } = reduce(a, clamp(a, x, -104, 89));
  return scale(a, a.add(p, 1), bits);
}

export function exp2<V>(a: Algebra<V>, x: V): V {
  const bounded = clamp(a, x, -151, 129);
  const t = a.add(bounded, MAGIC);
  const r = a.sub(bounded, a.sub(t, MAGIC));
  return scale(a, a.add(a.mul(r, a.horner(r, EXP2)), 1), a.bitcast(t, "int32"));
}

/** 2^(n−1)·(e^r − 1) + (2^(n−1) − ½), then doubled: 2^n alone would overflow for the largest results. */
export function expm1<V>(a: Algebra<V>, x: V): V {
  const { bits, p } = reduce(a, clamp(a, x, -18, 89));
  const half = power(a, bits, -1);
  const y = a.mul(a.add(a.mul(p, half), a.sub(half, 0.5)), 2);
  // The small ones keep their last bits, and -0 its sign.
  return a.select(a.lt(a.abs(x), 2 ** -25), x, y);
}

/** A quarter of e^|x| and of e^−|x|, each as 2^k and 2^k·(e^±r − 1). */
function quarters<V>(a: Algebra<V>, x: V): { up: V; upRest: V; down: V; downRest: V } {
  const { bits, p } = reduce(a, a.pmin(a.abs(x), 89.5));
  const up = power(a, bits, -2);
  const down = a.div(2 ** -4, up);
  return { up, upRest: a.mul(up, p), down, downRest: a.mul(down, a.div(p, a.add(p, 1))) };
}

/** ½(e^x − e^−x) with the ones taken apart, so that nothing is lost for small x. */
export function sinh<V>(a: Algebra<V>, x: V): V {
  const { up, upRest, down, downRest } = quarters(a, x);
  const y = a.mul(a.add(a.add(upRest, downRest), a.sub(up, down)), 2);
  return a.select(a.lt(a.abs(x), 2 ** -13), x, withSignOf(a, y, x));
}

export function cosh<V>(a: Algebra<V>, x: V): V {
  const { up, upRest, down, downRest } = quarters(a, x);
  return a.mul(a.add(a.add(up, upRest), a.sub(down, downRest)), 2);
}

/** (e^2|x| − 1) / (e^2|x| + 1). */
export function tanh<V>(a: Algebra<V>, x: V): V {
  const size = a.pmin(a.abs(x), 9.5);
  const { bits, p } = reduce(a, a.add(size, size));
  const whole = power(a, bits);
  const y = a.add(a.mul(p, whole), a.sub(whole, 1));
  return withSignOf(a, a.div(y, a.add(y, 2)), x);
}

/** 1 / (1 + e^−x), or e^x / (1 + e^x) for negative x: no overflow, and small results keep their digits. */
export function sigmoid<V>(a: Algebra<V>, x: V): V {
  const { bits, p } = reduce(a, a.pmax(a.neg(a.abs(x)), -104));
  const e = scale(a, a.add(p, 1), bits);
  return a.div(a.select(a.lt(x, 0), e, 1), a.add(e, 1));
}
