import { describe, expect, it } from "vitest";
import { sizeOf } from "../../src/base/shape.ts";
import { allocateColumns } from "../../src/device/batch.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";
import { kernelOf, runWasm } from "../helpers/run-kernel.ts";

const COUNT = 7;

function reference(program: Program, seed: number) {
  const points = Array.from({ length: COUNT }, (_, p) => randomInputs(program, seed, p));
  const types = program.root.results.map(typeOf);
  const columns = allocateColumns(types, COUNT).data;
  for (const [p, point] of points.entries()) {
    for (const [i, v] of interpret(program, point).entries()) columns[i]!.set(v.data, p * sizeOf(types[i]!.shape));
  }
  return { points, columns: columns.map((c) => Array.from(c)) };
}

describe("lowered and emitted as Wasm, random programs give the interpreter's bits", () => {
  for (const { groups, unrolled } of [
    { groups: 1, unrolled: 32 },
    { groups: 2, unrolled: 4 },
    { groups: 3, unrolled: 1 },
  ]) {
    it(`with ${groups} groups and arrays above ${unrolled} in memory`, () => {
      const from = Number(process.env.FUZZ_SEED ?? 0);
      const count = Number(process.env.FUZZ_PROGRAMS ?? 60);
      for (let seed = from; seed < from + count; seed++) {
        const program = randomProgram(seed);
        const { points, columns } = reference(program, seed);
        const kernel = kernelOf(program, { groups, unrolled });
        verifyKernel(kernel);
        const got = runWasm(program, kernel, points).map((c) => Array.from(c));
        expect(got, `seed ${seed}`).toEqual(columns);
      }
    });
  }
});
