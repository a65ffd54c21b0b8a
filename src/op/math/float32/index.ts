/** Elementary functions of float32, by name: ≤ 2 units in the last place for exp log sin cos, ≤ 4 for the rest. */

import type { Expansion } from "../expansion.ts";
import { cosh, exp, exp2, expm1, sigmoid, sinh, tanh } from "./exp.ts";
import { log, log1p, log2, log10, softplus } from "./log.ts";
import { cos, sin, tan } from "./trig.ts";

export const float32 = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  sinh,
  cosh,
  tanh,
  sigmoid,
  softplus,
} satisfies { readonly [name: string]: Expansion };
