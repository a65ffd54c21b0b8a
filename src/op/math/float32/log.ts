/**
 * Logarithms in 32 bits: log log2 log10 log1p softplus.
 *
 * x = 2^e·m with m from √½ to √2; with f = m − 1 and s = f/(2 + f), log m = 2 artanh s = f − s·(f − R(s²)), in which
 * only the small second term carries rounding errors. R by a polynomial of `scripts/minimax.py`.
 */

import type { Algebra } from "../algebra.ts";
import { logEdges } from "../fields.ts";
import { exp } from "./exp.ts";

/** One of the exponent. */
const OCTAVE = 2 ** 23;
/** Of e·2^23, which needs no shift. */
const LN2_HIGH = 0.693359375 / OCTAVE;
const LN2_LOW = -0.00021219444 / OCTAVE;
const LOG10_2_HIGH = 0.30078125 / OCTAVE;
const LOG10_2_LOW = 0.00024874567 / OCTAVE;
/** What log2 x = (f − w)·log2 e adds to f − w itself, whose product would round twice. */
const LOG2E_REST = Math.LOG2E - 1;

/** 2 artanh s = 2s + s³·p(s²). */
const ARTANH = [0.66666776, 0.39977542, 0.29871723];

/** The bits of √½: from them to those of √2 is one octave. */
const ROOT_HALF = 0x3f3504f3;
/** The bits of sign and exponent. */
const FIELD = -OCTAVE;

/** x = 2^e·(1 + f) as e·2^23, an int32, and f, for normal positive x. */
export function octaves<V>(a: Algebra<V>, x: V): { readonly field: V; readonly f: V } {
  const i = a.as("int32");
  const bits = a.bitcast(x, "int32");
  const field = i.and(i.sub(bits, ROOT_HALF), FIELD);
  return { field, f: a.sub(a.bitcast(i.sub(bits, field), "float32"), 1) };
}

/** f − log(1 + f). */
export function rest<V>(a: Algebra<V>, f: V): V {
  const s = a.div(f, a.add(f, 2));
  const z = a.mul(s, s);
  return a.mul(s, a.sub(f, a.mul(z, a.horner(z, ARTANH))));
}

/** log x = e·ln 2 + (f − w); here e is e·2^23. */
interface Parts<V> {
  readonly e: V;
  readonly f: V;
  readonly w: V;
}

function splitNormal<V>(a: Algebra<V>, x: V): Parts<V> {
  const { field, f } = octaves(a, x);
  return { e: a.convert(field, "float32"), f, w: rest(a, f) };
}

/** The same for every positive x. */
function split<V>(a: Algebra<V>, x: V): Parts<V> {
  const tiny = a.lt(x, 2 ** -126);
  const { e, f, w } = splitNormal(a, a.select(tiny, a.mul(x, 2 ** 25), x));
  return { e: a.sub(e, a.select(tiny, 25 * OCTAVE, 0)), f, w };
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
  return logEdges(a, x, a.add(a.mul(e, 1 / OCTAVE), a.add(natural, a.mul(natural, LOG2E_REST))));
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

/** log(1 − x) for x from 0 to 1, 1 excluded: as `log1p`, without its other cases. */
export function logBelow<V>(a: Algebra<V>, x: V): V {
  const u = a.sub(1, x);
  const lost = a.sub(a.sub(1, u), x);
  return sumOf(a, splitNormal(a, u), a.div(lost, u));
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|): no overflow, and small results keep their digits. */
export function softplus<V>(a: Algebra<V>, x: V): V {
  const e = exp(a, a.neg(a.abs(x)));
  return a.add(a.pmax(x, 0), a.select(a.lt(e, 2 ** -25), e, logOfSum(a, e)));
}
