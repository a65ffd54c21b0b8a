/**
 * Shorter formulas for float32 under fastMath, where products are fused into sums. What they give up: results of exp
 * and sigmoid below 2^-126 are 0, exp is infinite from 88.4 on; sin and cos hold for |x| up to 10^5, and sin(-0) is 0.
 */

import type { Algebra } from "../algebra.ts";
import type { Expansion } from "../expansion.ts";
import { clamp, EXP, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { log, log1p } from "./fast-log.ts";

/** Added to a number it rounds to an integer and leaves that in the low bits of the sum. */
const MAGIC = 1.5 * 2 ** 23;
/** The same for exponents: with 127 more, the low bits are those of 2^n, moved to their place. */
const MAGIC_POWER = MAGIC + 127;

/** One factor 2^n instead of two halves of it: at the lower bound it is 0, at the upper one infinite. */
function exp<V>(a: Algebra<V>, x: V): V {
  const bounded = clamp(a, x, -88, 89);
  const t = a.add(a.mul(bounded, Math.LOG2E), MAGIC_POWER);
  const n = a.sub(t, MAGIC_POWER);
  const r = a.sub(a.sub(bounded, a.mul(n, LN2_HIGH)), a.mul(n, LN2_LOW));
  return a.mul(a.horner(r, [1, 1, ...EXP]), a.bitcast(a.as("int32").shl(a.bitcast(t, "int32"), 23), "float32"));
}

const sigmoid = <V>(a: Algebra<V>, x: V): V => a.div(1, a.add(exp(a, a.neg(x)), 1));

/** π in three pieces: in fused products with n nothing of them is lost. */
const [PI, PI_REST, PI_LAST] = [3.1415927410125732, -8.742278e-8, -3.430249e-15];
/** sin r = r + r³·p(r²) for |r| ≤ π/2. */
const SIN = [-0.1666666, 0.0083330665, -0.00019809602, 2.6057796e-6];

/** sin r with the sign turned where the integer in the low bits of t is odd. */
function wave<V>(a: Algebra<V>, r: V, t: V): V {
  const i = a.as("int32");
  const z = a.mul(r, r);
  const y = a.add(r, a.mul(a.mul(r, z), a.horner(z, SIN)));
  return a.bitcast(i.xor(a.bitcast(y, "int32"), i.shl(a.bitcast(t, "int32"), 31)), "float32");
}

/** x = nπ + r. */
function sin<V>(a: Algebra<V>, x: V): V {
  const t = a.add(a.mul(x, 1 / Math.PI), MAGIC);
  const n = a.sub(t, MAGIC);
  const r = a.sub(a.sub(a.sub(x, a.mul(n, PI)), a.mul(n, PI_REST)), a.mul(n, PI_LAST));
  return wave(a, r, t);
}

/** x = (n + ½)π − r. */
function cos<V>(a: Algebra<V>, x: V): V {
  const t = a.add(a.sub(a.mul(x, 1 / Math.PI), 0.5), MAGIC);
  const n = a.add(a.sub(t, MAGIC), 0.5);
  const r = a.add(a.add(a.sub(a.mul(n, PI), x), a.mul(n, PI_REST)), a.mul(n, PI_LAST));
  return wave(a, r, t);
}

export const fast = { exp, sigmoid, sin, cos, log, log1p } satisfies { readonly [name: string]: Expansion };
