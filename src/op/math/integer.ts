/** Division that rounds towards zero or down, and its remainders. */

import { isFloat } from "../../base/dtype.ts";
import type { Algebra } from "./algebra.ts";

export function quotient<V>(a: Algebra<V>, x: V, y: V): V {
  const wide = a.as("float64");
  const q = wide.div(a.convert(x, "float64"), a.convert(y, "float64"));
  return a.select(a.eq(y, 0), a.dtype === "uint32" ? 4294967295 : -1, a.convert(q, a.dtype));
}

export const remainder = <V>(a: Algebra<V>, x: V, y: V): V => a.sub(x, a.mul(quotient(a, x, y), y));

export function floorDivide<V>(a: Algebra<V>, x: V, y: V): V {
  if (isFloat(a.dtype)) return a.floor(a.div(x, y));
  return a.convert(
    a.as("float64").floor(a.as("float64").div(a.convert(x, "float64"), a.convert(y, "float64"))),
    a.dtype,
  );
}

export const mod = <V>(a: Algebra<V>, x: V, y: V): V => a.sub(x, a.mul(floorDivide(a, x, y), y));
