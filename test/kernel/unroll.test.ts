/** Arrays that would unroll into more code than the processor keeps at hand become loops. */

import { expect, it } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { traceModel } from "../../src/array/trace.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { np, random } from "../../src/index.ts";
import { buildKernel } from "../../src/kernel/build.ts";
import type { Statement } from "../../src/kernel/kernel.ts";
import { blocksOf } from "../../src/kernel/statement.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import type { Program } from "../../src/program/program.ts";
import { runInterpreter, runWasm } from "../helpers/run-kernel.ts";

const longest = (block: readonly Statement[]): number =>
  Math.max(block.length, ...block.flatMap(blocksOf).map(longest));
const loops = (block: readonly Statement[]): number =>
  block.reduce((n, s) => n + Number(s.kind === "loop") + blocksOf(s).reduce((m, inner) => m + loops(inner), 0), 0);

const traced = (model: (x: NdArray) => unknown, size: number): Program =>
  traceModel([{ name: "x", role: "point", type: { dtype: "uint32", shape: [size] } }], ([x]) => model(x as NdArray), {
    dtype: "float32",
  }).program;

it.each(["threefry", "philox"] as const)("32 normal numbers of %s, with the same bits", (impl) => {
  const program = traced((key) => random.normal(key, 32), impl === "philox" ? 4 : 2);
  const kernel = buildKernel(program, wasmTarget);
  verifyKernel(kernel);
  expect(loops(kernel.body)).toBeGreaterThan(0);
  expect(longest(kernel.body)).toBeLessThan(1200);
  const points = [1, 2, 3].map((p) => [random.key(p, { impl }).value!]);
  expect(runWasm(program, kernel, points)).toEqual(runInterpreter(program, points));
});

it("32 roots are few statements, and code that is long without arrays cannot be shorter: both stay unrolled", () => {
  const short = traced((x) => x.add(1).astype("float32").sqrt(), 32);
  expect(loops(buildKernel(short, wasmTarget).body)).toBe(0);
  const chain = (x: NdArray): NdArray => Array.from({ length: 60 }).reduce<NdArray>((y) => np.exp(y).sub(1), x);
  const long = buildKernel(
    traced((x) => np.stack([chain(x.at(0).astype("float32")), x.at(1)]), 32),
    wasmTarget,
  );
  expect(loops(long.body)).toBe(0);
});
