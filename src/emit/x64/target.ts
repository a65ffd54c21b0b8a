/** What the lowering must know of x86-64 with AVX2. */

import type { Target } from "../../kernel/target.ts";
import { nativeOps } from "./ops.ts";

export const x64Target: Target = { name: "x64", lanes: 8, registers: 16, native: nativeOps };
