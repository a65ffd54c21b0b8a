/**
 * Sums and products with their rounding errors, in the operand's own dtype: a value and what it misses.
 * T. J. Dekker, "A floating-point technique for extending the available precision", 1971; the sum of any two is
 * Knuth's, "The Art of Computer Programming", volume 2, section 4.2.2. None of it holds near the largest numbers.
 */

import type { Algebra, Term } from "./algebra.ts";

/** high + low, |low| at most half a unit in the last place of high unless said otherwise. */
export type Double<V> = readonly [high: V, low: V];

/** x + y, exactly. 6 operations. */
export function twoSum<V>(a: Algebra<V>, x: Term<V>, y: Term<V>): Double<V> {
  const sum = a.add(x, y);
  const part = a.sub(sum, x);
  return [sum, a.add(a.sub(x, a.sub(sum, part)), a.sub(y, part))];
}

/** x + y, exactly where |x| ≥ |y| or x = 0. 3 operations. */
export function orderedSum<V>(a: Algebra<V>, x: Term<V>, y: Term<V>): Double<V> {
  const sum = a.add(x, y);
  return [sum, a.sub(y, a.sub(sum, x))];
}

/** Two halves whose products with other halves are exact. 4 operations. */
function split<V>(a: Algebra<V>, x: V): Double<V> {
  const c = a.mul(x, a.dtype === "float64" ? 2 ** 27 + 1 : 2 ** 12 + 1);
  const high = a.sub(c, a.sub(c, x));
  return [high, a.sub(x, high)];
}

/** x · y, exactly. 17 operations. */
export function twoProduct<V>(a: Algebra<V>, x: V, y: V): Double<V> {
  const product = a.mul(x, y);
  const [xh, xl] = split(a, x);
  const [yh, yl] = split(a, y);
  const rest = a.add(a.add(a.sub(a.mul(xh, yh), product), a.mul(xh, yl)), a.mul(xl, yh));
  return [product, a.add(rest, a.mul(xl, yl))];
}

/** The product of two pairs, to about twice the digits of the dtype. 21 operations. */
export function multiply<V>(a: Algebra<V>, x: Double<V>, y: Double<V>): Double<V> {
  const [high, low] = twoProduct(a, x[0], y[0]);
  return [high, a.add(low, a.add(a.mul(x[0], y[1]), a.mul(x[1], y[0])))];
}
