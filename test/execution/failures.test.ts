/** Points that do not go well are data: statuses, lists of them, and runs that end because of them. */

import { afterAll, describe, expect, test } from "vitest";
import {
  GridSpace,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  SequentialExecution,
} from "../../src/index.ts";

const state = { rate: new Parameter("rate", 1, { low: -2, high: 3, free: true }), gain: 2 };
const space = (n: number): GridSpace<typeof state> => new GridSpace(state, { n });

/** NaN below 0, a step limit above 2.5, else ok. */
const model = ({ rate, gain }: { rate: NdArray; gain: number }) => ({
  root: rate.mul(gain).sqrt(),
  steps: lax.whileLoop(
    (k) => k.less(rate.mul(4)),
    (k) => k.add(1),
    np.asarray(0),
    { maxSteps: 10 },
  ),
});

const executions = { sequential: SequentialExecution, parallel: ParallelExecution } as const;
const disposed: ParallelExecution[] = [];
afterAll(() => {
  for (const executor of disposed) executor.dispose();
});

describe.each(["sequential", "parallel"] as const)("%s executions", (kind) => {
  const run = (n: number, options: { onError?: "record" | "stop"; failFast?: boolean } = {}, m = model) => {
    const executor = new executions[kind](m, space(n), options);
    if (executor instanceof ParallelExecution) disposed.push(executor as unknown as ParallelExecution);
    return executor.run();
  };

  test("record them with their parameters, and count them", async () => {
    const results = await run(11);
    expect([...results.status]).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 3]);
    expect(results.report.statuses).toEqual({ pending: 0, ok: 6, notFinite: 4, stepLimit: 1, failed: 0 });
    expect(results.failed()).toEqual([
      { index: 0, parameters: { rate: -2 }, status: "not finite" },
      { index: 1, parameters: { rate: -1.5 }, status: "not finite" },
      { index: 2, parameters: { rate: -1 }, status: "not finite" },
      { index: 3, parameters: { rate: -0.5 }, status: "not finite" },
      { index: 10, parameters: { rate: 3 }, status: "step limit" },
    ]);
    expect(results.failed(2).map(({ index }) => index)).toEqual([0, 1]);
    expect(results.slice(3, 5).failed()).toEqual([{ index: 0, parameters: { rate: -0.5 }, status: "not finite" }]);
  });

  test("end at the first of them where they are told to", async () => {
    await expect(run(11, { onError: "stop" })).rejects.toThrowError(
      'Execution.run: expected every point to go well, got "not finite" at point 0 (rate = -2); ' +
        'look at the model there, or run with onError: "record"',
    );
  });

  test("go on to the end where all goes well", async () => {
    const fine = ({ rate }: { rate: NdArray }) => ({ root: rate.add(1), steps: rate });
    const { report } = await run(200, { onError: "stop", failFast: true }, fine as unknown as typeof model);
    expect(report.statuses?.ok).toBe(200);
  });

  test("end early where the first hundred fail alike, if they are told to", async () => {
    const all = ({ rate }: { rate: NdArray }) => ({ root: rate.sub(9).log(), steps: rate });
    const failing = all as unknown as typeof model;
    await expect(run(1000, { failFast: true }, failing)).rejects.toThrowError(
      'Execution.run: expected some of the first 100 points to go well, got all of them alike, such as "not finite" at ' +
        "point 0 (rate = -2); correct the model or the space, or run without failFast",
    );
    expect((await run(99, { failFast: true }, failing)).report.statuses?.notFinite).toBe(99);
    expect((await run(1000, {}, failing)).report.statuses?.notFinite).toBe(1000);
  });

  test("go on where the first hundred fail in different ways", async () => {
    const mixed = ({ rate }: { rate: NdArray }) => ({
      root: np.where(rate.greater(-1.99), rate.sub(9).log(), 1),
      steps: rate,
    });
    const { report } = await run(1000, { failFast: true }, mixed as unknown as typeof model);
    expect(report.statuses).toMatchObject({ ok: 2, notFinite: 998 });
  });

  test.each([
    [{ onError: "ignore" as never }, 'expected onError to be "record" or "stop", got "ignore"'],
    [{ failFast: 1 as never }, "expected failFast to be true or false, got 1"],
  ])("refuse %j", (options, message) => {
    expect(() => new executions[kind](model, space(3), options)).toThrow(message);
  });
});

describe("a model that throws", () => {
  const throwing = ({ rate }: { rate: NdArray }): NdArray => {
    if (rate.data[0]! < -1) throw new Error("no such rate");
    return rate.mul(2);
  };

  test("at some points leaves them failed, with its message, and NaN as their result", async () => {
    const results = await new SequentialExecution(throwing, space(6)).run();
    expect([...results.status]).toEqual([4, 1, 1, 1, 1, 1].map((s, i) => (i === 0 ? 4 : s)));
    expect([...(results.stacked as Float32Array)]).toEqual([Number.NaN, -2, 0, 2, 4, 6]);
    expect(results.failed()).toEqual([
      { index: 0, parameters: { rate: -2 }, status: "failed", reason: "no such rate" },
    ]);
  });

  test("at all points is at fault itself, and its error comes out", async () => {
    const error = new Error("nothing works");
    let calls = 0;
    const never = (): NdArray => {
      calls++;
      throw error;
    };
    await expect(new SequentialExecution(never, space(5000)).run()).rejects.toBe(error);
    expect(calls).toBe(100);
  });

  test("ends the run where it is told to", async () => {
    await expect(new SequentialExecution(throwing, space(6), { onError: "stop" }).run()).rejects.toThrow(
      "no such rate",
    );
  });
});

test.each([0, -1, "5", Number.NaN])("deviceTimeout cannot be %s", (deviceTimeout) => {
  expect(() => new ParallelExecution(model, space(3), { deviceTimeout: deviceTimeout as number })).toThrow(
    "ParallelExecution: expected deviceTimeout to be a positive number of milliseconds, got",
  );
});
