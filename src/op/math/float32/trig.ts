/**
 * sin cos tan of float32, for every argument. x = n·π/2 + r with |r| ≤ π/4; then polynomials of `scripts/minimax.py`.
 * The reductions are in float64, see `reduce.ts`; the seldom one, for |x| ≥ 2^28, is computed only where it is met.
 */

import type { Algebra } from "../algebra.ts";
import { LARGE, type Quarters, reduceLarge, reduceUsual } from "./reduce.ts";

/** sin r = r + r³·p(r²). */
const SIN = [-0.16666655, 0.008332178, -0.00019517298];
/** cos r = 1 − r²/2 + r⁴·p(r²). */
const COS = [0.041666646, -0.0013887368, 2.4438452e-5];

/** sin r and cos r, and whether n is odd. */
function parts<V>(a: Algebra<V>, { r, n }: Quarters<V>): { sin: V; cos: V; odd: V } {
  const i = a.as("int32");
  const z = a.mul(r, r);
  const sin = a.add(r, a.mul(a.mul(r, z), a.horner(z, SIN)));
  const cos = a.add(a.sub(1, a.mul(z, 0.5)), a.mul(a.mul(z, z), a.horner(z, COS)));
  return { sin, cos, odd: i.ne(i.and(n, 1), 0) };
}

/** The sign bit of `bits`, taken into that of y. */
function flipSign<V>(a: Algebra<V>, y: V, bits: V): V {
  const i = a.as("int32");
  return a.bitcast(i.xor(a.bitcast(y, "int32"), i.and(bits, -(2 ** 31))), "float32");
}

/** `value` of |x|'s quarters, by the reduction that serves. NaN and infinities go the long way, and end as NaN. */
function ofQuarters<V>(a: Algebra<V>, x: V, value: (quarters: Quarters<V>) => V): V {
  const size = a.abs(x);
  return a.selectRare(a.not(a.lt(size, LARGE)), value(reduceLarge(a, size)), value(reduceUsual(a, size)));
}

/** Of x whose |x| has these quarters. The second bit of n turns the sign; so does that of x. */
function sinOf<V>(a: Algebra<V>, x: V, quarters: Quarters<V>): V {
  const i = a.as("int32");
  const { sin, cos, odd } = parts(a, quarters);
  return flipSign(a, a.select(odd, cos, sin), i.xor(i.shl(quarters.n, 30), a.bitcast(x, "int32")));
}

function cosOf<V>(a: Algebra<V>, quarters: Quarters<V>): V {
  const i = a.as("int32");
  const { sin, cos, odd } = parts(a, quarters);
  return flipSign(a, a.select(odd, sin, cos), i.shl(i.add(quarters.n, 1), 30));
}

export const sin = <V>(a: Algebra<V>, x: V): V => ofQuarters(a, x, (quarters) => sinOf(a, x, quarters));

export const cos = <V>(a: Algebra<V>, x: V): V => ofQuarters(a, x, (quarters) => cosOf(a, quarters));

export function tan<V>(a: Algebra<V>, x: V): V {
  const i = a.as("int32");
  return ofQuarters(a, x, (quarters) => {
    const { sin, cos, odd } = parts(a, quarters);
    const y = a.div(a.select(odd, cos, sin), a.select(odd, sin, cos));
    return flipSign(a, y, i.xor(i.shl(quarters.n, 31), a.bitcast(x, "int32")));
  });
}
