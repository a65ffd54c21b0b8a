import { afterAll, describe, expect, test } from "vitest";
import { holdDevices, releaseDevices } from "../../src/device/host.ts";
import {
  DataAxis,
  GridAxis,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  random,
  SequentialExecution,
  Space,
  setHostDeviceCount,
  type TypedArray,
  UniformSpace,
} from "../../src/index.ts";

setHostDeviceCount(2);

const used: Disposable[] = [];
afterAll(() => {
  for (const one of used) one[Symbol.dispose]();
});

type State = { readonly beta: NdArray; readonly seed: NdArray; readonly gain: NdArray };

const space = new Space(
  {
    beta: new GridAxis(0.5, 2, 5),
    seed: new DataAxis(Int32Array.from({ length: 24 }, (_, i) => i)),
    gain: new GridAxis(-1, 1, 3),
  },
  { mode: "product" },
);

const model = ({ beta, seed, gain }: State) => {
  const noise = random.normal(random.foldIn(random.key(7), seed), [2]);
  return { level: noise.at(0).mul(beta).add(gain), pair: noise.mul(gain).add(10), count: seed.mod(7) };
};

const parallel = (options = {}, over: Space<unknown> = space as Space<unknown>) => {
  const executor = new ParallelExecution(model as (state: unknown) => ReturnType<typeof model>, over, options);
  used.push(executor);
  return executor;
};

/** What NumPy gives, in plain loops. */
const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0) / x.length;
const variance = (x: ArrayLike<number>, ddof = 0): number => {
  const middle = mean(x);
  return Array.from(x, (v) => (v - middle) ** 2).reduce((a, b) => a + b, 0) / (x.length - ddof);
};
const quantile = (x: ArrayLike<number>, q: number): number => {
  const sorted = Float64Array.from(x).sort();
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
};

const everything = [
  "count",
  "sum",
  "mean",
  "variance",
  { kind: "std", ddof: 1 },
  "min",
  "max",
  { kind: "quantiles", q: [0, 0.1, 0.5, 0.99, 1] },
  { kind: "histogram", bins: 8, low: -1, high: 1 },
  { kind: "histogram", bins: 16, name: "bins" },
] as const;

