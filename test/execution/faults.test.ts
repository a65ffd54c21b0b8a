/** Devices that die, throw, hang or run out of memory while they compute: the run goes on, and says what it lost. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { threadSetting } from "../../src/device/platform.ts";
import { type TargetName, targetNames, targets } from "../../src/device/table.ts";
import { DataSpace, lax, type NdArray, np, ParallelExecution, type ParallelOptions } from "../../src/index.ts";
import { node } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "faults-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runnable = targetNames.filter((name) => !targets[name].whyNot());

const N = 400;
const KILLER = 77;
const space = new DataSpace({ x: Float32Array.from({ length: N }, (_, i) => i) });
const model = ({ x }: { x: NdArray }) => ({ half: x.div(2), whole: x.astype("int32") });

function expectAllBut(results: Awaited<ReturnType<ParallelExecution["run"]>>, lost: readonly number[]): void {
  const { half, whole } = results.stacked as { half: Float32Array; whole: Int32Array };
  for (let i = 0; i < N; i++) {
    const isLost = lost.includes(i);
    expect([half[i], whole[i], results.status[i]], `point ${i}`).toEqual(isLost ? [Number.NaN, 0, 4] : [i / 2, i, 1]);
  }
  expect(results.report.statuses).toMatchObject({ ok: N - lost.length, failed: lost.length });
}

describe.each([true, false])("a device of which one point is the end (shared memory: %s)", (sharedMemory) => {
  beforeEach(() => {
    threadSetting.file = new URL("../support/faulty-worker.mjs", import.meta.url);
    process.env.FAULT_AT = String(KILLER);
  });
  afterEach(() => {
    threadSetting.file = undefined;
    threadSetting.memoryMegabytes = undefined;
    for (const name of ["FAULT", "FAULT_AT", "FAULT_ONCE"]) delete process.env[name];
  });

  const run = async (fault: string, options: ParallelOptions = {}) => {
    process.env.FAULT = fault;
    using executor = new ParallelExecution(model, space, {
      target: "wasm",
      nVmap: 4,
      nPmap: 2,
      sharedMemory,
      ...options,
    });
    return await executor.run();
  };

  test.each([
    ["exit", "it ended with exit code 7"],
    ["throw", 'it failed with "no luck"'],
  ])("by %s loses that point alone", async (fault, reason) => {
    const results = await run(fault);
    expectAllBut(results as never, [KILLER]);
    expect(results.failed()).toEqual([{ index: KILLER, parameters: { x: KILLER }, status: "failed", reason }]);
  });

  test("by memory loses that point alone", async () => {
    threadSetting.memoryMegabytes = 24;
    const results = await run("memory");
    expectAllBut(results as never, [KILLER]);
    expect(results.failed()[0]?.reason).toMatch(/memory limit/);
  });

  test.each(sharedMemory ? ["loop", "wait"] : ["loop"])("in an endless %s loses that point alone", async (fault) => {
    const results = await run(fault, { deviceTimeout: 400 });
    expectAllBut(results as never, [KILLER]);
    expect(results.failed()[0]?.reason).toBe("it was silent for 0.4 s");
  });

  test.each(["exit", "throw", "later"])("once, by %s, loses nothing", async (fault) => {
    process.env.FAULT_ONCE = join(folder, `${fault} ${sharedMemory}`);
    expectAllBut((await run(fault)) as never, []);
    expect(existsSync(process.env.FAULT_ONCE)).toBe(true);
  });

  test("stops a run that is to stop at failed points, with the reason", async () => {
    await expect(run("exit", { onError: "stop" })).rejects.toThrow(
      `got "failed" at point ${KILLER} (x = ${KILLER}): it ended with exit code 7`,
    );
  });

  test("before it has begun is no fault of the points: the run rejects", async () => {
    threadSetting.file = pathToFileURL(join(folder, "missing.mjs"));
    await expect(run("exit")).rejects.toThrow(
      /expected it to finish its batch, but it failed with "Cannot find module/,
    );
  });
});

/** Goes on for ever where x is the killer. */
const endless = ({ x }: { x: NdArray }) => ({
  half: lax
    .whileLoop(
      ({ k }) => k.less(3),
      ({ k }) => ({ k: k.add(np.where(x.equal(KILLER), 0, 1)) }),
      { k: 0 },
    )
    .k.mul(0)
    .add(x.div(2)),
  whole: x.astype("int32"),
});

describe.each(runnable)("a loop without end on %s", (target: TargetName) => {
  test("is a point that failed, where devices have a time limit", async () => {
    using executor = new ParallelExecution(endless, space, { target, nVmap: 4, nPmap: 2, deviceTimeout: 400 });
    expectAllBut((await executor.run()) as never, [KILLER]);
  }, 30_000);

  test("ends with the signal, and leaves nothing running", async () => {
    const script = join(folder, `${target}.mjs`);
    writeFileSync(
      script,
      `import { DataSpace, lax, ParallelExecution } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const model = ({ x }) => lax.whileLoop((k) => k.greaterEqual(0), (k) => k.add(1).minimum(5), x);
      const space = new DataSpace({ x: Float32Array.from({ length: 100 }, (_, i) => i) });
      const executor = new ParallelExecution(model, space, { target: ${JSON.stringify(target)} });
      const began = performance.now();
      const error = await executor.run({ signal: AbortSignal.timeout(300) }).catch((error) => error);
      console.log(error.name, performance.now() - began < 5000);
      console.log((await new ParallelExecution(({ x }) => x.add(1), space).run()).at(3));`,
    );
    const began = performance.now();
    expect(await node([script])).toEqual({ code: 0, stdout: "TimeoutError true\n4\n", stderr: "" });
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);
});
