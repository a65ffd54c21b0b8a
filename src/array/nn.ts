/** Functions of neural models: `import { nn } from "lanewise"`. */

import { type Axis, resolveAxes } from "./axes.ts";
import { type ArrayLike, toFloat, toHandle } from "./convert.ts";
import * as math from "./elementwise.ts";
import type { Handle } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { max, type ReduceOptions, sum } from "./reduce.ts";
import { squeeze } from "./reshape.ts";

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: ArrayLike): NdArray => wrap(math.sigmoid(x));
/** log(1 + eˣ), without overflow. */
export const softplus = (x: ArrayLike): NdArray => wrap(math.softplus(x));
/** max(x, 0). */
export const relu = (x: ArrayLike): NdArray => wrap(math.maximum(x, 0));

/** What exponentials are taken relative to, so that none overflows; 0 where nothing is finite. */
function largest(x: Handle, axis: Axis): Handle {
  const top = max(x, axis, { keepdims: true });
  return math.where(math.isfinite(top), top, 0);
}

/** log Σ eˣ over `axis` (default: all), without overflow. */
export function logSumExp(x: ArrayLike, axis?: Axis, { keepdims = false }: ReduceOptions = {}): NdArray {
  const array = toFloat(toHandle("logSumExp", x));
  const top = largest(array, axis);
  const total = sum(math.exp(math.sub(array, top)), axis, { keepdims: true });
  const result = math.add(math.log(total), top);
  return wrap(keepdims ? result : squeeze(result, resolveAxes("logSumExp", axis, array.shape.length)));
}

/** eˣ / Σ eˣ over `axis`. Default: the last. */
export function softmax(x: ArrayLike, axis: Axis = -1): NdArray {
  const array = toFloat(toHandle("softmax", x));
  const weights = math.exp(math.sub(array, largest(array, axis)));
  return wrap(math.div(weights, sum(weights, axis, { keepdims: true })));
}