describe("reductions", () => {
  test("over all points agree with plain loops over the kept results", async () => {
    const kept = await parallel().run();
    const x = kept.stacked.level as Float32Array;
    const { level } = (await parallel().run({ reduce: { level: everything } })).at(0);
    expect(level.count).toBe(360);
    expect(level.sum).toBeCloseTo(mean(x) * 360, 10);
    expect(level.mean).toBeCloseTo(mean(x), 12);
    expect(level.variance).toBeCloseTo(variance(x), 12);
    expect(level.std).toBeCloseTo(Math.sqrt(variance(x, 1)), 12);
    expect([level.min, level.max]).toEqual([Math.min(...x), Math.max(...x)]);
    expect([...level.quantiles.data]).toEqual([0, 0.1, 0.5, 0.99, 1].map((q) => quantile(x, q)));
    const inBin = (low: number, high: number, last: boolean): number =>
      x.filter((v) => v >= low && (v < high || (last && v === high))).length;
    expect([...level.histogram.counts.data]).toEqual(
      Array.from({ length: 8 }, (_, k) => inBin(-1 + k / 4, -1 + (k + 1) / 4, k === 7)),
    );
    expect(level.histogram.outside).toBe(x.filter((v) => v < -1 || v > 1).length);
    const edges = [...level.bins.edges.data].map(Number);
    expect([...level.bins.counts.data]).toEqual(
      Array.from({ length: 16 }, (_, k) => inBin(edges[k]!, edges[k + 1]!, false)),
    );
    expect(Array.from(level.bins.counts.data, Number).reduce((a, b) => a + b, 0)).toBe(360);
    expect(Math.log2(edges[1]! - edges[0]!) % 1).toBe(0);
    expect(edges.at(-1)! - edges[0]!).toBeLessThanOrEqual(4 * (Math.max(...x) - Math.min(...x)));
  });

  test("over axes keep the others, in whatever place the reduced ones are", async () => {
    const kept = await parallel().run();
    for (const over of [["seed"], ["beta"], ["gain"], ["beta", "gain"], ["gain", "seed"], ["beta", "seed", "gain"]]) {
      const results = await parallel().run({ reduce: { level: ["mean", "max"], pair: "mean" }, over });
      const dims = ["beta", "gain", "seed"].filter((name) => !over.includes(name));
      expect(results.dims).toEqual(dims);
      for (let i = 0; i < results.length; i++) {
        const row = results.slice(i, i + 1).toRows()[0]!;
        const chosen = kept.sel(Object.fromEntries(dims.map((name) => [name, Number(row[name])])));
        const { level, pair } = results.at<{ level: { mean: number; max: number }; pair: { mean: NdArray } }>(i);
        expect(level.max).toBe(Math.max(...(chosen.stacked.level as Float32Array)));
        expect(level.mean).toBeCloseTo(mean(chosen.stacked.level as Float32Array), 12);
        const second = (chosen.stacked.pair as Float32Array).filter((_, k) => k % 2 === 1);
        expect(pair.mean.data[1]).toBeCloseTo(mean(second), 12);
      }
      expect(results.grid("level.mean").shape).toEqual(dims.map((name) => kept.coords[name]!.length));
    }
  });

  test("give the same bits however they are run", async () => {
    const overs = [undefined, ["seed"], ["beta"]];
    const all = overs.map((over) => {
      return { reduce: { level: everything, pair: everything, count: "mean" }, ...(over && { over }) } as const;
    });
    const sequential = new SequentialExecution(model as never, space);
    const expected: unknown[] = [];
    for (const options of all) expected.push((await sequential.run(options)).toColumns());
    for (const [nVmap, nPmap, sharedMemory] of [
      [1, 2, true],
      [3, 1, false],
      [64, 2, false],
      ["auto", 1, true],
      ["auto", 2, true],
    ] as const) {
      const executor = parallel({ nVmap, nPmap, sharedMemory });
      for (const [i, options] of all.entries()) {
        expect((await executor.run(options)).toColumns()).toEqual(expected[i]);
      }
    }
  });

  test("of more points than a block holds give the same bits however they are run", async () => {
    const many = new UniformSpace({ x: new Parameter("x", 0, { low: -3, high: 5, free: true }) }, { N: 100_003 });
    const cube = ({ x }: { x: NdArray }): NdArray => x.mul(x).mul(x);
    const ways = [{}, { nVmap: 7 }, { nPmap: 1 }, { sharedMemory: false, nVmap: 1000 }, { target: "wasm" as const }];
    const all: Record<string, TypedArray>[] = [];
    for (const way of ways) {
      using executor = new ParallelExecution(cube, many, way);
      all.push((await executor.run({ reduce: { value: everything } })).toColumns());
    }
    for (const one of all) expect(one).toEqual(all[0]);
    using executor = new ParallelExecution(cube, many);
    const x = (await executor.run()).stacked as Float32Array;
    expect(all[0]!["value.mean"]![0]).toBeCloseTo(mean(x), 10);
    expect(all[0]!["value.variance"]![0]! / variance(x)).toBeCloseTo(1, 12);
    // Beyond 4096 points the rank is right to within the bound that is promised.
    const rank = (value: number): number => x.filter((v) => v <= value).length;
    const bound = (x.length / 4096) * (1 + Math.log2(x.length / 4096)) + 1;
    [0, 0.1, 0.5, 0.99, 1].forEach((q, i) => {
      const value = Number(all[0]!["value.quantiles"]![i]);
      expect(Math.abs(rank(value) - q * (x.length - 1))).toBeLessThanOrEqual(bound);
    });
  });

  test("leave out points that are not finite, count them, and take them in when asked to", async () => {
    const inverse = ({ x }: { x: NdArray }) => ({ y: np.div(1, x), x });
    const rows = new Space({ x: new DataAxis([1, 0, 2, 4, 0]) });
    using executor = new ParallelExecution(inverse as never, rows as never);
    const reduce = { y: ["mean", "count", "max"], x: ["mean", "min"] } as const;
    const left = await executor.run({ reduce });
    expect(left.at(0)).toEqual({ y: { mean: (1 + 0.5 + 0.25) / 3, count: 3, max: 1 }, x: { mean: 7 / 3, min: 1 } });
    expect(left.report.notFinite).toBe(2);
    expect(left.report.statuses).toMatchObject({ ok: 3, notFinite: 2 });
    expect(left.status[0]).toBe(1);
    const taken = await executor.run({ reduce, nonFinite: "propagate" });
    expect(taken.at(0)).toEqual({ y: { mean: Infinity, count: 5, max: Infinity }, x: { mean: 7 / 5, min: 0 } });
    expect(taken.status[0]).toBe(2);
  });

  test("end at a point that does not go well where they are asked to, and name it", async () => {
    const square = new Space({ a: new GridAxis(0, 3, 4), b: new GridAxis(-2, 2, 5) }, { mode: "product" });
    const inverse = ({ a, b }: { a: NdArray; b: NdArray }) => np.div(1, a.mul(5).add(b).sub(10));
    for (const over of [["a"], ["b"]]) {
      for (const make of [ParallelExecution, SequentialExecution]) {
        const executor = new make(inverse as never, square as never, { onError: "stop" });
        const run = executor.run({ reduce: { value: "mean" }, over });
        await expect(run).rejects.toThrow(/"not finite" at point 12 \(a = 2, b = 0\)/);
        if (executor instanceof ParallelExecution) executor.dispose();
      }
    }
  });

  test("of nothing are NaN, and no error", async () => {
    const never = ({ x }: { x: NdArray }) => np.log(x.sub(10));
    const rows = new Space({ x: new GridAxis(0, 1, 5) });
    using executor = new ParallelExecution(never as never, rows);
    const { value } = (await executor.run({ reduce: { value: everything } })).at(0);
    expect([value.count, value.sum, value.mean, value.min, value.quantiles.data[2]]).toEqual([0, 0, NaN, NaN, NaN]);
    expect([...value.bins.counts.data]).toEqual(new Array(16).fill(0));
    using empty = new ParallelExecution(never as never, rows.slice(2, 2) as never);
    expect((await empty.run({ reduce: { value: ["count", "mean"] } })).at(0)).toEqual({
      value: { count: 0, mean: NaN },
    });
  });

  test("by functions of one's own see the numbers in order of the points, whatever computed them", async () => {
    const many = new Space({ x: new GridAxis(0, 1, 50_000) });
    const seen: number[] = [];
    const list = { init: () => 0, update: (n: number, x: number) => seen.push(x) && n + 1, name: "seen" } as const;
    const range = {
      init: () => [Infinity, -Infinity],
      update: ([low, high]: [number, number], x: number) => [Math.min(low, x), Math.max(high, x)],
      merge: (a: [number, number], b: [number, number]) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])],
      name: "range",
    } as const;
    const blocks = { init: () => 0, update: (n: number) => n, merge: (a: number, b: number) => a + b + 1 } as const;
    using executor = new ParallelExecution(({ x }: { x: NdArray }) => x, many, { nVmap: 100 });
    const { value } = (await executor.run({ reduce: { value: [list, range, blocks] } })).at(0);
    expect(value.seen).toBe(50_000);
    expect(seen).toEqual([...((await executor.run()).stacked as Float32Array)]);
    expect([...(value.range as unknown as NdArray).data]).toEqual([0, 1]);
    expect(value.custom).toBeGreaterThan(100);
  });

  test("keep no points: many more of them than the budget of memory holds", async () => {
    const many = new Space({ x: new GridAxis(0, 1, 3_000_000) });
    using executor = new ParallelExecution(({ x }: { x: NdArray }) => np.stack([x, x.neg()]), many, {
      memoryBudget: 1000,
    });
    const { value } = (await executor.run({ reduce: { value: ["mean", "min"] } })).at(0);
    expect([...(value.mean as unknown as NdArray).data].map((x) => Number(x).toFixed(6))).toEqual([
      "0.500000",
      "-0.500000",
    ]);
    await expect(executor.run({ reduce: { value: { kind: "histogram", bins: 1000 } } })).rejects.toThrow(
      /memoryBudget/,
    );
  });

  test("stop at the signal, and end with what the user's functions throw", async () => {
    const slow = ({ x }: { x: NdArray }): NdArray => lax.foriLoop(0, 100_000, (_, y: NdArray) => y.mul(0.999), x);
    using executor = new ParallelExecution(slow, new Space({ x: new GridAxis(0, 1, 4_000_000) }));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 60);
    await expect(executor.run({ reduce: { value: "mean" }, signal: controller.signal })).rejects.toThrow("enough");
    using quick = new ParallelExecution(({ x }: { x: NdArray }) => x, new Space({ x: new GridAxis(0, 1, 400) }));
    const init = (): never => {
      throw new Error("no start");
    };
    await expect(quick.run({ reduce: { value: { init, update: () => 0 } } })).rejects.toThrow("no start");
    expect((await quick.run({ reduce: { value: "max" } })).at(0).value.max).toBe(1);
  });

  test.each([true, false])("go on when a device dies, with the same bits (shared memory: %s)", async (sharedMemory) => {
    const many = new Space({ x: new GridAxis(0, 1, 60_000) });
    const decay = ({ x }: { x: NdArray }): NdArray => lax.foriLoop(0, 100_000, (_, y: NdArray) => y.mul(0.9999), x);
    using executor = new ParallelExecution(decay, many, { sharedMemory });
    const options = { reduce: { value: ["mean", "variance", "quantiles"] } } as const;
    const expected = (await executor.run(options)).toColumns();
    const holder = {};
    let died = false;
    const results = await executor.run({
      ...options,
      onProgress: ({ done, total }) => {
        if (died || done === 0 || done === total) return;
        died = true;
        holdDevices(holder, 2)[1]!.terminate();
      },
    });
    releaseDevices(holder);
    expect(died).toBe(true);
    expect(results.toColumns()).toEqual(expected);
    expect(results.report.statuses?.ok).toBe(60_000);
  });

  test("tell progress of points", async () => {
    const told: number[] = [];
    await parallel().run({ reduce: { level: "mean" }, onProgress: ({ done }) => told.push(done) });
    expect(told.at(-1)).toBe(360);
  });

  test.each([
    ["an unknown result", { reduce: { levle: "mean" } }],
    ["an unknown reduction", { reduce: { level: "median" } }],
    ["no reduction", { reduce: {} }],
    ["two of one name", { reduce: { level: ["mean", "mean"] } }],
    ["a histogram of one bin", { reduce: { level: { kind: "histogram", bins: 1 } } }],
    ["a histogram with one end", { reduce: { level: { kind: "histogram", low: 1 } } }],
    ["shares beyond 1", { reduce: { level: { kind: "quantiles", q: [5] } } }],
    ["a misspelt option", { reduce: { level: { kind: "std", dof: 1 } } }],
    ["over alone", { over: ["seed"] }],
    ["an unknown axis", { reduce: { level: "mean" }, over: ["sede"] }],
    ["an axis that is no list", { reduce: { level: "mean" }, over: "seed" }],
    ["an unknown way with what is not finite", { reduce: { level: "mean" }, nonFinite: "skip" }],
  ])("refuse %s", async (_, options) => {
    await expect(parallel().run(options as never)).rejects.toThrowErrorMatchingSnapshot();
  });

  test("over axes of points that are no product are refused", async () => {
    const slice = space.slice(0, 20) as unknown as Space<unknown>;
    const asked = parallel({}, slice).run({ reduce: { level: "mean" }, over: ["seed"] });
    await expect(asked).rejects.toThrowErrorMatchingSnapshot();
  });
});
