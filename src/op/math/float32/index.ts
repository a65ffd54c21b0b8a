/** Elementary functions in 32 bits. */

import { float64 } from "../float64/index.ts";

/** Elementary functions of float32, by name. */
export const float32 = float64;
