import { describe, expect, it } from "vitest";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { backends } from "../helpers/backends.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";
import { kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";

const COUNT = 7;
const PROGRAMS = 15;

for (const backend of backends) {
  const { target } = backend;
  describe.skipIf(!backend.canRun)(
    `lowered and run on ${target.name}, random programs give the interpreter's bits`,
    () => {
      for (const { groups, unrolled } of [
        { groups: 1, unrolled: 32 },
        { groups: 2, unrolled: 4 },
        { groups: 3, unrolled: 1 },
      ]) {
        it(`with ${groups} groups and arrays above ${unrolled} in memory`, () => {
          for (let seed = 0; seed < PROGRAMS; seed++) {
            const program = randomProgram(seed);
            const points = Array.from({ length: COUNT }, (_, p) => randomInputs(program, seed, p));
            const kernel = kernelOf(program, { groups, unrolled }, target);
            verifyKernel(kernel);
            expect(runKernel(backend, program, kernel, points), `seed ${seed}`).toEqual(
              runInterpreter(program, points),
            );
          }
        });
      }
    },
  );
}
