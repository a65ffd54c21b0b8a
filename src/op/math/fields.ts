/** Sign, exponent and mantissa of floats, scaling by powers of two, and what has no logarithm, in ops of every target. */

import type { Algebra } from "./algebra.ts";

/** Whether the sign bit is set, of -0 and NaN too. */
export const signBit = <V>(a: Algebra<V>, x: V): V =>
  a.dtype === "float64" ? a.lt(a.o.apply("mantissaOf", [x]), 0) : a.as("int32").lt(a.bitcast(x, "int32"), 0);

/** |x| with the sign of y; x is not negative. */
export const withSign = <V>(a: Algebra<V>, x: V, y: V): V => a.select(signBit(a, y), a.neg(x), x);

const pow2 = <V>(a: Algebra<V>, n: V): V => {
  if (a.dtype === "float64") return a.o.apply("powerOfTwo", [n]);
  const i = a.as("int32");
  return a.bitcast(i.shl(i.add(n, 127), 23), "float32");
};

/**
 * p · 2^n for an int32 n of twice the exponents there are, rounded once: in two halves, so that neither overflows
 * before the product does and denormal results are reached.
 */
export function scale<V>(a: Algebra<V>, p: V, n: V): V {
  const i = a.as("int32");
  const half = i.shr(n, 1);
  return a.mul(a.mul(p, pow2(a, half)), pow2(a, i.sub(n, half)));
}

/** 2^n where 2^n is a normal float64. */
export const powerOfTwo = <V>(a: Algebra<V>, n: V): V => a.o.apply("powerOfTwo", [n]);

/**
 * A positive float64 as 2^e · m with m from √½ to √2; e is a float64 too. Denormals are scaled up first.
 * Of other numbers the parts are finite and mean nothing.
 */
export function parts<V>(a: Algebra<V>, x: V): { e: V; m: V } {
  const tiny = a.lt(x, 2 ** -1022);
  const { e, m } = normalParts(a, a.select(tiny, a.mul(x, 2 ** 54), x));
  return { e: a.select(tiny, a.sub(e, 54), e), m };
}

/** `parts` of what is no denormal. */
export function normalParts<V>(a: Algebra<V>, x: V): { e: V; m: V } {
  const m = a.o.apply("mantissaOf", [x]);
  const e = a.convert(a.o.apply("exponentOf", [x]), "float64");
  const high = a.lt(Math.SQRT2, m);
  return { e: a.select(high, a.add(e, 1), e), m: a.select(high, a.mul(m, 0.5), m) };
}

/** The logarithm y of x, or what stands for it: below zero there is no logarithm, zero gives -∞, and ∞ itself; NaN is none of the three and ends as NaN. */
export const logEdges = <V>(a: Algebra<V>, x: V, y: V): V =>
  a.select(a.lt(0, x), a.select(a.eq(x, Infinity), x, y), a.select(a.eq(x, 0), -Infinity, NaN));
