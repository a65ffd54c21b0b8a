/**
 * Powers. Floats: 2^(y·log2 |x|), then the sign and the special cases of C99, F.9.4.4.
 *
 * A float32 power takes its logarithm in float64, cheaper than two numbers of 32 bits and as good; ≤ 4 units in the
 * last place. A float64 power needs log2 to 65 bits, since y multiplies its error by up to 1024: artanh's series with
 * its first two terms in two numbers (see `double.ts`). Polynomials of `scripts/minimax.py`.
 */

import { isFloat } from "../../base/dtype.ts";
import type { Algebra } from "./algebra.ts";
import { type Double, multiply, orderedSum, twoProduct } from "./double.ts";
import { normalParts, parts, scale, signBit } from "./fields.ts";
import { exp2Fraction } from "./float64/exp.ts";

/** log2 m = s·p(s²), s = (m − 1)/(m + 1). */
const LOG2_SINGLE = [2.8853900817901406, 0.961796673284392, 0.5770835944538361, 0.4116722179552251, 0.340738363195854];
/** 2^r = 1 + r·p(r) for |r| ≤ ½. */
const EXP2_SINGLE = [Math.LN2, 0.2402265, 0.05550328, 0.009618004, 0.001340027, 0.00015476302];
/** log2 m = s·(2/ln 2 + s²·(2/(3 ln 2) + s²·p(s²))). */
const LOG2_DOUBLE = [
  0.577078016355618, 0.4121985830919665, 0.3205989022687622, 0.2623077015497273, 0.22198397806974868,
  0.19125562223909018, 0.1903811233314467,
];
const FIRST: readonly [number, number] = [2.8853900817779268, 4.0710547481862066e-17];
const SECOND: readonly [number, number] = [0.9617966939259756, 5.0577616648125907e-17];

/**
 * Integers wrap at 32 bits, by repeated squaring. A negative exponent means the quotient 1 / x^−y rounded towards
 * zero: 1 stays 1, −1 alternates, all else gives 0 (also 0, which has no such quotient).
 */
function integerPow<V>(a: Algebra<V>, x: V, y: V): V {
  const signed = a.dtype === "int32";
  let result = a.value(1);
  let base = x;
  for (let bit = 0; bit < (signed ? 31 : 32); bit++) {
    result = a.select(a.ne(a.and(y, bit === 31 ? 2 ** 31 : 1 << bit), 0), a.mul(result, base), result);
    if (bit < 31) base = a.mul(base, base);
  }
  if (!signed) return result;
  const odd = a.ne(a.and(y, 1), 0);
  const ofMinusOne = a.select(a.eq(x, -1), a.select(odd, -1, 1), 0);
  return a.select(a.lt(y, 0), a.select(a.eq(x, 1), 1, ofMinusOne), result);
}

/** Exponents beyond ±2^80 act as ±2^80 does: on 1 nothing, on all else overflow or 0. NaN passes. */
const bounded = <V>(a: Algebra<V>, y: V): V => a.pmin(a.pmax(y, -(2 ** 80)), 2 ** 80);

function singlePow<V>(a: Algebra<V>, x: V, y: V): V {
  const wide = a.as("float64");
  const { e, m } = normalParts(wide, a.convert(x, "float64"));
  const s = wide.div(wide.sub(m, 1), wide.add(m, 1));
  const log = wide.add(e, wide.mul(s, wide.horner(wide.mul(s, s), LOG2_SINGLE)));
  const t = wide.mul(a.convert(bounded(a, y), "float64"), log);
  const power = wide.pmin(wide.pmax(t, -200), 200);
  const n = wide.round(power);
  const r = a.convert(wide.sub(power, n), "float32");
  return scale(a, a.add(a.mul(r, a.horner(r, EXP2_SINGLE)), 1), a.convert(n, "int32"));
}

/** log2 of a positive number to about 65 bits. */
function log2Double<V>(a: Algebra<V>, x: V): Double<V> {
  const { e, m } = parts(a, x);
  const f = a.sub(m, 1);
  const [d, dLow] = orderedSum(a, 1, m);
  const inverse = a.div(1, d);
  const high = a.mul(f, inverse);
  const [product, productLow] = twoProduct(a, high, d);
  // What the quotient misses: f − high·(d + dLow), over d.
  const missing = a.sub(a.sub(a.sub(f, product), productLow), a.mul(high, dLow));
  const s: Double<V> = [high, a.mul(missing, inverse)];
  const [z, zRound] = twoProduct(a, high, high);
  const zLow = a.add(zRound, a.mul(a.mul(2, high), s[1]));
  const [u, uLow] = orderedSum(a, SECOND[0], a.mul(z, a.horner(z, LOG2_DOUBLE)));
  const [v, vLow] = multiply(a, [z, zLow], [u, a.add(uLow, SECOND[1])]);
  const [w, wLow] = orderedSum(a, FIRST[0], v);
  const [l, lLow] = multiply(a, s, [w, a.add(wLow, a.add(vLow, FIRST[1]))]);
  const [sum, sumLow] = orderedSum(a, e, l);
  return [sum, a.add(sumLow, lLow)];
}

function doublePow<V>(a: Algebra<V>, x: V, y: V): V {
  const factor = bounded(a, y);
  const [log, logLow] = log2Double(a, x);
  const [t, tRound] = twoProduct(a, factor, log);
  const power = a.pmin(a.pmax(t, -1100), 1100);
  const n = a.round(power);
  const low = a.add(tRound, a.mul(factor, logLow));
  // Where t is far out of range its low part is too, and must not matter.
  const r = a.add(a.sub(power, n), a.pmin(a.pmax(low, -0.5), 0.5));
  return scale(a, exp2Fraction(a, r), a.convert(n, "int32"));
}

function floatPow<V>(a: Algebra<V>, x: V, y: V): V {
  const size = a.abs(x);
  // NaN has no parts; it goes on in the exponent.
  const exponent = a.select(a.eq(x, x), y, x);
  const finite = a.dtype === "float64" ? doublePow(a, size, exponent) : singlePow(a, size, exponent);
  const whole = a.eq(a.floor(y), y);
  const half = a.mul(y, 0.5);
  const odd = a.and(whole, a.ne(a.floor(half), half));
  const rooted = a.select(a.and(a.lt(x, 0), a.not(whole)), NaN, finite);
  const zero = a.eq(size, 0);
  const special = a.select(a.xor(zero, a.lt(y, 0)), 0, Infinity);
  const extreme = a.and(a.or(zero, a.eq(size, Infinity)), a.eq(y, y));
  const sized = a.select(extreme, special, rooted);
  const signed = a.select(a.and(signBit(a, x), odd), a.neg(sized), sized);
  return a.select(a.or(a.eq(y, 0), a.eq(x, 1)), 1, signed);
}

export const pow = <V>(a: Algebra<V>, x: V, y: V): V => (isFloat(a.dtype) ? floatPow(a, x, y) : integerPow(a, x, y));
