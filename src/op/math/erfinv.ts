/**
 * Inverse error function, of both float dtypes.
 *
 * M. Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2011: x times a polynomial in
 * w = −log(1 − x²), his tables for either precision. In float32 the square is rounded, as JAX rounds it, so that normal
 * numbers drawn here agree with JAX's to a few units in the last place; for that, results for |x| > 0.99 are up to 2^-18
 * (relative) off the true ones.
 */

import type { Algebra } from "./algebra.ts";
import type { Expansion } from "./expansion.ts";
import { logNormal } from "./float32/fast-log.ts";
import { logBelow } from "./float32/log.ts";
import { float64 } from "./float64/index.ts";

/** Highest degree first. For w < 5 in w − 2.5, else in √w − 3. */
const SINGLE = [
  [
    2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
    0.246640727, 1.50140941,
  ],
  [
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
    1.00167406, 2.83297682,
  ],
] as const;

/** For w < 6.25 in w − 3.125, for w < 16 in √w − 3.25, else in √w − 5. */
const DOUBLE = [
  [
    -3.64441206401782e-21, -1.6850591381820166e-19, 1.28584807152564e-18, 1.1157877678025181e-17,
    -1.333171662854621e-16, 2.0972767875968562e-17, 6.637638134358324e-15, -4.054566272975207e-14,
    -8.151934197605472e-14, 2.6335093153082323e-12, -1.2975133253453532e-11, -5.415412054294628e-11,
    1.0512122733215323e-9, -4.112633980346984e-9, -2.9070369957882005e-8, 4.2347877827932404e-7, -1.3654692000834679e-6,
    -1.3882523362786469e-5, 0.00018673420803405714, -0.000740702534166267, -0.006033670871430149, 0.24015818242558962,
    1.6536545626831027,
  ],
  [
    2.2137376921775787e-9, 9.075656193888539e-8, -2.7517406297064545e-7, 1.8239629214389228e-8, 1.5027403968909828e-6,
    -4.013867526981546e-6, 2.9234449089955446e-6, 1.2475304481671779e-5, -4.7318229009055734e-5, 6.828485145957318e-5,
    2.4031110387097894e-5, -0.0003550375203628475, 0.0009532893797373805, -0.0016882755560235047, 0.002491442096107851,
    -0.003751208507569241, 0.005370914553590064, 1.0052589676941592, 3.0838856104922208,
  ],
  [
    -2.7109920616438573e-11, -2.555641816996525e-10, 1.5076572693500548e-9, -3.789465440126737e-9, 7.61570120807834e-9,
    -1.496002662714924e-8, 2.914795345090108e-8, -6.771199775845234e-8, 2.2900482228026655e-7, -9.9298272942317e-7,
    4.526062597223154e-6, -1.968177810553167e-5, 7.599527703001776e-5, -0.00021503011930044477, -0.00013871931833623122,
    1.0103004648645344, 4.849906401408584,
  ],
] as const;

/** Highest degree first. */
const polynomial = <V>(a: Algebra<V>, x: V, c: readonly number[]): V =>
  c.slice(1).reduce((sum: V, term) => a.add(a.mul(sum, x), term), a.value(c[0] as number));

/** `l` is log(1 − x²). Few results lie far out. */
function single<V>(a: Algebra<V>, x: V, l: V): V {
  const [near, far] = SINGLE;
  const rare = polynomial(a, a.sub(a.sqrt(a.neg(l)), 3), far);
  return a.mul(x, a.selectRare(a.le(l, -5), rare, polynomial(a, a.sub(-2.5, l), near)));
}

function double<V>(a: Algebra<V>, x: V): V {
  const [near, middle, far] = DOUBLE;
  const l = float64.log(a, a.mul(a.sub(1, x), a.add(1, x)));
  const isFar = a.le(l, -16);
  const root = a.sub(a.sqrt(a.neg(l)), a.select(isFar, 5, 3.25));
  // One polynomial for both: the shorter one begins with zeros.
  const longer = middle.map((c, i) => a.select(isFar, far[i - middle.length + far.length] ?? 0, c));
  const [first, ...others] = longer as [V, ...V[]];
  const rare = others.reduce((sum: V, c) => a.add(a.mul(sum, root), c), first);
  return a.mul(x, a.selectRare(a.le(l, -6.25), rare, polynomial(a, a.sub(-3.125, l), near)));
}

/** For |x| < 1; what else it gives is of no use. */
export const erfInvInside: Expansion = (a, x) =>
  a.dtype === "float64" ? double(a, x) : single(a, x, logBelow(a, a.mul(x, x)));

/** With 1 − x² rounded once, which is nearer to the true values than JAX's far out. */
const insideFast: Expansion = (a, x) => single(a, x, logNormal(a, a.sub(1, a.mul(x, x))));

/** NaN for |x| > 1, ±∞ for ±1. */
const everywhere =
  (inside: Expansion): Expansion =>
  (a, x) => {
    const size = a.abs(x);
    const outside = a.select(a.eq(size, 1), a.mul(x, Infinity), NaN);
    return a.select(a.lt(size, 1), inside(a, x), outside);
  };

export const erfInv = everywhere(erfInvInside);

/** For float32 under fastMath. */
export const fast = { erfInv: everywhere(insideFast), erfInvInside: insideFast } as const;
