import { describe, expect, it } from "vitest";
import { printKernel } from "../../src/kernel/print.ts";
import { backends } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { randomKernel } from "./random-kernel.ts";

/** Phis that stay as they are, and phis that nothing reads in their loop. */
const once: readonly number[] = [2040];

for (const backend of backends) {
  describe.skipIf(!backend.canRun)(`random kernels on ${backend.target.name}`, () => {
    it("give the evaluator's bits", () => {
      for (const seed of [...Array(150).keys(), ...once]) {
        const kernel = { ...randomKernel(seed), lanes: backend.target.lanes };
        const rng = rngOf(seed + 1);
        const found = compareKernel(backend, kernel, (buffer) => rng.pick(edges[buffer.dtype]));
        expect(found.slice(0, 5), `seed ${seed}\n${found.length > 0 ? printKernel(kernel) : ""}`).toEqual([]);
      }
    });
  });
}
