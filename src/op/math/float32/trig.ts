/**
 * sin cos tan of float32, for |x| < 2^28; NaN beyond, where neighbouring numbers are more than five turns apart.
 *
 * x = n·π/2 + r, |r| ≤ π/4, by W. J. Cody and W. Waite's method in float64: π/2 in pieces of 25 bits, so that the
 * products with n are exact. The rest is float32. Polynomials of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";

const LIMIT = 2 ** 28;
const PIECES = [1.5707963109016418, 1.5893254712295857e-8, 6.123233995736766e-17] as const;

/** sin r = r + r³·p(r²). */
const SIN = [-0.16666655, 0.008332178, -0.00019517298];
/** cos r = 1 − r²/2 + r⁴·p(r²). */
const COS = [0.041666646, -0.0013887368, 2.4438452e-5];

/** sin r, cos r, and the number of quarter turns as int32, for |x|. */
function reduce<V>(a: Algebra<V>, size: V): { sin: V; cos: V; n: V } {
  const wide = a.as("float64");
  const x = a.convert(size, "float64");
  const n = wide.round(wide.mul(x, 2 / Math.PI));
  let rest = x;
  for (const piece of PIECES) rest = wide.sub(rest, wide.mul(n, piece));
  const r = a.convert(rest, "float32");
  const z = a.mul(r, r);
  const sin = a.add(r, a.mul(a.mul(r, z), a.horner(z, SIN)));
  const cos = a.add(a.sub(1, a.mul(z, 0.5)), a.mul(a.mul(z, z), a.horner(z, COS)));
  return { sin, cos, n: a.convert(n, "int32") };
}

const isOdd = <V>(a: Algebra<V>, n: V): V => {
  const i = a.as("int32");
  return i.ne(i.and(n, 1), 0);
};

/** The sign bit of `bits`, taken into that of y. */
function flipSign<V>(a: Algebra<V>, y: V, bits: V): V {
  const i = a.as("int32");
  return a.bitcast(i.xor(a.bitcast(y, "int32"), i.and(bits, -(2 ** 31))), "float32");
}

const within = <V>(a: Algebra<V>, size: V, y: V): V => a.select(a.lt(size, LIMIT), y, NaN);

/** The second bit of the number of quarter turns turns the sign; so does that of x. */
export function sin<V>(a: Algebra<V>, x: V): V {
  const i = a.as("int32");
  const size = a.abs(x);
  const { sin, cos, n } = reduce(a, size);
  const y = a.select(isOdd(a, n), cos, sin);
  return within(a, size, flipSign(a, y, i.xor(i.shl(n, 30), a.bitcast(x, "int32"))));
}

export function cos<V>(a: Algebra<V>, x: V): V {
  const i = a.as("int32");
  const size = a.abs(x);
  const { sin, cos, n } = reduce(a, size);
  const y = a.select(isOdd(a, n), sin, cos);
  return within(a, size, flipSign(a, y, i.shl(i.add(n, 1), 30)));
}

export function tan<V>(a: Algebra<V>, x: V): V {
  const i = a.as("int32");
  const size = a.abs(x);
  const { sin, cos, n } = reduce(a, size);
  const odd = isOdd(a, n);
  const y = a.div(a.select(odd, cos, sin), a.select(odd, sin, cos));
  return within(a, size, flipSign(a, y, i.xor(i.shl(n, 31), a.bitcast(x, "int32"))));
}
