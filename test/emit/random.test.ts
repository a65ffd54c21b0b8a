import { describe, expect, it } from "vitest";
import { printKernel } from "../../src/kernel/print.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { randomKernel } from "./random-kernel.ts";
import { compare } from "./run.ts";

describe("random kernels", () => {
  it("give the evaluator's bits in Wasm", () => {
    const from = Number(process.env.FUZZ_SEED ?? 0);
    const count = Number(process.env.FUZZ_KERNELS ?? 150);
    for (let seed = from; seed < from + count; seed++) {
      const kernel = randomKernel(seed);
      const rng = rngOf(seed + 1);
      const found = compare(kernel, (buffer) => rng.pick(edges[buffer.dtype]));
      expect(found.slice(0, 5), `seed ${seed}\n${found.length > 0 ? printKernel(kernel) : ""}`).toEqual([]);
    }
  });
});
