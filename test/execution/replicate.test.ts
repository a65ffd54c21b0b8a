import { afterAll, describe, expect, test } from "vitest";
import {
  DataAxis,
  GridAxis,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  random,
  SequentialExecution,
  Space,
  setHostDeviceCount,
  UniformSpace,
} from "../../src/index.ts";

setHostDeviceCount(2);

type State = { readonly key: NdArray; readonly a: NdArray; readonly b: NdArray };
const model = ({ key, a }: State): NdArray => random.uniform(key).add(a.mul(0));

const used: Disposable[] = [];
afterAll(() => {
  for (const one of used) one[Symbol.dispose]();
});

const make = (space: unknown, options: object) => {
  const executor = new ParallelExecution(model as never, space as never, options);
  used.push(executor);
  return executor;
};

const space = new Space(
  { key: random.key(3), a: new GridAxis(0, 1, 4), b: new GridAxis(0, 1, 3) },
  { mode: "product" },
);

describe("replications", () => {
  test("are an axis of their own, with streams that follow from the point and the replicate", async () => {
    const results = await make(space, { replications: 5 }).run();
    expect(results.dims).toEqual(["a", "b", "replicate"]);
    expect(results.length).toBe(60);
    expect([...(results.coords.replicate as Uint32Array)]).toEqual([0, 1, 2, 3, 4]);
    expect(results.grid().shape).toEqual([4, 3, 5]);
    const draw = (point: number, replicate: number): number =>
      Number(random.uniform(random.foldIn(random.foldIn(random.key(3), point), replicate)).data[0]);
    const all = [...results] as number[];
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => draw(Math.floor(i / 5), i % 5)));
    expect(new Set(all).size).toBe(60);
    expect([...results.isel({ a: 2, b: 1 })]).toEqual(all.slice(35, 40));
    expect(results.sel({ replicate: 3 }).length).toBe(12);
    expect(results.toRows()[7]).toEqual({ a: 0, b: 0.5, replicate: 2, value: all[7] });
  });

  test("are the same however they are run, and reduce over their axis and over others", async () => {
    const sequential = new SequentialExecution(model as never, space as never, { replications: 5 });
    const expected = (await sequential.run()).toColumns();
    for (const way of [{ nVmap: 7 }, { nPmap: 1 }, { sharedMemory: false }]) {
      expect((await make(space, { replications: 5, ...way }).run()).toColumns()).toEqual(expected);
    }
    const x = expected.value as Float32Array;
    for (const [over, of] of [
      [["replicate"], (i: number) => (k: number) => Math.floor(k / 5) === i],
      [["a"], (i: number) => (k: number) => k % 15 === i],
      [["b", "replicate"], (i: number) => (k: number) => Math.floor(k / 15) === i],
    ] as const) {
      const options = { reduce: { value: "max" }, over } as const;
      const reduced = await make(space, { replications: 5 }).run(options);
      expect((await sequential.run(options)).toColumns()).toEqual(reduced.toColumns());
      for (let i = 0; i < reduced.length; i++) {
        expect(reduced.at(i).value.max).toBe(Math.max(...x.filter((_, k) => of(i)(k))));
      }
    }
  });

  test("fold every key of the state, philox ones and those that vary too", async () => {
    const keys = random.split(random.key(1), 3);
    const state = { deep: [{ key: random.key(5, { impl: "philox" }) }], row: new DataAxis(keys) };
    const both = ({ deep, row }: { deep: [{ key: NdArray }]; row: NdArray }) => ({
      philox: random.uniform(deep[0].key),
      row: random.uniform(row),
    });
    const executor = new ParallelExecution(both as never, new Space(state) as never, { replications: 2 });
    used.push(executor);
    const { philox, row } = (await executor.run()).stacked as { philox: Float32Array; row: Float32Array };
    const fold = (key: NdArray, i: number) => random.foldIn(random.foldIn(key, Math.floor(i / 2)), i % 2);
    for (let i = 0; i < 6; i++) {
      expect(row[i]).toBe(random.uniform(fold(keys.at(Math.floor(i / 2)), i)).data[0]);
      expect(philox[i]).toBe(random.uniform(fold(random.key(5, { impl: "philox" }), i)).data[0]);
    }
  });

  test("of points that are no product have an axis of points", async () => {
    const draws = new UniformSpace(
      { key: random.key(3), a: new Parameter("a", 0, { low: 0, high: 1, free: true }) },
      { N: 6 },
    );
    for (const [given, first] of [
      [draws, 0],
      [space.slice(3, 9), 3],
      [space.slice(8, 2, -1), 8],
    ] as const) {
      const results = await make(given, { replications: 3 }).run({
        reduce: { value: ["mean", "count"] },
        over: ["replicate"],
      });
      expect(results.dims).toEqual(["point"]);
      expect(results.length).toBe(6);
      expect(results.toColumns().a).toEqual(given.toColumns().a);
      expect(results.at<{ value: { count: number } }>(0).value.count).toBe(3);
      expect(first).toBeGreaterThanOrEqual(0);
    }
  });

  test("come in streams, with their parameters", async () => {
    const executor = make(space, { replications: 5 });
    const whole = (await executor.run()).toColumns();
    for await (const { start, count, results } of executor.stream({ points: 7 })) {
      const columns = results.toColumns();
      for (const name of Object.keys(whole)) {
        expect(columns[name]).toEqual(whole[name]!.slice(start, start + count));
      }
    }
  });

  test.each([
    ["a state without a key", new Space({ a: new GridAxis(0, 1, 4) }), 2],
    ["a count that is none", space, 1.5],
    [
      "an axis of the same name",
      new Space({ key: random.key(0), replicate: new GridAxis(0, 1, 2) }, { mode: "product" }),
      2,
    ],
  ])("refuse %s", (_, given, replications) => {
    expect(() => make(given, { replications })).toThrowErrorMatchingSnapshot();
  });
});

describe("streams", () => {
  test.each(["parallel", "sequential"])("give the results of a run in chunks, in order (%s)", async (kind) => {
    const f = ({ a, b }: State) => ({ sum: a.add(b), pair: np.stack([a, b]) });
    const executor =
      kind === "parallel"
        ? new ParallelExecution(f as never, space as never, {})
        : new SequentialExecution(f as never, space as never, {});
    const whole = (await executor.run()).toColumns();
    for (const points of [1, 5, 12, 100, undefined]) {
      let next = 0;
      const kept: { start: number; count: number; columns: Record<string, ArrayLike<number>> }[] = [];
      for await (const { start, count, results } of executor.stream(points === undefined ? {} : { points })) {
        expect(start).toBe(next);
        expect(results.length).toBe(count);
        kept.push({ start, count, columns: results.toColumns() });
        next += count;
      }
      expect(next).toBe(12);
      // What came earlier is still what it was.
      for (const { start, count, columns } of kept) {
        for (const name of Object.keys(whole)) {
          const size = whole[name]!.length / 12;
          expect(columns[name]).toEqual(whole[name]!.slice(start * size, (start + count) * size));
        }
      }
    }
    if (executor instanceof ParallelExecution) executor.dispose();
  });

  test("end with the loop that is left, and refuse chunks of nothing", async () => {
    const executor = make(space, {});
    for await (const { start } of executor.stream({ points: 1 })) if (start === 2) break;
    expect((await executor.run()).length).toBe(12);
    await expect(executor.stream({ points: 0 }).next()).rejects.toThrow(/expected a positive integer as points/);
  });
});
