/**
 * The promise: the same bits for any batch size, number of devices, way of sharing and order of completion, equal to
 * those of one point after the other. Random models over random spaces; fast-check prints the seed of a failure.
 */

import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { defaultTarget } from "../../src/device/table.ts";
import {
  DataAxis,
  GridAxis,
  LogGridAxis,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  random,
  SequentialExecution,
  Space,
  setHostDeviceCount,
  UniformAxis,
} from "../../src/index.ts";

setHostDeviceCount(2);

type Tree = { readonly a: NdArray; readonly b: NdArray; readonly k: NdArray };
type Step = (x: NdArray, s: Tree) => NdArray;

/** Elementwise, reductions, loops of fixed and of data-dependent length, branches, gathers, random draws. */
const steps: { readonly [name: string]: Step } = {
  add: (x, s) => x.add(s.a),
  scale: (x, s) => x.mul(s.b),
  divide: (x, s) => x.div(s.a),
  exp: (x) => x.neg().exp(),
  sine: (x) => x.sin(),
  clip: (x) => x.clip(-10, 10),
  log: (x) => x.abs().add(1e-3).log(),
  pow: (x, s) => x.abs().add(0.1).pow(s.b),
  where: (x, s) => np.where(x.greater(s.a), x, s.b),
  vector: (x, s) => np.stack([x, s.a, s.b]).mul(x).sum(),
  table: (x, s) => x.add(np.asarray([0.5, 1.5, 2.5, 3.5]).at(s.k)),
  loop: (x, s) => lax.foriLoop(0, 7, (i, y: NdArray) => y.mul(0.9).add(s.a.mul(i)), x),
  scan: (x, s) => lax.scan((y: NdArray, t: NdArray) => [y.add(t.mul(s.b)), y.square()], x, np.arange(5))[1].sum(),
  lengths: (x, s) =>
    lax.whileLoop(
      (y: NdArray) => y.less(s.k.add(2)),
      (y: NdArray) => y.add(0.7),
      x.clip(-3, 3),
    ),
  branch: (x, s) =>
    lax.cond(
      s.k.greater(1),
      (y: NdArray) => y.mul(2),
      (y: NdArray) => y.sub(1),
      x,
    ),
  draw: (x, s) => x.add(random.normal(random.foldIn(random.key(1), s.k), [])),
};

const models = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 5 }).map((names) => ({
  names,
  model: (s: Tree) => {
    const value = names.reduce((x, name) => (steps[name] as Step)(x, s), s.a);
    return { value, pair: np.stack([value, s.b]), whole: value.greater(0) };
  },
}));

const spaces = fc
  .record({
    n: fc.integer({ min: 1, max: 9 }),
    m: fc.integer({ min: 1, max: 7 }),
    data: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
    cut: fc.integer({ min: 0, max: 5 }),
    step: fc.constantFrom(1, 2, -1),
  })
  .map(({ n, m, data, cut, step }) => ({
    sizes: [n, m, data.length],
    space: new Space(
      { a: new UniformAxis(-2, 2, n), b: new LogGridAxis(0.1, 3, m), k: new DataAxis(Int32Array.from(data)) },
      { mode: "product" },
    ).slice(step > 0 ? cut : undefined, undefined, step),
  }));

const settings = fc.record({
  nVmap: fc.constantFrom<number | "auto">(1, 2, 3, 5, 8, 64, "auto"),
  nPmap: fc.constantFrom(1, 2),
  sharedMemory: fc.boolean(),
  target: fc.constantFrom(defaultTarget(), defaultTarget(), "wasm" as const, "interpreter" as const),
  dtype: fc.constantFrom("float32" as const, "float32" as const, "float64" as const),
});

const used: Disposable[] = [];
afterAll(() => {
  for (const executor of used) executor[Symbol.dispose]();
});

/** As integers, with one NaN: its payload is not promised. */
const bits = (column: ArrayLike<number>): string[] => Array.from(column, (x) => (Object.is(x, -0) ? "-0" : String(x)));

test("any way to run gives the same bits as one point after the other", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      models,
      spaces,
      fc.array(settings, { minLength: 3, maxLength: 3 }),
      async ({ model }, { space }, ways) => {
        for (const { dtype, ...way } of ways) {
          const parallel = new ParallelExecution(model as never, space, { dtype, ...way });
          used.push(parallel);
          const expected = await new SequentialExecution(model as never, space, { dtype }).run();
          const got = await parallel.run();
          const [a, b] = [expected.toColumns(), got.toColumns()];
          expect(Object.keys(b)).toEqual(Object.keys(a));
          for (const name of Object.keys(a)) expect(bits(b[name]!), name).toEqual(bits(a[name]!));
          expect(got.status).toEqual(expected.status);
        }
      },
    ),
    { seed: 20_260, numRuns: 40 },
  );
});

test("every batch size and every number of devices, on one model", async () => {
  const space = new Space({ a: new GridAxis(-1, 1, 31), b: new UniformAxis(0.2, 2, 31), k: new GridAxis(0, 3, 31) });
  const model = (s: Tree) => {
    const path = lax.scan((x: NdArray, t: NdArray) => [x.mul(s.b).add(t.mul(0.01).sin()), x], s.a, np.arange(20));
    return {
      end: path[0],
      path: path[1],
      steps: lax.whileLoop(
        (x: NdArray) => x.less(s.k),
        (x: NdArray) => x.add(0.3),
        s.a,
      ),
    };
  };
  const expected = (await new SequentialExecution(model as never, space).run()).stacked;
  for (const nVmap of [1, 2, 3, 5, 8, 64, "auto"] as const) {
    for (const nPmap of [1, 2]) {
      for (const sharedMemory of [true, false]) {
        using executor = new ParallelExecution(model as never, space, { nVmap, nPmap, sharedMemory });
        expect((await executor.run()).stacked).toEqual(expected);
      }
    }
  }
});
