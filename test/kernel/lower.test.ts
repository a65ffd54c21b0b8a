import { describe, expect, it } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { lower } from "../../src/kernel/lower.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { Builder } from "../../src/program/builder.ts";
import type { Input, Node, Program } from "../../src/program/program.ts";
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
      for (const options of [
        { groups: 1, unrolled: 32 },
        { groups: 2, unrolled: 4 },
        { groups: 3, unrolled: 1 },
        { groups: 1, unrolled: 1, across: "elements" },
        { groups: 2, unrolled: 8, across: "elements" },
      ] as const) {
        const { groups, unrolled, across = "points" } = options;
        it(`with ${groups} groups, lanes across ${across} and arrays above ${unrolled} in memory`, () => {
          for (let seed = 0; seed < PROGRAMS; seed++) {
            const program = randomProgram(seed);
            const points = Array.from({ length: COUNT }, (_, p) => randomInputs(program, seed, p));
            const kernel = kernelOf(program, options, target);
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

/** A switch between values that all points share, which gets a value of each point too. */
function sharedSwitch(): Program {
  const type = { dtype: "float32", shape: [] } as const;
  const index = { dtype: "int32", shape: [] } as const;
  const inputs: Input[] = [
    { name: "index", role: "shared", type: index },
    { name: "x", role: "point", type },
    { name: "y", role: "shared", type },
  ];
  const builder = new Builder(inputs.map((input) => input.type));
  const [at, x, y] = builder.root.parameters as [Node, Node, Node];
  const branches = [0, 1].map((k) => {
    return builder.body([type, type], ([, shared]) => [
      builder.apply("add", [shared!, builder.constant(k, "float32")]),
    ]);
  });
  const chosen = builder.results(builder.control("switch", [at, x, y], branches, {}, [type]));
  return { inputs, outputs: ["chosen"], root: builder.finish(chosen) };
}

it("what reads a value of each point is computed where the points are, though all get the same", () => {
  const program = sharedSwitch();
  const points = [0, 1, 2].map((p): Value[] => [
    { dtype: "int32", shape: [], data: Int32Array.of(1) },
    { dtype: "float32", shape: [], data: Float32Array.of(p) },
    { dtype: "float32", shape: [], data: Float32Array.of(5) },
  ]);
  for (const backend of backends.filter((one) => one.canRun)) {
    const kernel = lower(program, backend.target, { groups: 1 });
    expect(runKernel(backend, program, kernel, points)).toEqual([Float32Array.of(6, 6, 6)]);
  }
});
