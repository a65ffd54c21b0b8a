/**
 * Exponentials in 64 bits: exp exp2 expm1 sinh cosh tanh sigmoid.
 *
 * x = n·ln 2 + r with |r| ≤ ½ ln 2, taken off in two pieces of ln 2 (W. J. Cody and W. Waite, "Software Manual for
 * the Elementary Functions", 1980); e^r by a polynomial of `scripts/minimax.py`; then times 2^n.
 */

import type { Algebra } from "../algebra.ts";
import { powerOfTwo, scale } from "../fields.ts";

// 40 bits, so that n times it is exact.
export const LN2_HIGH = 0.6931471805592082;
export const LN2_LOW = 7.371002565167799e-13;

/** e^r = 1 + r + r²·p(r). */
export const EXP = [
  0.5000000000000006, 0.16666666666666685, 0.04166666666657369, 0.008333333333314622, 0.0013888888932355203,
  0.00019841269902957784, 2.4801504476634015e-5, 2.75572280234464e-6, 2.762631356935629e-7, 2.5114449751403864e-8,
];
/** 2^r = 1 + r·p(r) for |r| ≤ ½. */
const EXP2 = [
  Math.LN2,
  0.24022650695910133,
  0.05550410866482174,
  0.009618129107593333,
  0.0013333558146378973,
  0.00015403530458078183,
  1.5252733867585205e-5,
  1.3215434817410577e-6,
  1.0178046446849353e-7,
  7.073860111734063e-9,
  4.457389091703455e-10,
];

/** Beyond these bounds the results no longer change; NaN passes. */
export const clamp = <V>(a: Algebra<V>, x: V, low: number, high: number): V => a.pmin(a.pmax(x, low), high);

/** x = n·ln 2 + r, and p = e^r − 1; n is a whole float64. */
function reduce<V>(a: Algebra<V>, x: V): { n: V; p: V } {
  const n = a.round(a.mul(x, Math.LOG2E));
  const r = a.sub(a.sub(x, a.mul(n, LN2_HIGH)), a.mul(n, LN2_LOW));
  return { n, p: a.add(r, a.mul(a.mul(r, r), a.horner(r, EXP))) };
}

export function exp<V>(a: Algebra<V>, x: V): V {
  const { n, p } = reduce(a, clamp(a, x, -746, 710));
  return scale(a, a.add(p, 1), a.convert(n, "int32"));
}

export function exp2<V>(a: Algebra<V>, x: V): V {
  const t = clamp(a, x, -1076, 1025);
  const n = a.round(t);
  return scale(a, exp2Fraction(a, a.sub(t, n)), a.convert(n, "int32"));
}

/** 2^r for |r| ≤ ½. */
export const exp2Fraction = <V>(a: Algebra<V>, r: V): V => a.add(a.mul(r, a.horner(r, EXP2)), 1);

/** 2^(n−1)·(1 + p) − ½, then doubled: 2^n alone would overflow for the largest results. */
export function expm1<V>(a: Algebra<V>, x: V): V {
  const { n, p } = reduce(a, clamp(a, x, -40, 710));
  const half = powerOfTwo(a, a.as("int32").sub(a.convert(n, "int32"), 1));
  const y = a.mul(a.add(a.mul(p, half), a.sub(half, 0.5)), 2);
  // The small ones keep their last bits, and -0 its sign.
  return a.select(a.lt(a.abs(x), 2 ** -54), x, y);
}

/** A quarter of e^|x| and of e^−|x|, each as 2^k and 2^k·(e^±r − 1). */
function quarters<V>(a: Algebra<V>, x: V): { up: V; upRest: V; down: V; downRest: V } {
  const i = a.as("int32");
  const { n, p } = reduce(a, a.pmin(a.abs(x), 710.6));
  const k = a.convert(n, "int32");
  const up = powerOfTwo(a, i.sub(k, 2));
  // e^−|x| no longer counts long before its exponent leaves the range.
  const down = powerOfTwo(a, a.convert(a.sub(-2, a.pmin(n, 1000)), "int32"));
  return { up, upRest: a.mul(up, p), down, downRest: a.mul(down, a.div(p, a.add(p, 1))) };
}

/** ½(e^x − e^−x) with the ones taken apart, so that nothing is lost for small x. */
export function sinh<V>(a: Algebra<V>, x: V): V {
  const { up, upRest, down, downRest } = quarters(a, x);
  const y = a.mul(a.add(a.add(upRest, downRest), a.sub(up, down)), 2);
  return a.select(a.lt(a.abs(x), 2 ** -28), x, a.select(a.lt(x, 0), a.neg(y), y));
}

export function cosh<V>(a: Algebra<V>, x: V): V {
  const { up, upRest, down, downRest } = quarters(a, x);
  return a.mul(a.add(a.add(up, upRest), a.sub(down, downRest)), 2);
}

/** (e^2|x| − 1) / (e^2|x| + 1). */
export function tanh<V>(a: Algebra<V>, x: V): V {
  const size = a.abs(x);
  const { n, p } = reduce(a, a.pmin(a.add(size, size), 44));
  const power = powerOfTwo(a, a.convert(n, "int32"));
  const y = a.add(a.mul(p, power), a.sub(power, 1));
  const ratio = a.div(y, a.add(y, 2));
  return a.select(a.lt(size, 2 ** -28), x, a.select(a.lt(x, 0), a.neg(ratio), ratio));
}

/** 1 / (1 + e^−x), or e^x / (1 + e^x) for negative x: no overflow, and small results keep their digits. */
export function sigmoid<V>(a: Algebra<V>, x: V): V {
  const e = exp(a, a.neg(a.abs(x)));
  return a.div(a.select(a.lt(x, 0), e, 1), a.add(e, 1));
}
