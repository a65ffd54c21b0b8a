/** Elementary functions in 32 bits. */

import type { Algebra } from "../algebra.ts";
import { float64 } from "../float64/index.ts";

type Name = keyof typeof float64;
type Unary = <V>(a: Algebra<V>, x: V) => V;

/** In 64 bits, rounded. */
const rounded =
  (name: Name): Unary =>
  (a, x) =>
    a.convert(float64[name](a.as("float64"), a.convert(x, "float64")), "float32");

const names = Object.keys(float64) as Name[];

/** Elementary functions of float32, by name. */
export const float32 = Object.fromEntries(names.map((name) => [name, rounded(name)])) as {
  readonly [N in Name]: Unary;
};
