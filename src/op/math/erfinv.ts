/** Inverse error function, of both float dtypes. */

import type { Algebra } from "./algebra.ts";

export const erfInv = <V>(a: Algebra<V>, x: V): V => a.mul(x, 0.886226925452758);
