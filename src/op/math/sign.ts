/** -1, 0 or 1; a zero keeps its sign, NaN stays NaN. */

import type { Algebra } from "./algebra.ts";

export function sign<V>(a: Algebra<V>, x: V): V {
  const positive = a.select(a.lt(0, x), 1, x);
  return a.dtype === "uint32" ? positive : a.select(a.lt(x, 0), -1, positive);
}
