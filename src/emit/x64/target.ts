/** What the lowering must know of x86-64 with AVX2. */

import type { Target } from "../../kernel/target.ts";
import { nativeOps } from "./ops.ts";

export const x64Target: Target = {
  name: "x64",
  lanes: 8,
  interleave: {
    short: { statements: 64, alive: 60, carried: 10, fused: 12 },
    width: 4.5,
    long: [
      { most: 18, groups: 6 },
      { most: 20, groups: 4 },
      { most: 24, groups: 3 },
      { most: Number.POSITIVE_INFINITY, groups: 2 },
    ],
  },
  terms: 4,
  seldomInMemory: false,
  native: nativeOps,
};
