/** Step limits of `whileLoop`: which points reach one, wherever the loop stands; the same on every target. */

import { describe, expect, test } from "vitest";
import * as lax from "../../src/array/lax.ts";
import { fromValue, type NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import { evaluateResults, traceModel } from "../../src/array/trace.ts";
import type { ColumnSource } from "../../src/base/column.ts";
import { allocate } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import { OK, STEP_LIMIT } from "../../src/base/status.ts";
import type { Value } from "../../src/base/value.ts";
import { allocateColumns, markFinished } from "../../src/device/batch.ts";
import { createRunner } from "../../src/device/makers.ts";
import { type TargetName, targetNames, targets } from "../../src/device/table.ts";
import { DataSpace, ParallelExecution, SequentialExecution, vmap } from "../../src/index.ts";
import { hasLimits, limit } from "../../src/pass/limit.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { printProgram } from "../../src/program/print.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { deserialise, serialise } from "../../src/program/serialise.ts";
import { verify } from "../../src/program/verify.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";
import { written } from "../helpers/three-ways.ts";

type Model = (x: NdArray) => NdArray;

const POINTS = 19;

const runnable = targetNames.filter((target) => !targets[target].whyNot());

/** Counts down from x to 0, in at most `maxSteps` steps; gives where it got to. */
const countdown = (x: NdArray, maxSteps: number): NdArray =>
  lax.whileLoop(
    (c) => c.greater(0),
    (c) => c.sub(1),
    x,
    { maxSteps },
  );

/** For x = 0, 1, …: the value, and `!` where a limit was reached. */
function onAllTargets(model: Model): string[] {
  const type = { dtype: "float32", shape: [] } as const;
  const points = Array.from({ length: POINTS }, (_, i) => Float32Array.of(i));
  const eager = points.map((data) => evaluateResults(() => model(fromValue({ ...type, data })), { dtype: "float32" }));
  const expected = eager.map(({ values, limited }) => `${written(values[0]!.data)}${limited ? "!" : ""}`);
  const inputs = [{ name: "x", role: "point", type }] as const;
  const { program } = traceModel(inputs, ([x]) => model(x!), { dtype: "float32" });
  verify(program);
  verify(limit(program));
  expect(serialise(deserialise(serialise(program)))).toBe(serialise(program));
  expect(points.map((data) => written(interpret(program, [{ ...type, data }])[0]!.data).join())).toEqual(
    expected.map((text) => text.replace("!", "")),
  );
  const types = program.root.results.map(typeOf);
  const values = Float32Array.from(points, ([x]) => x!);
  const source: ColumnSource = {
    kind: "table",
    values,
    count: POINTS,
    repeat: 1,
    start: 0,
    step: 1,
    elementSize: 1,
    ...type,
  };
  for (const name of runnable) {
    const columns = allocateColumns(types, POINTS);
    createRunner({ code: targets[name].compileSync(program, { points: 16, fastMath: false }), shared: [] }).run(
      [source],
      0,
      POINTS,
      columns,
      0,
    );
    markFinished(columns, types, 0, POINTS);
    const got = Array.from(columns.status, (status, p) => {
      expect([OK, STEP_LIMIT], name).toContain(status);
      return `${written(columns.data[0]!.slice(p, p + 1))}${status === STEP_LIMIT ? "!" : ""}`;
    });
    expect(got, name).toEqual(expected);
  }
  return expected;
}

const numbers = (f: (x: number) => string | number): string[] => Array.from({ length: POINTS }, (_, x) => `${f(x)}`);

describe("a point that reaches maxSteps keeps its last state and is marked", () => {
  test("where its loop is not done after exactly so many steps", () => {
    expect(onAllTargets((x) => countdown(x, 5))).toEqual(numbers((x) => (x <= 5 ? 0 : `${x - 5}!`)));
  });

  test("after one step", () => {
    expect(onAllTargets((x) => countdown(x, 1))).toEqual(numbers((x) => (x <= 1 ? 0 : `${x - 1}!`)));
  });

  test("in a loop that would never end", () => {
    const forever: Model = (x) =>
      lax.whileLoop(
        (c) => c.greaterEqual(0),
        (c) => c.add(1),
        x,
        { maxSteps: 1000 },
      );
    expect(onAllTargets(forever)).toEqual(numbers((x) => `${x + 1000}!`));
  });

  test("for all points alike where the loop depends on none", () => {
    const constant: Model = (x) => countdown(np.asarray(9), 4).add(x);
    expect(onAllTargets(constant)).toEqual(numbers((x) => `${x + 5}!`));
    expect(onAllTargets((x) => countdown(np.asarray(3), 4).add(x))).toEqual(numbers((x) => x));
  });
});

describe("a limit counts for the points that the loop runs for", () => {
  test("in a branch: those that take it", () => {
    const model: Model = (x) =>
      lax.cond(
        x.less(9),
        (y) => countdown(y, 3),
        (y) => countdown(y, 14).neg(),
        x,
      );
    expect(onAllTargets(model)).toEqual(
      numbers((x) => (x < 9 ? (x <= 3 ? 0 : `${x - 3}!`) : x <= 14 ? "-0" : `${14 - x}!`)),
    );
  });

  test("in a branch of numbers alone: those that take it", () => {
    const model: Model = (x) =>
      lax.cond(
        x.less(4),
        () => countdown(np.asarray(7), 5),
        () => np.asarray(1),
        x,
      );
    expect(onAllTargets(model)).toEqual(numbers((x) => (x < 4 ? "2!" : 1)));
  });

  test("in the body of another loop: those that go on with it", () => {
    const model: Model = (x) =>
      lax.whileLoop(
        ({ k }) => k.less(x),
        ({ k, sum }) => ({ k: k.add(1), sum: sum.add(countdown(k, 10)) }),
        { k: 0, sum: 0 },
      ).sum;
    // k = 0 … x - 1: the limit is reached from k = 11 on.
    expect(onAllTargets(model)).toEqual(
      numbers((x) => (x <= 11 ? 0 : `${Array.from({ length: x - 11 }, (_, i) => i + 1).reduce((a, b) => a + b)}!`)),
    );
  });

  test("in a body that does not depend on its own loop: those for which it runs", () => {
    const model: Model = (x) =>
      lax.whileLoop(
        ({ k }) => k.less(x.sub(15)),
        ({ k, sum }) => ({ k: k.add(1), sum: sum.add(countdown(x, 3)) }),
        { k: 0, sum: 0 },
      ).sum;
    expect(onAllTargets(model)).toEqual(numbers((x) => (x <= 15 ? 0 : `${(x - 15) * (x - 3)}!`)));
  });

  test("in the test of another loop", () => {
    const model: Model = (x) =>
      lax.whileLoop(
        (c) => countdown(c, 6).equal(0).logicalNot(),
        (c) => c.sub(4),
        x,
      );
    expect(onAllTargets(model)).toEqual(
      numbers((x) => {
        let c = x;
        while (c > 6) c -= 4;
        return x > 6 ? `${c}!` : x;
      }),
    );
  });

  test("in the test and around it", () => {
    const model: Model = (x) =>
      lax.whileLoop(
        (c) => countdown(c, 20).equal(0).logicalAnd(c.greater(0)),
        (c) => c.sub(1),
        x,
        { maxSteps: 8 },
      );
    expect(onAllTargets(model)).toEqual(numbers((x) => (x <= 8 ? 0 : `${x - 8}!`)));
  });

  test("in a scan in a loop in a branch", () => {
    const model: Model = (x) =>
      lax.cond(
        x.greater(10),
        (y) =>
          lax.whileLoop(
            ({ k }) => k.less(2),
            ({ k, sum }) => {
              const [total] = lax.scan((c, w) => [c.add(countdown(y.sub(w), 12)), c], sum, [1, 2, 3]);
              return { k: k.add(1), sum: total };
            },
            { k: 0, sum: 0 },
          ).sum,
        (y) => y.neg(),
        x,
      );
    const left = (x: number): number => [1, 2, 3].map((w) => Math.max(0, x - w - 12)).reduce((a, b) => a + b) * 2;
    expect(onAllTargets(model)).toEqual(
      numbers((x) => (x > 10 ? `${left(x)}${x - 1 > 12 ? "!" : ""}` : x === 0 ? "-0" : -x)),
    );
  });

  test("in every row of a map", () => {
    const model: Model = (x) => lax.map((w) => countdown(x.sub(w), 12), [0, 4, 8]).sum();
    expect(onAllTargets(model)).toEqual(
      numbers(
        (x) =>
          `${[0, 4, 8].map((w) => (x - w > 12 ? x - w - 12 : Math.min(0, x - w))).reduce((a, b) => a + b)}${x > 12 ? "!" : ""}`,
      ),
    );
  });

  test("not where nothing uses the result", () => {
    const model: Model = (x) => {
      if (x.shape.length > 0) countdown(x, 1);
      return x;
    };
    expect(onAllTargets(model)).toEqual(numbers((x) => x));
  });
});

/** Results of some points, as text, the mark last. */
function onTarget(target: TargetName, program: Program, points: readonly (readonly Value[])[]): string[][] {
  const sources = program.inputs.flatMap(({ role, type }, i): ColumnSource[] => {
    if (role === "shared") return [];
    const elementSize = sizeOf(type.shape);
    const values = allocate(type.dtype, elementSize * points.length);
    for (const [p, point] of points.entries()) values.set(point[i]!.data, p * elementSize);
    return [{ kind: "table", values, count: points.length, repeat: 1, start: 0, step: 1, elementSize, ...type }];
  });
  const shared = program.inputs.flatMap(({ role }, i) => (role === "shared" ? [points[0]![i]!.data] : []));
  const columns = allocateColumns(program.root.results.map(typeOf), points.length);
  const runner = createRunner({ code: targets[target].compileSync(program, { points: 16, fastMath: false }), shared });
  runner.run(sources, 0, points.length, columns, 0);
  return points.map((_, p) => [
    ...columns.data.map((column) => {
      const size = column.length / points.length;
      return written(column.slice(p * size, (p + 1) * size)).join();
    }),
    columns.status[p] === STEP_LIMIT ? "!" : "",
  ]);
}

test("random programs give the same bits and marks on every target", () => {
  const counts = { limited: 0, marked: 0, differing: 0 };
  for (let seed = 0; seed < 70; seed++) {
    const program = randomProgram(seed, { limits: true });
    if (!hasLimits(program)) continue;
    const points = Array.from({ length: 9 }, (_, p) => randomInputs(program, seed, p));
    const show = (values: readonly Value[]): string[] => values.map(({ data }) => written(data).join());
    const expected = points.map((inputs) => {
      const results = interpret(limit(program), inputs);
      const mark = results.pop()!.data[0];
      expect(show(results), `seed ${seed}`).toEqual(show(interpret(program, inputs)));
      return [...show(results), mark === 1 ? "!" : ""];
    });
    for (const target of runnable)
      expect(onTarget(target, program, points), `seed ${seed} ${target}`).toEqual(expected);
    const marks = expected.filter((point) => point.at(-1) === "!").length;
    counts.limited++;
    if (marks > 0) counts.marked++;
    if (marks > 0 && marks < points.length) counts.differing++;
  }
  expect(counts.limited).toBeGreaterThan(10);
  expect(counts.marked).toBeGreaterThan(4);
  expect(counts.differing).toBeGreaterThan(1);
});

test("a program without limits stays as it is, and one with them prints them", () => {
  const inputs = [{ name: "x", role: "point", type: { dtype: "float32", shape: [] } }] as const;
  const trace = (maxSteps?: number) =>
    traceModel(
      inputs,
      ([x]) =>
        lax.whileLoop(
          (c) => c.greater(0),
          (c) => c.sub(1),
          x!,
          maxSteps ? { maxSteps } : {},
        ),
      {
        dtype: "float32",
      },
    ).program;
  const plain = trace();
  expect(limit(plain)).toBe(plain);
  expect(printProgram(trace(7))).toContain("{maxSteps: 7}");
  expect(limit(trace(7)).outputs).toHaveLength(2);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31, "3"])("maxSteps cannot be %s", (maxSteps) => {
  expect(() =>
    lax.whileLoop(
      (c) => c.greater(0),
      (c) => c.sub(1),
      np.asarray(3),
      { maxSteps: maxSteps as number },
    ),
  ).toThrow("whileLoop: expected maxSteps to be a whole number from 1 to 2147483647");
});

test("misspelt options of whileLoop are refused", () => {
  expect(() =>
    lax.whileLoop(
      (c) => c.greater(0),
      (c) => c.sub(1),
      np.asarray(3),
      { maxStep: 3 } as never,
    ),
  ).toThrow("whileLoop: expected the option maxSteps alone, got maxStep");
});

describe("executions", () => {
  const space = new DataSpace({ x: Float32Array.from({ length: 40 }, (_, i) => i) });
  const model = ({ x }: { x: NdArray }) => ({ left: countdown(x, 25), root: x.sub(3).sqrt() });

  test("mark points by their numbers, the step limit before what is not finite", async () => {
    const sequential = await new SequentialExecution(model, space).run();
    using executor = new ParallelExecution(model, space);
    const parallel = await executor.run();
    expect(parallel.stacked).toEqual(sequential.stacked);
    expect([...parallel.status]).toEqual(Array.from({ length: 40 }, (_, x) => (x < 3 ? 2 : x > 25 ? 3 : 1)));
    expect(sequential.status).toEqual(parallel.status);
  });

  test("see limits in mapped functions that a model calls", async () => {
    const mapped = vmap((x: NdArray) => countdown(x, 25));
    const results = await new SequentialExecution(({ x }: { x: NdArray }) => mapped(x.reshape([1])).sum(), space).run();
    expect([...results.status]).toEqual(Array.from({ length: 40 }, (_, x) => (x > 25 ? 3 : 1)));
  });
});
