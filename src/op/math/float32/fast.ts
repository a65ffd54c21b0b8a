/**
 * Shorter formulas for float32 under fastMath, where products are fused into sums. What they give up: results below
 * 2^-126 are 0, exp is infinite from 88.4 on, and sin and cos lose digits beyond |x| = 30,000.
 */

import type { Algebra } from "../algebra.ts";
import type { Expansion } from "../expansion.ts";
import { clamp, power, reduce } from "./exp.ts";
import type { Quarters } from "./reduce.ts";
import { cosOf, sinOf } from "./trig.ts";

/** One factor 2^n instead of two halves of it: at the lower bound it is 0, at the upper one infinite. */
function exp<V>(a: Algebra<V>, x: V): V {
  const { bits, p } = reduce(a, clamp(a, x, -88, 89));
  return a.mul(a.add(p, 1), power(a, bits));
}

const sigmoid = <V>(a: Algebra<V>, x: V): V => a.div(1, a.add(exp(a, a.neg(x)), 1));

const MAGIC = 1.5 * 2 ** 23;
/** π/2 in three float32 pieces; a fused product with n loses nothing. */
const PIECES = [Math.fround(Math.PI / 2), -4.371139e-8, -1.7151245e-15] as const;

function quarters<V>(a: Algebra<V>, x: V): Quarters<V> {
  const t = a.add(a.mul(x, 2 / Math.PI), MAGIC);
  const n = a.sub(t, MAGIC);
  return { r: PIECES.reduce((rest: V, piece) => a.sub(rest, a.mul(n, piece)), x), n: a.bitcast(t, "int32") };
}

export const fast = {
  exp,
  sigmoid,
  sin: (a, x) => sinOf(a, x, quarters(a, a.abs(x))),
  cos: (a, x) => cosOf(a, quarters(a, a.abs(x))),
} satisfies { readonly [name: string]: Expansion };
