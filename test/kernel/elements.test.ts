/** Few points of large arrays: lanes are elements, and nothing else changes. */

import { describe, expect, test } from "vitest";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { lax, type NdArray, np } from "../../src/index.ts";
import { buildKernel } from "../../src/kernel/build.ts";
import type { Statement } from "../../src/kernel/kernel.ts";
import { blocksOf, isWide } from "../../src/kernel/statement.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import type { Input } from "../../src/program/program.ts";
import { backends } from "../helpers/backends.ts";
import { kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";

const N = 76;
const wave = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * step) * 2);
const table = wave(N * N, 7.13);
const start = np.asarray(wave(N, 1.7));
const link = Int32Array.from({ length: N }, (_, i) => (i * 31 + 4) % N);

type Model = (gain: NdArray, shared: NdArray) => unknown;

/** Steps of a network: each is given its state, the point's gain and the shared matrix. */
const steps: { readonly [name: string]: (x: NdArray, gain: NdArray, shared: NdArray, t: NdArray) => NdArray } = {
  "an expression": (x, gain) => np.tanh(x.mul(gain)).sub(x.mul(0.1)),
  "a mean field": (x, gain) => np.tanh(x.add(x.mean()).mul(gain)),
  "a product with a constant matrix": (x, gain) => np.asarray(table).reshape([N, N]).matmul(x).mul(gain).tanh(),
  "a product with a shared matrix": (x, gain, shared) => shared.matmul(x).mul(gain).tanh(),
  "a product with a transposed matrix": (x, gain, shared) => shared.T.matmul(x).mul(gain).tanh(),
  "a product with what is made of a shared matrix": (x, gain, shared) =>
    shared.div(shared.abs().sum()).matmul(x).mul(gain).sin(),
  "a product with what is made for the point": (x, gain, shared) => shared.mul(gain).matmul(x).tanh(),
  "a product of matrices": (x, gain, shared) =>
    shared
      .matmul(shared.mul(gain).matmul(x.expandDims(1).mul(np.arange(2))))
      .sum(1)
      .tanh(),
  "sums over pairs": (x, gain, shared) =>
    shared
      .mul(x.expandDims(0).sub(x.expandDims(1)).sin())
      .sum(1)
      .mul(gain)
      .tanh(),
  "the largest of each row": (x, gain, shared) => shared.mul(x).max(1).mul(gain).tanh(),
  "elements chosen by a table": (x, gain) =>
    x
      .take(link)
      .mul(gain)
      .sub(x.take(N - 1))
      .tanh(),
  "elements chosen by the state": (x, gain) => x.take(x.mul(20).astype("int32").abs()).mul(gain).add(x).tanh(),
  "a rare argument": (x, gain, _, t) => np.where(np.arange(N).equal(t), x.mul(1e20), x).mul(gain).sin(),
  "numbers of elements": (x, gain) => np.arange(N).astype("float32").mul(x).mul(gain).sin(),
  masks: (x, gain) =>
    np
      .where(np.roll(x.greater(0), 3), x.mul(gain), x.neg())
      .add(x.less(0.5).astype("float32"))
      .sin(),
  "sums over links": (x, gain) => np.segmentSum(x.take(link).mul(0.5), Int32Array.from(link), N).mul(gain).tanh(),
  "running sums": (x, gain) => np.cumsum(x).mul(gain).sin(),
  "two ways": (x, gain, shared, t) =>
    lax.cond(
      t.less(2),
      (y: NdArray) => shared.matmul(y).tanh(),
      (y: NdArray) => y.mul(gain),
      x,
    ) as NdArray,
};

type Step = (typeof steps)[string];

const loopOf =
  (step: Step): Model =>
  (gain, shared) =>
    lax.foriLoop(0, 4, (t: NdArray, x: NdArray) => step(x, gain, shared, t), start);

const modelOf = (name: string): Model => loopOf(steps[name] as Step);

const inputs: readonly Input[] = [
  { name: "gain", role: "point", type: { dtype: "float32", shape: [] } },
  { name: "shared", role: "shared", type: { dtype: "float32", shape: [N, N] } },
];

const programOf = (model: Model) =>
  traceModel(inputs, ([gain, shared]) => model(gain as NdArray, shared as NdArray), { dtype: "float32" }).program;

const points = [0.3, 1.1, 2.7].map((gain): Value[] => [
  { dtype: "float32", shape: [], data: Float32Array.of(gain) },
  { dtype: "float32", shape: [N, N], data: table },
]);

const wides = (block: readonly Statement[]): number =>
  block.reduce((n, s) => {
    const own = (s.kind === "load" || s.kind === "store" || s.kind === "gather") && (s.kind === "gather" || isWide(s));
    return n + Number(own) + blocksOf(s).reduce((m, inner) => m + wides(inner), 0);
  }, 0);

describe.each(backends.filter(({ canRun }) => canRun))("one point at a time on $target.name", (backend) => {
  test.each(Object.keys(steps))("%s: the interpreter's bits, with elements in the lanes", (name) => {
    const program = programOf(modelOf(name));
    const kernel = buildKernel(program, backend.target, { points: 1 });
    verifyKernel(kernel);
    expect(kernel.across).toBe("elements");
    expect(wides(kernel.body)).toBeGreaterThan(0);
    expect(runKernel(backend, program, kernel, points)).toEqual(runInterpreter(program, points));
  });

  test("rows that are stepped over are read where they are", () => {
    const half: Step = (x, gain, shared) => {
      const y = shared.slice({ start: 1, step: 2 }).matmul(x).mul(gain).tanh();
      return np.concatenate([y, y]);
    };
    const program = programOf(loopOf(half));
    const kernel = kernelOf(program, { groups: 2, unrolled: 15, across: "elements" }, backend.target);
    expect(runKernel(backend, program, kernel, points)).toEqual(runInterpreter(program, points));
  });

  test("a product is no gather: its matrix is copied in another order, once", () => {
    for (const name of ["a product with a constant matrix", "a product with a shared matrix"]) {
      const kernel = buildKernel(programOf(modelOf(name)), backend.target, { points: 1 });
      const gathers = (block: readonly Statement[]): number =>
        block.reduce((n, s) => n + Number(s.kind === "gather") + blocksOf(s).reduce((m, b) => m + gathers(b), 0), 0);
      expect(gathers(kernel.body), name).toBe(0);
    }
  });
});

describe("lanes are points", () => {
  const [{ target }] = backends as readonly [(typeof backends)[number]];
  const across = (model: Model, count: number) => buildKernel(programOf(model), target, { points: count }).across;

  test("as soon as points fill them", () => {
    expect(across(modelOf("an expression"), target.lanes - 1)).toBe("elements");
    expect(across(modelOf("an expression"), target.lanes)).toBeUndefined();
  });

  test("where arrays are small", () => {
    expect(
      across(
        (gain) =>
          np
            .ones([4 * target.lanes - 1])
            .mul(gain)
            .sin(),
        1,
      ),
    ).toBeUndefined();
    expect(
      across(
        (gain) =>
          np
            .ones([4 * target.lanes])
            .mul(gain)
            .sin(),
        1,
      ),
    ).toBe("elements");
  });

  test("where most of the work goes from element to element", () => {
    const sums: Model = (gain) =>
      lax.foriLoop(0, 9, (_, x: NdArray) => x.add(np.cumsum(start.mul(x)).sum().mul(1e-3)), gain);
    expect(across(sums, target.lanes - 1)).toBeUndefined();
  });
});
