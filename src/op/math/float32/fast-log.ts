/**
 * Shorter logarithms for float32 under fastMath, where products are fused into sums. What they give up: arguments of log
 * below 2^-126 count as 2^-127 and more, and log1p(-0) is 0.
 */

import type { Algebra } from "../algebra.ts";
import { logEdges } from "../fields.ts";
import { octaves, rest } from "./log.ts";

/** Of e·2^23: the product is exact until the sum is rounded, so that one piece does. */
const LN2 = Math.LN2 / 2 ** 23;

/** log x for normal positive x. */
export function logNormal<V>(a: Algebra<V>, x: V): V {
  const { field, f } = octaves(a, x);
  return a.add(a.mul(a.convert(field, "float32"), LN2), a.sub(f, rest(a, f)));
}

export const log = <V>(a: Algebra<V>, x: V): V => logEdges(a, x, logNormal(a, x));

/** log of the rounded 1 + x, with what the sum lost put back. */
export function log1p<V>(a: Algebra<V>, x: V): V {
  const u = a.add(1, x);
  const most = a.sub(u, 1);
  const lost = a.add(a.sub(1, a.sub(u, most)), a.sub(x, most));
  const { field, f } = octaves(a, u);
  const y = a.add(a.mul(a.convert(field, "float32"), LN2), a.sub(f, a.sub(rest(a, f), a.div(lost, u))));
  return logEdges(a, u, y);
}
