import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { deviceCount, devices } from "../../src/device/devices.ts";
import { holdDevices, releaseDevices, setHostDeviceCount } from "../../src/device/host.ts";
import { coreCount } from "../../src/device/platform.ts";
import { defaultTarget, targetNames, targets } from "../../src/device/table.ts";
import { product, ramp, run, slow } from "./programs.ts";

const sources = [ramp(10), ramp(7)];

const expected = (i: number): number => Math.fround(Math.fround((i % 10) / 9) * Math.fround((i % 7) / 6));

describe.each([true, false])("with shared memory: %s", (shared) => {
  test.each([1, 2, 3, 5, 8, 64, 1000])("batches of %i give every point its product", async (batch) => {
    for (const count of [1, 2]) {
      const { columns, tallies } = await run(product(), sources, 203, {
        shared,
        devices: count,
        rule: { batch, least: batch },
      });
      expect([...columns.data[0]!]).toEqual(Array.from({ length: 203 }, (_, i) => expected(i)));
      expect(tallies.reduce((n, { points }) => n + points, 0)).toBe(203);
    }
  });

  test.each(targetNames.filter((name) => !targets[name].whyNot()))("%s gives the same bits", async (target) => {
    const { columns } = await run(product(), sources, 50, { shared, target, devices: 2 });
    expect([...columns.data[0]!]).toEqual(Array.from({ length: 50 }, (_, i) => expected(i)));
  });

  test("a signal stops a run within a batch, and the devices go on", async () => {
    const holder = {};
    const controller = new AbortController();
    const long = run(slow(20_000_000), [ramp(64)], 1e6, { shared, devices: 2, holder, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(long).rejects.toThrow("enough");
    const { columns } = await run(product(), sources, 20, { shared, devices: 2, holder });
    expect(columns.data[0]![11]).toBe(expected(11));
    for (const device of holdDevices(holder, 2)) device.terminate();
    releaseDevices(holder);
  });

  test("a signal that was aborted before starts nothing", async () => {
    const signal = AbortSignal.abort(new Error("never"));
    await expect(run(product(), sources, 20, { shared, signal })).rejects.toThrow("never");
  });

  test("a worker that dies is replaced, and its points are computed again", async () => {
    const holder = {};
    const setting = { shared, devices: 2, rule: { batch: 64, least: 64 }, holder };
    const undisturbed = await run(slow(20_000), [ramp(1000)], 20_000, setting);
    const killing = setInterval(() => holdDevices(holder, 2)[1]!.terminate(), 250);
    const { columns } = await run(slow(20_000), [ramp(1000)], 20_000, setting).finally(() => clearInterval(killing));
    expect(columns).toEqual(undisturbed.columns);
    releaseDevices(holder);
  });

  test("progress is told ten times a second at most, and once at the end", async () => {
    const told: number[] = [];
    const began = performance.now();
    await run(slow(2000), [ramp(64)], 200_000, {
      shared,
      devices: 2,
      onProgress: ({ done, total, rate, secondsLeft, devices: shares }) => {
        told.push(done);
        expect(total).toBe(200_000);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(secondsLeft).toBeGreaterThanOrEqual(0);
        if (done > 0) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1);
      },
    });
    expect(told.at(-1)).toBe(200_000);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.length).toBeLessThanOrEqual(2 + (performance.now() - began) / 100);
  });

  test("an error of the progress listener ends the run", async () => {
    const onProgress = (): never => {
      throw new Error("listener");
    };
    await expect(run(slow(2000), [ramp(64)], 10_000, { shared, onProgress })).rejects.toThrow("listener");
  });
});

describe("points that are not finite", () => {
  test("are counted, and spoil no other", async () => {
    const { program } = await import("./programs.ts");
    const inverse = program([{ dtype: "float32", shape: [] }], (b, x) => [
      b.apply("div", [b.constant(1, "float32"), x!]),
    ]);
    const { columns, tallies } = await run(inverse, [ramp(5)], 12, { devices: 2 });
    expect([...columns.status]).toEqual([2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1]);
    expect(tallies.reduce((n, { notFinite }) => n + notFinite, 0)).toBe(3);
  });
});

describe("the number of devices", () => {
  afterEach(() => {
    setHostDeviceCount(coreCount());
    delete process.env.LANEWISE_HOST_DEVICES;
  });

  test("can be set at any time", () => {
    setHostDeviceCount(3);
    expect(deviceCount()).toBe(3);
    expect(devices().map(({ kind, index, target }) => `${kind} ${index} ${target}`)).toEqual([
      `host 0 ${defaultTarget()}`,
      `host 1 ${defaultTarget()}`,
      `host 2 ${defaultTarget()}`,
    ]);
  });

  test.each([0, -1, 1.5, Number.NaN, 1_000_000])("cannot be %d", (count) => {
    expect(() => setHostDeviceCount(count)).toThrow(
      `setHostDeviceCount: expected an integer from 1 to 1024, got ${count}; give the number of worker threads to use`,
    );
  });
});

test("a script that forgot to let its devices go still ends, after its run", () => {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const command = [path("../../node_modules/jiti/lib/jiti-cli.mjs"), path("forgotten.ts")];
  const { stdout, stderr, status } = spawnSync(process.execPath, command, { encoding: "utf8", timeout: 60_000 });
  expect({ stdout, stderr, status }).toEqual({ stdout: "done\n", stderr: "", status: 0 });
}, 90_000);
