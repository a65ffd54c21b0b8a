/** Powers, of integers and floats. */

import { isFloat } from "../../base/dtype.ts";
import type { Algebra } from "./algebra.ts";
import { float64 } from "./float64/index.ts";

export function pow<V>(a: Algebra<V>, x: V, y: V): V {
  if (isFloat(a.dtype)) return float64.exp(a, a.mul(y, float64.log(a, x)));
  let result = a.value(1);
  let base = x;
  for (let bit = 0; bit < 32; bit++) {
    result = a.select(a.ne(a.and(a.shr(y, bit), 1), 0), a.mul(result, base), result);
    base = a.mul(base, base);
  }
  return result;
}
