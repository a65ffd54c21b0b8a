/** Expressions that a sum alone reads: computed where it reads them, however often they read their own parts. */

import { describe, expect, it } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { lax } from "../../src/index.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { kernelOf, runWasm } from "../helpers/run-kernel.ts";

const N = 40;

/** Compiles a model of one vector, checks its bits at some points, gives its kernel. */
function compiled(model: (x: NdArray) => NdArray, groups = 1): Kernel {
  const type = { dtype: "float32" as const, shape: [N] };
  const { program } = traceModel([{ name: "x", role: "point", type }], ([x]) => model(x as NdArray), {
    dtype: "float32",
  });
  const kernel = kernelOf(program, { groups, unrolled: 32 });
  verifyKernel(kernel);
  const points = [0, 1, 2, 3, 4].map((p): Value[] => [
    { ...type, data: Float32Array.from({ length: N }, (_, i) => Math.sin(i * (p + 1)) * 3) },
  ]);
  const [column] = runWasm(program, kernel, points);
  const expected = points.flatMap((point) => Array.from(interpret(program, point)[0]?.data ?? []));
  expect(Array.from(column ?? [])).toEqual(expected);
  return kernel;
}

const pairs = (x: NdArray): NdArray => np.sub(x.expandDims(0), x.expandDims(1));
const stored = (kernel: Kernel): number[] =>
  kernel.buffers.filter(({ kind }) => kind === "scratch").map(({ elements }) => elements);

describe("what a sum alone reads", () => {
  it.each(["sin", "tanh", "exp"] as const)("is not stored: %s of all pairs", (f) => {
    expect(stored(compiled((x) => pairs(x)[f]().mean(1)))).not.toContain(N * N);
  });

  it("is stored when two sums read it", () => {
    const kernel = compiled((x) => {
      const d = pairs(x);
      return d.mul(d).sum(1).add(np.exp(d.neg()).add(d).sum(1));
    }, 2);
    expect(stored(kernel).filter((n) => n === N * N)).toHaveLength(1);
  });

  it("is written once, not once for each of the terms that are summed side by side", () => {
    const divisions = (kernel: Kernel): number => JSON.stringify(kernel.body).split('"op":"div"').length - 1;
    expect(divisions(compiled((x) => pairs(x).tanh().sum(1)))).toBeLessThan(4);
  });

  it("is planned in no time when every part reads the one before twice", () => {
    const began = performance.now();
    compiled((x) => {
      let y = pairs(x).mul(0.1);
      for (let i = 0; i < 60; i++) y = y.mul(y).add(y.mul(0.5));
      return lax.foriLoop(0, 2, (_, c: NdArray) => c.mul(0.5).add(y.add(c.at(0)).sum(1)), x);
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
