/**
 * Logarithms in 32 bits: log log2 log10 log1p softplus.
 *
 * x = 2^e·m with m from √½ to √2; with f = m − 1 and s = f/(2 + f), log m = 2 artanh s = f − s·(f − R(s²)), in which
 * only the small second term carries rounding errors. R by a polynomial of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";
import { logEdges } from "../fields.ts";
import { exp } from "./exp.ts";

const LN2_HIGH = 0.693359375;
const LN2_LOW = -0.00021219444;
const LOG10_2_HIGH = 0.30078125;
const LOG10_2_LOW = 0.00024874567;
/** What log2 x = (f − w)·log2 e adds to f − w itself, whose product would round twice. */
const LOG2E_REST = Math.LOG2E - 1;

/** 2 artanh s = 2s + s³·p(s²). */
export const ARTANH = [0.66666776, 0.39977542, 0.29871723];

/** The bits of √½: from them to those of √2 is one octave. */
const ROOT_HALF = 0x3f3504f3;

interface Parts<V> {
  readonly e: V;
  readonly f: V;
  readonly w: V;
}

/** log x = e·ln 2 + (f − w), for normal positive x. */
export function splitNormal<V>(a: Algebra<V>, x: V): Parts<V> {
  const i = a.as("int32");
  const normal = a.bitcast(x, "int32");
  const exponent = i.shr(i.sub(normal, ROOT_HALF), 23);
  const m = a.bitcast(i.sub(normal, i.shl(exponent, 23)), "float32");
  const f = a.sub(m, 1);
  const s = a.div(f, a.add(f, 2));
  const z = a.mul(s, s);
  const w = a.mul(s, a.sub(f, a.mul(z, a.horner(z, ARTANH))));
  return { e: a.convert(exponent, "float32"), f, w };
}

/** The same for every positive x. */
function split<V>(a: Algebra<V>, x: V): Parts<V> {
  const tiny = a.lt(x, 2 ** -126);
  const { e, f, w } = splitNormal(a, a.select(tiny, a.mul(x, 2 ** 25), x));
  return { e: a.sub(e, a.select(tiny, 25, 0)), f, w };
}

/** log x + c, for a small c. */
const logPlus = <V>(a: Algebra<V>, x: V, c?: V): V => sumOf(a, split(a, x), c);

function sumOf<V>(a: Algebra<V>, { e, f, w }: Parts<V>, c?: V): V {
  const low = a.sub(w, a.mul(e, LN2_LOW));
  return a.add(a.mul(e, LN2_HIGH), a.sub(f, c === undefined ? low : a.sub(low, c)));
}

export const log = <V>(a: Algebra<V>, x: V): V => logEdges(a, x, logPlus(a, x));

export function log2<V>(a: Algebra<V>, x: V): V {
  const { e, f, w } = split(a, x);
  const natural = a.sub(f, w);
  return logEdges(a, x, a.add(e, a.add(natural, a.mul(natural, LOG2E_REST))));
}

export function log10<V>(a: Algebra<V>, x: V): V {
  const { e, f, w } = split(a, x);
  const low = a.add(a.mul(a.sub(f, w), Math.LOG10E), a.mul(e, LOG10_2_LOW));
  return logEdges(a, x, a.add(a.mul(e, LOG10_2_HIGH), low));
}

/** log of the rounded u = 1 + x, with what the sum lost put back. */
function logOfSum<V>(a: Algebra<V>, x: V): V {
  const u = a.add(1, x);
  // 1 or x is the larger: in both cases the difference is exact.
  const lost = a.select(a.lt(1, x), a.sub(1, a.sub(u, x)), a.sub(x, a.sub(u, 1)));
  return logEdges(a, u, logPlus(a, u, a.div(lost, u)));
}

export const log1p = <V>(a: Algebra<V>, x: V): V => a.select(a.lt(a.abs(x), 2 ** -25), x, logOfSum(a, x));

/** log1p of x from -1 to 0, both excluded or -0: the same bits as `log1p`, without its other cases. */
export function log1pInside<V>(a: Algebra<V>, x: V): V {
  const u = a.add(1, x);
  const lost = a.sub(x, a.sub(u, 1));
  return sumOf(a, splitNormal(a, u), a.div(lost, u));
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|): no overflow, and small results keep their digits. */
export function softplus<V>(a: Algebra<V>, x: V): V {
  const e = exp(a, a.neg(a.abs(x)));
  return a.add(a.pmax(x, 0), a.select(a.lt(e, 2 ** -25), e, logOfSum(a, e)));
}
