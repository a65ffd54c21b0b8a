/**
 * Shorter formulas for float64 under fastMath, where products are fused into sums. What they give up: results of exp
 * and sigmoid below 2^-1022 are 0, exp is infinite from 709.4 on; sin and cos hold for |x| up to 10^12; sin and tanh
 * of -0 are 0.
 */

import type { Algebra } from "../algebra.ts";
import type { Expansion } from "../expansion.ts";
import { powerOfTwo } from "../fields.ts";
import { clamp, EXP, LN2_HIGH, LN2_LOW } from "./exp.ts";

/** Added to a number it rounds to an integer. */
const MAGIC = 1.5 * 2 ** 52;

/** x = n·ln 2 + r, and 2^n: 0 for n = -1023, infinite for n = 1024. */
function reduce<V>(a: Algebra<V>, x: V): { r: V; power: V } {
  const n = a.sub(a.add(a.mul(x, Math.LOG2E), MAGIC), MAGIC);
  const r = a.sub(a.sub(x, a.mul(n, LN2_HIGH)), a.mul(n, LN2_LOW));
  return { r, power: powerOfTwo(a, a.convert(n, "int32")) };
}

/** One factor 2^n instead of two halves of it. */
function exp<V>(a: Algebra<V>, x: V): V {
  const { r, power } = reduce(a, clamp(a, x, -709, 710));
  return a.mul(a.horner(r, [1, 1, ...EXP]), power);
}

const sigmoid = <V>(a: Algebra<V>, x: V): V => a.div(1, a.add(exp(a, a.neg(x)), 1));

/** (e^2x − 1) / (e^2x + 1) for both signs alike. */
function tanh<V>(a: Algebra<V>, x: V): V {
  const bounded = clamp(a, x, -22, 22);
  const { r, power } = reduce(a, a.add(bounded, bounded));
  const y = a.add(a.mul(a.mul(r, a.horner(r, [1, ...EXP])), power), a.sub(power, 1));
  return a.div(y, a.add(y, 2));
}

/** π in three pieces: in fused products with n nothing of them is lost. */
const [PI, PI_REST, PI_LAST] = [Math.PI, 1.2246467991473532e-16, -2.9947698097183397e-33];
/** sin r = r + r³·p(r²) for |r| ≤ π/2. */
const SIN = [
  -0.16666666666666666, 0.008333333333333194, -0.0001984126984120922, 2.755731921113738e-6, -2.5052106872807778e-8,
  1.6058939706021877e-10, -7.642991489721263e-13, 2.7211749450477173e-15,
];

/** sin r, times -1 for an odd integer m. */
function wave<V>(a: Algebra<V>, r: V, m: V): V {
  const half = a.mul(m, 0.5);
  const sign = a.sub(1, a.mul(a.sub(half, a.floor(half)), 4));
  const signed = a.mul(r, sign);
  const z = a.mul(r, r);
  return a.add(signed, a.mul(a.mul(signed, z), a.horner(z, SIN)));
}

/** x = nπ + r. */
function sin<V>(a: Algebra<V>, x: V): V {
  const n = a.sub(a.add(a.mul(x, 1 / Math.PI), MAGIC), MAGIC);
  return wave(a, a.sub(a.sub(a.sub(x, a.mul(n, PI)), a.mul(n, PI_REST)), a.mul(n, PI_LAST)), n);
}

/** x = (m + ½)π − r. */
function cos<V>(a: Algebra<V>, x: V): V {
  const m = a.sub(a.add(a.sub(a.mul(x, 1 / Math.PI), 0.5), MAGIC), MAGIC);
  const n = a.add(m, 0.5);
  return wave(a, a.add(a.add(a.sub(a.mul(n, PI), x), a.mul(n, PI_REST)), a.mul(n, PI_LAST)), m);
}

export const fast = { exp, sigmoid, tanh, sin, cos } satisfies { readonly [name: string]: Expansion };
