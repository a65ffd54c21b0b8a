import { afterEach, describe, expect, test } from "vitest";
import { defaultTarget } from "../../src/device/table.ts";
import {
  DataAxis,
  deviceCount,
  GridAxis,
  GridSpace,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  type Progress,
  SequentialExecution,
  Space,
  setHostDeviceCount,
} from "../../src/index.ts";

const seed = new GridSpace(
  {
    param1: new Parameter("param1", 0.0, { low: 0.0, high: 1.0, free: true }),
    param2: new Parameter("param2", 0.0, { low: -1.0, high: 1.0, free: true }),
  },
  { n: 10 },
);

const simulate = (state: { param1: NdArray; param2: NdArray }): NdArray => state.param1.mul(state.param2);

setHostDeviceCount(2);

afterEach(() => {
  setHostDeviceCount(2);
});

describe("a run", () => {
  test("does what the seed's example does", async () => {
    using executor = new ParallelExecution(simulate, seed, { nVmap: 5, nPmap: deviceCount() });
    const results = await executor.run();
    expect(results.length).toBe(100);
    expect(results.at(0)).toBe(-0);
    expect(results.at(-1)).toBe(1);
    const all = [...results];
    expect(all).toHaveLength(100);
    expect([...results.slice(10, 20)]).toEqual(all.slice(10, 20));
    expect(all[37]).toBe(Math.fround(Math.fround(3 / 9) * Math.fround(-1 + (7 * 2) / 9)));
  });

  test("calls the model once, however often it is run", async () => {
    let calls = 0;
    using executor = new ParallelExecution((state: { param1: NdArray }) => {
      calls++;
      return state.param1.add(1);
    }, seed);
    const first = await executor.run();
    const second = await executor.run();
    expect(calls).toBe(1);
    expect(second.stacked).toEqual(first.stacked);
    expect(second.report.traceSeconds).toBeLessThan(first.report.traceSeconds);
    expect(second.report.compileSeconds).toBeLessThan(first.report.compileSeconds);
  });

  test("hands args and kwargs on: arrays as arrays, all else as it is", async () => {
    const seen: unknown[] = [];
    using executor = new ParallelExecution(
      (state, weights, mode, options) => {
        seen.push(mode, options.label);
        return { total: weights.table.mul(state.param1).sum(), scaled: options.gain.mul(state.param2) };
      },
      seed,
      { args: [{ table: Float64Array.of(1, 2, 3) }, "fast"], kwargs: { gain: [1, 2], label: "x" } },
    );
    const results = await executor.run();
    expect(seen).toEqual(["fast", "x"]);
    expect(results.at<{ total: number }>(95).total).toBe(6);
    expect([...results.at<{ scaled: NdArray }>(0).scaled.data]).toEqual([-1, -2]);
  });

  test("keeps args apart that are all numbers or lists of numbers, of any lengths", async () => {
    const model = (s: { a: NdArray }, twice: boolean, x: NdArray, y: NdArray) =>
      s.a
        .mul(twice ? 2 : 1)
        .add(x.sum())
        .sub(y);
    const args = [true, [1, 2, 3], 4] as const;
    for (const Execution of [SequentialExecution, ParallelExecution]) {
      const results = await new Execution(model as never, new Space({ a: new GridAxis(0, 1, 2) }), { args }).run();
      expect([...results]).toEqual([2, 4]);
    }
  });

  test("gives the model no kwargs when there are none", async () => {
    let count = 0;
    using executor = new ParallelExecution((...all: unknown[]) => {
      count = all.length;
      return (all[0] as { param1: NdArray }).param1;
    }, seed);
    await executor.run();
    expect(count).toBe(1);
  });

  test("reports what it did", async () => {
    using executor = new ParallelExecution(({ param1 }: { param1: NdArray }) => np.div(1, param1), seed, { nVmap: 8 });
    const { report, status } = await executor.run();
    expect(report).toMatchObject({ points: 100, batchSize: 8, bytes: 500, notFinite: 10 });
    expect(report.devices.map(({ name, target }) => `${name} ${target}`)).toEqual([
      `host 0 ${defaultTarget()}`,
      `host 1 ${defaultTarget()}`,
    ]);
    expect(report.devices.reduce((n, { points }) => n + points, 0)).toBe(100);
    expect(report.pointsPerSecond).toBeCloseTo(100 / report.runSeconds);
    expect([...status.subarray(8, 12)]).toEqual([2, 2, 1, 1]);
  });

  test("takes the number of points that the grid has when it runs", async () => {
    const grid = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 3 });
    using executor = new ParallelExecution(({ a }: { a: NdArray }) => a.mul(2), grid);
    expect([...(await executor.run())]).toEqual([0, 1, 2]);
    (grid.n as { a: number }).a = 5;
    expect([...(await executor.run())]).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  test("of no points gives no results", async () => {
    using executor = new ParallelExecution(simulate, seed.slice(4, 4));
    const results = await executor.run();
    expect([results.length, [...results], results.report.points]).toEqual([0, [], 0]);
  });

  test("computes floats in 64 bits when asked to", async () => {
    using executor = new ParallelExecution(simulate, seed, { dtype: "float64" });
    expect((await executor.run()).at(37)).toBe((3 / 9) * (-1 + (7 * 2) / 9));
  });

  test("keeps the integers of an axis", async () => {
    const space = new Space({ k: new DataAxis(Int32Array.of(3, 5, 7)) });
    using executor = new ParallelExecution(
      ({ k }: { k: NdArray }) => ({ twice: k.mul(2), odd: k.mod(2).equal(1) }),
      space,
    );
    const results = await executor.run();
    expect(results.stacked.twice).toEqual(Int32Array.of(6, 10, 14));
    expect(results.at(1)).toEqual({ twice: 10, odd: true });
  });
});

