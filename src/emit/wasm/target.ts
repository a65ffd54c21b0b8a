/** What the lowering must know of WebAssembly with SIMD. */

import type { Target } from "../../kernel/target.ts";
import { nativeOps } from "./ops.ts";

export const wasmTarget: Target = { name: "wasm", lanes: 4, registers: 16, native: nativeOps };
