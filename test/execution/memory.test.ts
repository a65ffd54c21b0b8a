/** A model's arrays and the memory that is free: what runs with less, and what is refused. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { allocate } from "../../src/base/dtype.ts";
import { isLanewiseError } from "../../src/base/errors.ts";
import { threadSetting } from "../../src/device/platform.ts";
import { targets } from "../../src/device/table.ts";
import { GridAxis, type NdArray, np, ParallelExecution, type ParallelOptions, Space } from "../../src/index.ts";

afterEach(() => {
  vi.restoreAllMocks();
  threadSetting.file = undefined;
});

/** Two arrays of 20,000 floats for each point that is computed at a time. */
const model = ({ a }: { a: NdArray }) => np.cumsum(np.flip(np.cumsum(np.ones([20_000]).mul(a)))).max();
const space = new Space({ a: new GridAxis(0, 1, 40) });

async function run(free: number | undefined, options: ParallelOptions) {
  if (free !== undefined) vi.spyOn(process, "availableMemory").mockReturnValue(free);
  using executor = new ParallelExecution(model, space, { nPmap: 2, ...options });
  return (await executor.run()).stacked as Float32Array;
}

describe.each((["x64", "wasm"] as const).filter((name) => !targets[name].whyNot()))("on %s", (target) => {
  test("what does not fit for all lanes is computed for fewer points at a time, with the same bits", async () => {
    const { lanes } = targets[target];
    const whole = await run(undefined, { target });
    // Room for one lane group, then for one point alone.
    for (const free of [160_000 * 2 * lanes * 1.2, 160_000 * 2 * 1.5]) {
      expect(await run(free, { target })).toEqual(whole);
    }
  });

  test("what does not fit at all is refused before it runs, and so is a batch that was asked for", async () => {
    const refusal =
      /^ParallelExecution.run: expected a model whose arrays fit into the free memory \(\d.* KB\), got \d.*B on each of 2 devices; use fewer devices \(nPmap, --devices\), fewer points at a time \(nVmap, --batch\) or smaller arrays$/;
    await expect(run(100_000, { target })).rejects.toThrow(refusal);
    await expect(run(500_000, { target, nVmap: 8 })).rejects.toThrow(refusal);
  });
});

test("values for which there is no room are a sentence", () => {
  const ask = () => allocate("float64", 2 ** 45);
  expect(ask).toThrow(
    "memory: expected room for 281474976710656 bytes (281 TB), but it cannot be had; take fewer points at a time (slice, chunks), or smaller arrays",
  );
  try {
    ask();
  } catch (error) {
    expect(isLanewiseError(error, "memory")).toBe(true);
  }
});

test("threads that the system does not start are a sentence, in every run that needs them", async () => {
  threadSetting.file = new URL("https://example.org/worker.js");
  await expect(run(undefined, {})).rejects.toThrow(
    /^device 0 \(worker thread\): expected the system to start a thread, got .*; use fewer devices \(nPmap, --devices\)/,
  );
});
