/**
 * sin cos tan in 64 bits, for |x| < 2^41; NaN beyond, where neighbouring numbers are 2^-11 apart and more.
 *
 * x = n·π/2 + r, |r| ≤ π/4, by W. J. Cody and W. Waite's method: π/2 in pieces of 33 bits and n in two of 21, so that
 * every product is exact, and the last differences kept in two numbers. Polynomials of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";
import { type Double, orderedSum, twoSum } from "../double.ts";

const LIMIT = 2 ** 41;
const PIECES = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32] as const;

/** sin r = r + r³·p(r²). */
const SIN = [
  -0.16666666666666632, 0.008333333333322425, -0.0001984126982981701, 2.7557313695251455e-6, -2.505075865736914e-8,
  1.5896828161252262e-10,
];
/** cos r = 1 − r²/2 + r⁴·p(r²). */
const COS = [
  0.0416666666666666, -0.001388888888887414, 2.4801587289492007e-5, -2.7557314355293034e-7, 2.087572369117913e-9,
  -1.1359670201437062e-11,
];

/** r in two numbers, and n modulo 2^21 as int32. */
function reduce<V>(a: Algebra<V>, x: V): { r: Double<V>; n: V } {
  const n = a.round(a.mul(x, 2 / Math.PI));
  const high = a.mul(a.round(a.mul(n, 2 ** -21)), 2 ** 21);
  const low = a.sub(n, high);
  const [first, second, third, fourth] = PIECES;
  // Exact up to here: what cancels is of the size of x, what remains below 2^9 and a multiple of 2^-44.
  const t = a.sub(a.sub(a.sub(x, a.mul(high, first)), a.mul(low, first)), a.mul(high, second));
  const [t1, e1] = twoSum(a, t, a.neg(a.mul(low, second)));
  const [t2, e2] = twoSum(a, t1, a.neg(a.mul(high, third)));
  const [t3, e3] = twoSum(a, t2, a.neg(a.mul(low, third)));
  const rest = a.sub(a.add(a.add(e1, e2), e3), a.mul(n, fourth));
  return { r: orderedSum(a, t3, rest), n: a.convert(low, "int32") };
}

/** sin and cos of the reduced argument, each in its last step the sum of a large and a small number. */
function both<V>(a: Algebra<V>, [r, low]: Double<V>): { sin: V; cos: V } {
  const z = a.mul(r, r);
  const half = a.mul(z, 0.5);
  const shrink = a.mul(low, a.sub(1, half));
  const sin = a.add(r, a.add(a.mul(a.mul(r, z), a.horner(z, SIN)), shrink));
  const w = a.sub(1, half);
  const lost = a.sub(a.sub(1, w), half);
  const cos = a.add(w, a.add(lost, a.sub(a.mul(a.mul(z, z), a.horner(z, COS)), a.mul(r, low))));
  return { sin, cos };
}

const bit = <V>(a: Algebra<V>, n: V, mask: number): V => {
  const i = a.as("int32");
  return i.ne(i.and(n, mask), 0);
};

const within = <V>(a: Algebra<V>, x: V, y: V): V => a.select(a.lt(a.abs(x), LIMIT), y, NaN);

/** sin(x + quarter·π/2). */
function shifted<V>(a: Algebra<V>, x: V, quarter: number): V {
  const { r, n } = reduce(a, x);
  const k = quarter === 0 ? n : a.as("int32").add(n, quarter);
  const { sin, cos } = both(a, r);
  const y = a.select(bit(a, k, 1), cos, sin);
  return within(a, x, a.select(bit(a, k, 2), a.neg(y), y));
}

/** The sign of -0 is kept by hand: the reduction makes it 0. */
export const sin = <V>(a: Algebra<V>, x: V): V => a.select(a.eq(x, 0), x, shifted(a, x, 0));

export const cos = <V>(a: Algebra<V>, x: V): V => shifted(a, x, 1);

export function tan<V>(a: Algebra<V>, x: V): V {
  const { r, n } = reduce(a, x);
  const { sin, cos } = both(a, r);
  const odd = bit(a, n, 1);
  const y = a.div(a.select(odd, a.neg(cos), sin), a.select(odd, sin, cos));
  return a.select(a.eq(x, 0), x, within(a, x, y));
}
