/**
 * Division with remainder. quotient and remainder round towards zero, floorDivide and mod down.
 *
 * Integers divide in float64: two numbers of 32 bits have a quotient that is an integer or at least 2^-32 away from
 * one, so rounding never crosses. Nothing traps: over 0 the quotient has all bits set and the remainder is x.
 */

import { isFloat } from "../../base/dtype.ts";
import type { Algebra } from "./algebra.ts";
import { twoProduct } from "./double.ts";

/** The rounded quotient; the most negative number over −1 wraps to itself. */
function divide<V>(a: Algebra<V>, x: V, y: V, rounding: "floor" | "trunc"): V {
  const wide = a.as("float64");
  const ratio = wide.div(a.convert(x, "float64"), a.convert(y, "float64"));
  // Conversion truncates.
  const q = a.convert(rounding === "floor" && a.dtype === "int32" ? wide.floor(ratio) : ratio, a.dtype);
  if (a.dtype === "uint32") return a.select(a.eq(y, 0), 2 ** 32 - 1, q);
  return a.select(a.eq(y, 0), -1, a.select(a.eq(y, -1), a.neg(x), q));
}

export const quotient = <V>(a: Algebra<V>, x: V, y: V): V => divide(a, x, y, "trunc");

export const remainder = <V>(a: Algebra<V>, x: V, y: V): V => a.sub(x, a.mul(quotient(a, x, y), y));

/** x − trunc(x/y)·y with the sign of x or, where x/y was rounded up to an integer, a little beyond 0. */
function rest<V>(a: Algebra<V>, x: V, y: V, q: V): V {
  if (a.dtype === "float32") {
    // In float64, with q in two parts that make exact products.
    const wide = a.as("float64");
    const divisor = a.convert(y, "float64");
    const high = wide.mul(wide.trunc(wide.mul(q, 2 ** -26)), 2 ** 26);
    const first = wide.sub(a.convert(x, "float64"), wide.mul(high, divisor));
    return a.convert(wide.sub(first, wide.mul(wide.sub(q, high), divisor)), "float32");
  }
  // Halfway between the ends of the range, so that the exact product neither overflows nor loses digits.
  const large = a.lt(1, a.abs(x));
  const factor = a.select(large, 2 ** -100, 2 ** 200);
  const [product, low] = twoProduct(a, q, a.mul(y, factor));
  const scaled = a.sub(a.sub(a.mul(x, factor), product), low);
  return a.mul(scaled, a.select(large, 2 ** 100, 2 ** -200));
}

/** floorDivide and mod of floats, as NumPy has them. */
function floatDivide<V>(a: Algebra<V>, x: V, y: V): { q: V; r: V } {
  const wide = a.as("float64");
  const single = a.dtype === "float32";
  const ratio = single ? wide.div(a.convert(x, "float64"), a.convert(y, "float64")) : a.div(x, y);
  const whole = wide.trunc(ratio);
  // Smaller numbers than y are their own remainder, of infinite y too. Past 2^53 the quotient has lost its last digit.
  const inside = a.select(wide.lt(wide.abs(ratio), 2 ** 53), rest(a, x, y, whole), NaN);
  const r = a.select(a.lt(a.abs(x), a.abs(y)), x, inside);
  const crosses = a.and(a.ne(r, 0), a.xor(a.lt(r, 0), a.lt(y, 0)));
  const down = wide.select(crosses, wide.sub(whole, 1), whole);
  const q = single ? a.convert(down, "float32") : down;
  // r is NaN beside NaN and infinities, where there is no sign to compare.
  return { q, r: a.select(crosses, a.add(r, y), r) };
}

/** Integers: rounded down. Floats: NumPy's floor_divide; x/0 is infinite, and of an infinite x it is NaN. */
export function floorDivide<V>(a: Algebra<V>, x: V, y: V): V {
  if (!isFloat(a.dtype)) return divide(a, x, y, "floor");
  const { q } = floatDivide(a, x, y);
  return a.select(a.or(a.eq(y, 0), a.lt(a.abs(x), Infinity)), q, NaN);
}

/**
 * x − floorDivide(x, y)·y, with the sign of y. Floats: NumPy's mod, exact for |x/y| < 2^53 and NaN beyond, where the
 * distance of neighbouring x may be larger than y.
 */
export function mod<V>(a: Algebra<V>, x: V, y: V): V {
  if (!isFloat(a.dtype)) return a.sub(x, a.mul(divide(a, x, y, "floor"), y));
  const { r } = floatDivide(a, x, y);
  return a.select(a.eq(r, 0), a.select(a.lt(y, 0), -0, 0), r);
}
