/** What the lowering must know of WebAssembly with SIMD. */

import type { Target } from "../../kernel/target.ts";
import { nativeOps } from "./ops.ts";

export const wasmTarget: Target = {
  name: "wasm",
  lanes: 4,
  interleave: {
    short: { statements: 32, alive: 20, carried: Number.POSITIVE_INFINITY, fused: Number.POSITIVE_INFINITY },
    width: 3.5,
    long: [
      { most: 18, groups: 5 },
      { most: 20, groups: 3 },
      { most: 32, groups: 2 },
    ],
  },
  // V8 unrolls by itself and keeps the turns apart. Of terms in one block it does all loads first, and they spill.
  terms: 1,
  seldomInMemory: true,
  native: nativeOps,
};
