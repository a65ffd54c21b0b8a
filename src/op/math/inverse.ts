/**
 * asin acos atan atan2, of both float dtypes, ≤ 4 units in the last place.
 *
 * Angles come from one quotient of two lengths, the smaller over the larger; above tan(π/8) their difference over
 * their sum, which takes π/4 off. What is left has |r| ≤ tan(π/8). The multiple of π/4 is added last, in two numbers.
 * asin and acos use asin x = π/2 − 2 asin √((1 − x)/2) above ½. Polynomials of `scripts/minimax.py`.
 */

import type { Algebra } from "./algebra.ts";
import { signBit, withSign } from "./fields.ts";

interface Constants {
  /** atan r = r + r³·p(r²) for |r| ≤ tan(π/8). */
  readonly atan: readonly number[];
  /** asin x = x + x³·p(x²) for |x| ≤ ½. */
  readonly asin: readonly number[];
  /** π/4 in two numbers; three times the first is exact. */
  readonly quarter: readonly [number, number];
  /** Above it two lengths are scaled down, so that their sum does not overflow. */
  readonly large: number;
}

const constants: { readonly [width: string]: Constants } = {
  float64: {
    atan: [
      -0.333333333333332, 0.19999999999954085, -0.14285714280248768, 0.1111111078614771, -0.09090897836672755,
      0.0769206164034205, -0.06663120414417921, 0.058480091056428, -0.05039846254796828, 0.038078337717561375,
      -0.017922295835879096,
    ],
    asin: [
      0.16666666666665383, 0.0750000000034304, 0.04464285682348952, 0.030381959330854445, 0.022371753534688177,
      0.01735977091723274, 0.013884600435676698, 0.012173266271802926, 0.006510909034037195, 0.01957375758711492,
      -0.01629384812905753, 0.031958816937297976,
    ],
    quarter: [0.7853981633974483, 3.061616997868383e-17],
    large: 2 ** 1000,
  },
  float32: {
    atan: [-0.33332956, 0.19977926, -0.1387985, 0.08060309],
    asin: [0.16666754, 0.07495242, 0.04547706, 0.024147792, 0.042218246],
    quarter: [0.785398245, -8.14603398e-8],
    large: 2 ** 100,
  },
};

const constantsOf = <V>(a: Algebra<V>): Constants => constants[a.dtype] as Constants;

/**
 * The angle of the lengths lo ≤ hi, neither negative, turned to where it lies: mirrored at π/4 if they were swapped,
 * then at π/2 if the point is on the left.
 */
function octant<V>(a: Algebra<V>, lo: V, hi: V, swapped: V, left?: V): V {
  const { atan: p, quarter } = constantsOf(a);
  const middle = a.lt(a.mul(hi, Math.SQRT2 - 1), lo);
  const r = a.div(a.select(middle, a.sub(lo, hi), lo), a.select(middle, a.add(lo, hi), hi));
  const z = a.mul(r, r);
  const rest = a.mul(r, a.mul(z, a.horner(z, p)));
  let k = a.select(middle, 1, 0);
  k = a.select(swapped, a.sub(2, k), k);
  let minus = swapped;
  if (left !== undefined) {
    k = a.select(left, a.sub(4, k), k);
    minus = a.xor(swapped, left);
  }
  const main = a.select(minus, a.neg(r), r);
  const small = a.add(a.select(minus, a.neg(rest), rest), a.mul(k, quarter[1]));
  return a.add(a.mul(k, quarter[0]), a.add(main, small));
}

export function atan<V>(a: Algebra<V>, x: V): V {
  const size = a.abs(x);
  const swapped = a.lt(1, size);
  const angle = octant(a, a.select(swapped, 1, size), a.select(swapped, size, 1), swapped);
  return withSign(a, angle, x);
}

/** The angle of (x, y) from the x axis, −π … π. Zeros and infinities as in C99, F.9.1.4. */
export function atan2<V>(a: Algebra<V>, y: V, x: V): V {
  const width = a.abs(x);
  const height = a.abs(y);
  const swapped = a.lt(width, height);
  const smaller = a.select(swapped, width, height);
  const larger = a.select(swapped, height, width);
  // Two infinities make the angle of (1, 1), two zeros that of (1, 0).
  const infinite = a.and(a.eq(smaller, Infinity), a.eq(larger, Infinity));
  const shrink = a.select(a.lt(constantsOf(a).large, larger), 0.25, 1);
  const lo = a.select(infinite, 1, a.mul(smaller, shrink));
  const hi = a.select(a.or(infinite, a.eq(larger, 0)), 1, a.mul(larger, shrink));
  return withSign(a, octant(a, lo, hi, swapped, signBit(a, x)), y);
}

/** For |x| ≤ ½ x itself, above √((1 − |x|)/2), which is NaN beyond 1; and x·(asin x/x − 1) of it. */
function half<V>(a: Algebra<V>, x: V): { outer: V; s: V; rest: V } {
  const size = a.abs(x);
  const outer = a.lt(0.5, size);
  const z = a.select(outer, a.mul(a.sub(1, size), 0.5), a.mul(x, x));
  const s = a.select(outer, a.sqrt(z), size);
  return { outer, s, rest: a.mul(s, a.mul(z, a.horner(z, constantsOf(a).asin))) };
}

export function asin<V>(a: Algebra<V>, x: V): V {
  const [high, low] = constantsOf(a).quarter;
  const { outer, s, rest } = half(a, x);
  const far = a.sub(2 * high, a.mul(2, a.add(s, a.sub(rest, low))));
  return withSign(a, a.select(outer, far, a.add(s, rest)), x);
}

/** π/2 − asin x, without the cancellation near 1. */
export function acos<V>(a: Algebra<V>, x: V): V {
  const [high, low] = constantsOf(a).quarter;
  const { outer, s, rest } = half(a, x);
  const negative = a.lt(x, 0);
  const twice = a.mul(2, a.add(s, rest));
  const near = a.select(negative, a.sub(4 * high, a.sub(twice, 4 * low)), twice);
  const signed = (v: V): V => a.select(negative, a.neg(v), v);
  return a.select(outer, near, a.sub(2 * high, a.add(signed(s), a.sub(signed(rest), 2 * low))));
}
