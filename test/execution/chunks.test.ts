import { describe, expect, test } from "vitest";
import { type ColumnSource, fillColumn } from "../../src/base/column.ts";
import type { TypedArray } from "../../src/base/dtype.ts";
import { compileSync } from "../../src/device/cache.ts";
import { holdDevices, releaseDevices, setHostDeviceCount } from "../../src/device/host.ts";
import { defaultTarget } from "../../src/device/table.ts";
import { type Chunk, type ChunkOptions, chunksOf } from "../../src/execution/chunks.ts";
import type { PointJob } from "../../src/execution/schedule.ts";
import { nextTaskId } from "../../src/execution/task.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { product, ramp, run, slow } from "../device/programs.ts";

setHostDeviceCount(2);

interface Given extends Partial<PointJob> {
  readonly program?: Program;
  readonly count?: number;
}

/** A job for two devices, or for one. */
function jobOf(holder: object, { program = product(), count = 2, ...job }: Given = {}): PointJob {
  const code = compileSync(program, defaultTarget(), { points: 16, fastMath: false });
  const outputs = program.root.results.map(typeOf);
  const task = { id: nextTaskId(), code, outputs, shared: [] };
  const devices = holdDevices(holder, count);
  const sources = [ramp(10), ramp(7)];
  return { task, sources, total: 1003, rule: { batch: 24, least: 8 }, devices, shared: true, ...job };
}

/** Chunks as they were when they came. */
async function collect(job: PointJob, options: ChunkOptions): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const { columns, ...chunk } of chunksOf(job, options)) {
    const data = columns.data.map((column) => column.slice());
    chunks.push({ ...chunk, columns: { data, status: columns.status.slice() } });
  }
  return chunks;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each([true, false])("chunks with shared memory: %s", (shared) => {
  const holder = {};

  test.each([1, 7, 64, 1000, 5000])("of %i points come in order, with the bits of a whole run", async (points) => {
    const whole = (await run(product(), [ramp(10), ramp(7)], 1003, { shared, devices: 2 })).columns;
    const job = jobOf(holder, { shared });
    const chunks = await collect(job, { points });
    expect(chunks.map(({ index }) => index)).toEqual(Array.from({ length: Math.ceil(1003 / points) }, (_, k) => k));
    for (const { index, start, count, columns } of chunks) {
      expect([start, count]).toEqual([index * points, Math.min(points, 1003 - index * points)]);
      expect(columns.data[0]).toEqual(whole.data[0]!.slice(start, start + count));
      expect(columns.status).toEqual(whole.status.slice(start, start + count));
    }
  });

  test("that are not wanted are neither computed nor given, and progress does not count them", async () => {
    const told: number[] = [];
    const job = jobOf(holder, { shared, onProgress: ({ done, total }) => told.push(done, total) });
    const chunks = await collect(job, { points: 100, wanted: (index) => index % 5 === 0 });
    expect(chunks.map(({ index }) => index)).toEqual([0, 5, 10]);
    expect(chunks.map(({ count }) => count)).toEqual([100, 100, 3]);
    expect(told.slice(-2)).toEqual([203, 203]);
  });

  test("of no points are none", async () => {
    expect(await collect(jobOf(holder, { shared, total: 0 }), { points: 10 })).toEqual([]);
  });

  test("share a few buffers, and the devices stop when all are full", async () => {
    const job = jobOf(holder, { shared });
    const buffers = new Set<ArrayBufferLike>();
    let asked = 0;
    const wanted = (): boolean => ++asked > 0;
    const chunks = chunksOf(job, { points: 10, ahead: 3, wanted });
    for (let k = 0; k < 20; k++) {
      const { value } = await chunks.next();
      buffers.add((value as Chunk).columns.status.buffer);
      await pause(2);
      // Each chunk is asked for twice: once for progress, once when it is begun.
      expect(asked).toBeLessThanOrEqual(101 + k + 3);
    }
    expect(buffers.size).toBe(3);
    await chunks.return([]);
  });

  test("are computed while an earlier one is handled", async () => {
    const done: number[] = [];
    const job = jobOf(holder, { shared, onProgress: (progress) => done.push(progress.done) });
    const chunks = chunksOf(job, { points: 100, ahead: 4 });
    await chunks.next();
    await pause(300);
    expect(done.at(-1)).toBe(400);
    await chunks.return([]);
  });

  test("say what each device did", async () => {
    const chunks = chunksOf(jobOf(holder, { shared }), { points: 100 });
    let last = await chunks.next();
    while (!last.done) last = await chunks.next();
    expect(last.value).toHaveLength(2);
    expect(last.value.reduce((n, { points }) => n + points, 0)).toBe(1003);
  });

  test("end with the loop that is left, and the devices are free at once", async () => {
    const long = jobOf(holder, { shared, program: slow(20_000), sources: [ramp(64)], total: 1e7 });
    for await (const { index } of chunksOf(long, { points: 1000 })) if (index === 1) break;
    const began = performance.now();
    await collect(jobOf(holder, { shared, total: 10 }), { points: 10 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("reject with the signal's reason, whether or not a chunk is waited for", async () => {
    for (const handling of [0, 40]) {
      const controller = new AbortController();
      const job = jobOf(holder, {
        shared,
        program: slow(20_000),
        sources: [ramp(64)],
        total: 1e7,
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(new Error("enough")), 20);
      const all = async (): Promise<void> => {
        for await (const _ of chunksOf(job, { points: 200 })) await pause(handling);
      };
      await expect(all()).rejects.toThrow("enough");
    }
  });

  test("go on when a device dies while a chunk is handled", async () => {
    const job = jobOf(holder, { shared, program: slow(20_000), sources: [ramp(64)], total: 1000 });
    const kept: number[] = [];
    for await (const { index, columns } of chunksOf(job, { points: 64 })) {
      if (index % 4 === 0) job.devices[1]!.terminate();
      await pause(10);
      expect([...columns.status]).toEqual(Array.from(columns.status, () => 1));
      kept.push(...columns.data[0]!);
    }
    expect(kept).toEqual(Array.from({ length: 1000 }, (_, i) => kept[i % 64]));
  });

  test("count beyond 2^31 and 2^32 points without losing one", async () => {
    const source: ColumnSource = { ...ramp(2 ** 20), repeat: 2 ** 13 };
    const job = jobOf(holder, { shared, sources: [source, source], total: 2 ** 33 - 1 });
    const points = 1000;
    const wanted = new Set([2 ** 31, 2 ** 32, 2 ** 33 - 1].map((at) => Math.floor(at / points)));
    for (const { start, count, columns } of await collect(job, { points: points, wanted: (k) => wanted.has(k) })) {
      const x = new Float32Array(count);
      fillColumn(source, start, count, x as TypedArray);
      expect(columns.data[0]).toEqual(x.map((value) => Math.fround(value * value)));
      expect(start + count).toBeLessThanOrEqual(2 ** 33 - 1);
    }
    expect(wanted.size).toBe(3);
  });

  test("let go of the devices", () => {
    releaseDevices(holder);
  });
});
