/** Arguments of trigonometric functions as quarter turns and a rest: x = n·π/2 + r, for float32 x ≥ 0. */

import type { Algebra } from "../algebra.ts";

export interface Quarters<V> {
  /** float32, |r| ≤ π/4 but for rounding. */
  readonly r: V;
  /** int32; its last two bits are right. */
  readonly n: V;
}

/** From here on π/2 in three pieces no longer does. */
export const LARGE = 2 ** 28;

/** π/2 in pieces of 25 bits: their products with n are exact. */
const PIECES = [1.5707963109016418, 1.5893254712295857e-8, 6.123233995736766e-17] as const;

/** W. J. Cody and W. Waite's reduction, in float64, for x < 2^28. */
export function reduceUsual<V>(a: Algebra<V>, x: V): Quarters<V> {
  const wide = a.as("float64");
  const whole = a.convert(x, "float64");
  const n = wide.round(wide.mul(whole, 2 / Math.PI));
  const rest = PIECES.reduce((r: V, piece) => wide.sub(r, wide.mul(n, piece)), whole);
  return { r: a.convert(rest, "float32"), n: a.convert(n, "int32") };
}

/** Ends of the first three ranges of exponents. */
const RANGES = [2 ** 53, 2 ** 78, 2 ** 103] as const;

/** Per range: x times this is a whole number c of 24 bits below 2^48. */
const SCALES = [2 ** -5, 2 ** -30, 2 ** -55, 2 ** -80] as const;

/**
 * Per piece and range, the 2/π of x = c / scale, modulo 4: 110 bits after the point, in pieces of 28 bits, whose
 * products with c are exact (M. Payne and R. Hanek, "Radian reduction for trigonometric functions", 1983).
 */
const TURNS = [
  [0.3718327134847641, 3.5764315873384476, 2.582001894712448, 3.3430474400520325],
  [2.277838861974857e-9, 2.4438471801779826e-9, 1.022361073577116e-8, 1.2308876917721534e-8],
  [1.7321170919051984e-17, 2.7131587784646474e-17, 3.3766211985622503e-17, 4.6977632604541285e-17],
  [1.881988712555514e-25, 1.7913092747598751e-25, 1.5927163845430833e-25, 1.9472322703161142e-25],
] as const;

/** For finite x ≥ 2^28; NaN otherwise. */
export function reduceLarge<V>(a: Algebra<V>, x: V): Quarters<V> {
  const wide = a.as("float64");
  const below = RANGES.map((end) => a.lt(x, end)) as [V, V, V];
  const pick = (of: readonly number[]): V =>
    below.reduceRight(
      (later: V, inside, i) => wide.select(inside, of[i] as number, later),
      wide.value(of[3] as number),
    );
  const c = wide.mul(a.convert(x, "float64"), pick(SCALES));
  const [first, second, third, fourth] = TURNS.map((piece) => wide.mul(c, pick(piece))) as [V, V, V, V];
  const withinTurn = (y: V): V => wide.sub(y, wide.mul(wide.round(wide.mul(y, 0.25)), 4));
  const [high, low] = [withinTurn(first), withinTurn(second)];
  const n = wide.round(wide.add(high, low));
  const part = wide.add(wide.add(wide.sub(high, n), low), wide.add(third, fourth));
  return { r: a.convert(wide.mul(part, Math.PI / 2), "float32"), n: a.convert(n, "int32") };
}
