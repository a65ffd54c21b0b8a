import { describe, expect, it } from "vitest";
import { x64Target } from "../../src/emit/x64/target.ts";
import { printKernel } from "../../src/kernel/print.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { randomKernel } from "./random-kernel.ts";
import { canRun, compareX64 } from "./x64-native.ts";

/** Phis that stay as they are, and phis that nothing reads in their loop. */
const once: readonly number[] = [2040];

describe.skipIf(!canRun)("random kernels", () => {
  it("give the evaluator's bits as machine code", () => {
    const from = Number(process.env.FUZZ_SEED ?? 0);
    const count = Number(process.env.FUZZ_KERNELS ?? 150);
    const seeds = [...Array.from({ length: count }, (_, i) => from + i), ...once];
    for (const seed of seeds) {
      const kernel = { ...randomKernel(seed), lanes: x64Target.lanes };
      const rng = rngOf(seed + 1);
      const found = compareX64(kernel, (buffer) => rng.pick(edges[buffer.dtype]));
      expect(found.slice(0, 5), `seed ${seed}\n${found.length > 0 ? printKernel(kernel) : ""}`).toEqual([]);
    }
  });
});
