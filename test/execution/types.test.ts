/** Types follow the state through the model to the results. Checked by the compiler; running them proves nothing. */

import { expectTypeOf, test } from "vitest";
import {
  DataAxis,
  defineExploration,
  GridAxis,
  GridSpace,
  type HistogramValue,
  jit,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  type Results,
  SequentialExecution,
  Space,
  type TypedArray,
  vmap,
} from "../../src/index.ts";

const space = new Space({
  G: new GridAxis(0, 1, 2),
  nodes: new DataAxis([
    [1, 2],
    [3, 4],
  ]),
  steps: 100,
  label: "x",
  deep: { tau: new Parameter("tau", 10) },
});

test("a model sees arrays for parameters and axes, and all else as it is", () => {
  new ParallelExecution((state) => {
    expectTypeOf(state).toEqualTypeOf<{
      G: NdArray;
      nodes: NdArray;
      steps: number;
      label: string;
      deep: { tau: NdArray };
    }>();
    return state.G;
  }, space);
});

test("arguments that are arrays arrive as arrays, all else as it is", () => {
  new ParallelExecution(
    (_, weights, mode, { gain, name }) => {
      expectTypeOf(weights).toEqualTypeOf<{ table: NdArray }>();
      expectTypeOf(mode).toEqualTypeOf<"fast">();
      expectTypeOf(gain).toEqualTypeOf<NdArray>();
      expectTypeOf(name).toEqualTypeOf<string>();
      return gain;
    },
    space,
    { args: [{ table: new Float32Array(3) }, "fast"], kwargs: { gain: [1, 2], name: "x" } },
  );
});

test("the results of a point are numbers under the model's names", () => {
  const executor = new ParallelExecution(({ G }) => ({ peak: G.max(), pair: [G, 1] as const, found: true }), space);
  const results = null as unknown as Awaited<ReturnType<typeof executor.run>>;
  const use = () => {
    expectTypeOf(results.at(0)).toEqualTypeOf<{ peak: number; pair: [number, number]; found: boolean }>();
    expectTypeOf(results.at(0).peak).toBeNumber();
    expectTypeOf(results.stacked.peak).toEqualTypeOf<TypedArray>();
    expectTypeOf(results.slice(1).at(0).pair[0]).toBeNumber();
    expectTypeOf(results.at<{ peak: NdArray }>(0).peak).toEqualTypeOf<NdArray>();
    const any: Results = results;
    expectTypeOf(any.at(0)).toBeUnknown();
    expectTypeOf([...results]).items.toHaveProperty("peak");
  };
  expectTypeOf(use).toBeFunction();
});

test("a model may be declared apart from its space", () => {
  const simulate = (state: { param1: NdArray; param2: NdArray }): NdArray => state.param1.mul(state.param2);
  const state = {
    param1: new Parameter("param1", 0.0, { low: 0.0, high: 1.0, free: true }),
    param2: new Parameter("param2", 0.0, { low: -1.0, high: 1.0, free: true }),
  };
  const grid = new GridSpace(state, { n: 10 });
  const results = () => new SequentialExecution(simulate, grid).run();
  expectTypeOf(results).returns.resolves.toEqualTypeOf<Results<number, TypedArray>>();
  expectTypeOf(defineExploration({ model: simulate, space: grid }).model)
    .parameter(0)
    .toExtend<{ param1: NdArray }>();
});

test("transformed functions keep their arguments and give arrays", () => {
  expectTypeOf(jit((x: NdArray, n: number) => ({ a: x.mul(n), n }))).toEqualTypeOf<
    (x: NdArray, n: number) => { a: NdArray; n: NdArray }
  >();
  expectTypeOf(vmap((x: NdArray) => [x, np.zeros([2])])).returns.toEqualTypeOf<NdArray[]>();
});

test("what a run is reduced to is known by result and reduction", () => {
  const executor = new ParallelExecution(({ G }) => ({ peak: G.max() }), space);
  const custom = { init: () => 0, update: (n: unknown) => (n as number) + 1, name: "seen" } as const;
  const run = () =>
    executor.run({
      reduce: {
        peak: ["mean", { kind: "quantiles", q: [0.5] }, { kind: "std", name: "spread" }, custom],
        G: "histogram",
      },
    });
  type Point = Awaited<ReturnType<typeof run>> extends Results<infer T, unknown> ? T : never;
  expectTypeOf<Point["peak"]>().toEqualTypeOf<{ mean: number; quantiles: NdArray; spread: number; seen: number }>();
  expectTypeOf<Point["G"]>().toEqualTypeOf<{ histogram: HistogramValue }>();
});
