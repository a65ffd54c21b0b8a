/**
 * Logarithms in 64 bits: log log2 log10 log1p softplus.
 *
 * x = 2^e·m with m from √½ to √2; with f = m − 1 and s = f/(2 + f), log m = 2 artanh s = f − s·(f − R(s²)), in which
 * only the small second term carries rounding errors. R by a polynomial of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";
import { twoSum } from "../double.ts";
import { logEdges, parts } from "../fields.ts";
import { exp } from "./exp.ts";

const LN2_HIGH = 0.6931471805592082;
const LN2_LOW = 7.371002565167799e-13;
const LOG10_2_HIGH = 0.30102999566361177;
const LOG10_2_LOW = 3.694239077158931e-13;

/** 2 artanh s = 2s + s³·p(s²). */
const ARTANH = [
  0.6666666666666734, 0.39999999999414687, 0.2857142874238858, 0.22222198572962729, 0.18183564341287806,
  0.1531405010733302, 0.14795954519947782,
];

/** log x = e·ln 2 + (f − w), for positive x. */
function split<V>(a: Algebra<V>, x: V): { e: V; f: V; w: V } {
  const { e, m } = parts(a, x);
  const f = a.sub(m, 1);
  const s = a.div(f, a.add(f, 2));
  const z = a.mul(s, s);
  return { e, f, w: a.mul(s, a.sub(f, a.mul(z, a.horner(z, ARTANH)))) };
}

/** log x + c, for a small c. */
function logPlus<V>(a: Algebra<V>, x: V, c?: V): V {
  const { e, f, w } = split(a, x);
  const low = a.sub(w, a.mul(e, LN2_LOW));
  return a.add(a.mul(e, LN2_HIGH), a.sub(f, c === undefined ? low : a.sub(low, c)));
}

export const log = <V>(a: Algebra<V>, x: V): V => logEdges(a, x, logPlus(a, x));

export function log2<V>(a: Algebra<V>, x: V): V {
  const { e, f, w } = split(a, x);
  return logEdges(a, x, a.add(e, a.mul(a.sub(f, w), Math.LOG2E)));
}

export function log10<V>(a: Algebra<V>, x: V): V {
  const { e, f, w } = split(a, x);
  const low = a.add(a.mul(a.sub(f, w), Math.LOG10E), a.mul(e, LOG10_2_LOW));
  return logEdges(a, x, a.add(a.mul(e, LOG10_2_HIGH), low));
}

/** log of the rounded 1 + x, and the rounding error over it. */
export function log1p<V>(a: Algebra<V>, x: V): V {
  const [u, c] = twoSum(a, 1, x);
  const y = logEdges(a, u, logPlus(a, u, a.div(c, u)));
  return a.select(a.lt(a.abs(x), 2 ** -54), x, y);
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|): no overflow, and small results keep their digits. */
export function softplus<V>(a: Algebra<V>, x: V): V {
  const e = exp(a, a.neg(a.abs(x)));
  const [u, c] = twoSum(a, 1, e);
  return a.add(a.pmax(x, 0), logPlus(a, u, a.div(c, u)));
}
