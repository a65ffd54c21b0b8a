/** Inverse trigonometric functions, of both float dtypes. */

import type { Algebra } from "./algebra.ts";

export function atan<V>(a: Algebra<V>, x: V): V {
  const half = (y: V): V => a.div(y, a.add(1, a.sqrt(a.add(1, a.mul(y, y)))));
  const y = half(half(half(x)));
  const z = a.mul(y, y);
  return a.mul(8, a.mul(y, a.horner(z, [1, -1 / 3, 1 / 5, -1 / 7, 1 / 9])));
}

export function asin<V>(a: Algebra<V>, x: V): V {
  return atan(a, a.div(x, a.sqrt(a.sub(1, a.mul(x, x)))));
}

export const acos = <V>(a: Algebra<V>, x: V): V => a.sub(Math.PI / 2, asin(a, x));

export const atan2 = <V>(a: Algebra<V>, y: V, x: V): V => atan(a, a.div(y, x));