describe("a run of many points", () => {
  const slow = new Space({ a: new GridAxis(0, 1, 4000) });
  const decay = ({ a }: { a: NdArray }): NdArray =>
    lax.foriLoop(0, 100_000, (_, x: NdArray) => x.mul(0.999).add(0.001), a);

  test.each([true, false])("stops at the signal and can be run again (shared memory: %s)", async (sharedMemory) => {
    const space = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 4_000_000 });
    using executor = new ParallelExecution(decay, space, { sharedMemory });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 60);
    await expect(executor.run({ signal: controller.signal })).rejects.toThrow("enough");
    space.n = 4000;
    const reports: Progress[] = [];
    const results = await executor.run({ onProgress: (progress) => reports.push(progress) });
    expect(results.length).toBe(4000);
    expect(reports.at(-1)).toMatchObject({ done: 4000, total: 4000, secondsLeft: 0 });
  });

  test("rejects with the signal's reason before it starts", async () => {
    using executor = new ParallelExecution(decay, slow);
    await expect(executor.run({ signal: AbortSignal.abort("why not") })).rejects.toBe("why not");
  });

  test("goes on in another execution when one is disposed", async () => {
    const other = new ParallelExecution(simulate, seed);
    await other.run();
    using executor = new ParallelExecution(decay, slow);
    const running = executor.run();
    other.dispose();
    expect((await running).length).toBe(4000);
  });

  test("is finished when its execution is disposed meanwhile", async () => {
    const executor = new ParallelExecution(decay, slow);
    const results = executor.run();
    executor.dispose();
    expect((await results).length).toBe(4000);
  });
});

describe("a sequential run", () => {
  test("shows numbers inside the model", async () => {
    const seen: number[] = [];
    const run = new SequentialExecution(({ param1 }: { param1: NdArray }) => {
      seen.push(Number(param1.data[0]));
      return param1;
    }, seed);
    const results = await run.run();
    expect(seen).toHaveLength(100);
    expect(seen).toEqual([...results]);
  });

  test("takes args and kwargs as the parallel one does", async () => {
    const model = (s: { param1: NdArray }, w: NdArray, { gain }: { gain: NdArray }) => s.param1.mul(w).mul(gain);
    const options = { args: [[1, 2]], kwargs: { gain: Float32Array.of(3, 4) } } as const;
    using parallel = new ParallelExecution(model, seed, options);
    const a = await new SequentialExecution(model, seed, options).run();
    expect(a.stacked).toEqual((await parallel.run()).stacked);
  });

  test("stops at the signal", async () => {
    const controller = new AbortController();
    const run = new SequentialExecution(({ param1 }: { param1: NdArray }) => {
      if (Number(param1.data[0]) > 0.5) controller.abort(new Error("far enough"));
      return param1;
    }, seed);
    await expect(run.run({ signal: controller.signal })).rejects.toThrow("far enough");
  });

  test("says which point has other results than the first", async () => {
    const model = ({ param1 }: { param1: NdArray }): unknown => (Number(param1.data[0]) > 0.5 ? { a: param1 } : param1);
    await expect(new SequentialExecution(model, seed).run()).rejects.toThrow(/another one at point 50/);
  });
});
