/** Coordinates are the numbers that the model saw, wherever they are read: draws have the bits of the run's floats. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type FloatDType,
  GridAxis,
  GridSpace,
  type NdArray,
  ParallelExecution,
  Parameter,
  random,
  SequentialExecution,
  Space,
  UniformAxis,
  UniformSpace,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "coordinates-"));
afterAll(() => rmSync(folder, { recursive: true }));

const free = (low: number) => new Parameter("p", 0, { low, high: 1, free: true });
const product = () => new Space({ draw: new UniformAxis(-1, 1, 5), step: new GridAxis(0, 1, 3) }, { mode: "product" });

/** What the model was given. */
const seen = ({ draw, step }: { draw: NdArray; step: NdArray }) => ({ draw: draw.mul(1), step: step.mul(1) });

describe.each<FloatDType>(["float32", "float64"])("in %s", (dtype) => {
  const asSeen = dtype === "float32" ? Math.fround : (x: number) => x;

  test("an axis of draws has the model's draws: in memory, in stores and in tables", async () => {
    const space = product();
    using executor = new ParallelExecution(seen, space, { dtype, nPmap: 1 });
    const results = await executor.run();
    const draws = [...results.isel({ step: 0 }).stacked.draw];
    expect(new Set(draws).size).toBe(5);
    expect([...(results.coords.draw as Float64Array)]).toEqual(draws);
    expect([...(results.toColumns().draw as Float64Array)]).toEqual([...results.stacked.draw]);
    expect(results.sel({ draw: draws[3] as number }).at(0).draw).toBe(draws[3]);
    // Values that were written are shown in the digits in which they were.
    expect([...(results.coords.step as Float64Array)]).toEqual([0, 0.5, 1]);

    const store = join(folder, `${dtype}.zarr`);
    const stored = await executor.run({ store });
    expect(await stored.coords).toEqual(results.coords);
    expect(await stored.toColumns()).toEqual(results.toColumns());

    const sequential = await new SequentialExecution(seen, space, { dtype }).run();
    expect(sequential.coords).toEqual(results.coords);

    const reduced = await executor.run({ reduce: { draw: "max" }, over: ["step"] });
    expect([...(reduced.coords.draw as Float64Array)]).toEqual(draws);
    expect([...reduced.stacked.draw.max].map(asSeen)).toEqual(draws);
  });

  test("so do drawn points, replicated or not, and the points that failed", async () => {
    const space = new UniformSpace({ draw: free(-1), key: random.key(1) }, { N: 6 });
    const model = ({ draw }: { draw: NdArray }) => ({ seen: draw.mul(1), root: draw.sqrt() });
    for (const replications of [1, 3]) {
      using executor = new ParallelExecution(model, space, { dtype, nPmap: 1, replications });
      const results = await executor.run();
      expect([...(results.toColumns().draw as Float64Array)]).toEqual([...results.stacked.seen]);
      const failed = results.failed();
      expect(failed.length).toBeGreaterThan(0);
      for (const { index, parameters } of failed) expect(parameters.draw).toBe(results.stacked.seen[index]);
      const stored = await executor.run({ store: join(folder, `${dtype}-${replications}.zarr`) });
      expect(await stored.toColumns()).toEqual(results.toColumns());
    }
  });
});

test("a space by itself shows the draws of the default float", async () => {
  const space = product();
  const results = await new ParallelExecution(seen, space, { nPmap: 1 }).run();
  expect(space.coords).toEqual(results.coords);
  const grid = new GridSpace({ a: free(0), b: free(-1) }, { n: 3 });
  expect([...(grid.coords.b as Float64Array)]).toEqual([-1, 0, 1]);
});
