/**
 * Spreads a run over devices. Where memory can be shared, every device claims its next points from a common
 * counter and writes results to their place; elsewhere this thread hands out ranges and copies what comes back.
 * Either way a device that is slow holds up nobody, and the numbers do not depend on who computed what.
 */

import type { ColumnSource } from "../base/column.ts";
import { dtypeInfo, type TypedArray } from "../base/dtype.ts";
import type { HostDevice } from "../device/host.ts";
import { Pace } from "../device/pace.ts";
import { type BatchRule, DONE, type RangeResult, STOP, type Tally, type Task } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import { type Progress, Reporter } from "./progress.ts";

export interface Job {
  readonly task: Task;
  readonly sources: readonly ColumnSource[];
  readonly total: number;
  readonly rule: BatchRule;
  readonly devices: readonly HostDevice[];
  /** Whether the columns lie in shared memory. */
  readonly shared: boolean;
  readonly columns: ResultColumns;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One way to spread a job. */
interface Spread {
  /** Points done by each device, by now. */
  counts(): readonly number[];
  /** No new batch is begun. */
  stop(): void;
  /** Resolves when each device has done its part. */
  readonly finished: Promise<Tally[]>;
}

/** Gives what each device did; rejects at once when a device fails or the signal says so. */
export async function runJob(job: Job): Promise<readonly Tally[]> {
  job.signal?.throwIfAborted();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const abort = (): void => fail(job.signal?.reason);
  job.signal?.addEventListener("abort", abort, { once: true });
  const spread = job.shared ? claimed(job) : handedOut(job);
  const reporter = new Reporter(job.total, spread.counts, job.onProgress);
  const ticking = reporter.start(fail);
  try {
    const tallies = await Promise.race([spread.finished, failed]);
    reporter.finish();
    return tallies;
  } finally {
    ticking.stop();
    spread.stop();
    job.signal?.removeEventListener("abort", abort);
    // The devices that go on until their batch is done may fail too; the run has its answer.
    spread.finished.catch(() => undefined);
  }
}

/** Tables of more bytes than this are put where all devices see them, instead of one copy for each. */
const SMALL_TABLE = 2 ** 16;

function inSharedMemory(source: ColumnSource): ColumnSource {
  if (source.kind !== "table" || source.values.byteLength <= SMALL_TABLE) return source;
  const { storage } = dtypeInfo[source.dtype];
  const values = new storage(new SharedArrayBuffer(source.values.byteLength));
  values.set(source.values);
  return { ...source, values };
}

function claimed({ task, sources: given, total, rule, devices, columns }: Job): Spread {
  const sources = given.map(inSharedMemory);
  const control = new BigInt64Array(new SharedArrayBuffer(8 * (DONE + devices.length)));
  const finished = devices.map(async (device, index) => {
    const loaded = device.load(task);
    const request = { kind: "claim", task: task.id, sources, total, rule, control, columns } as const;
    const done = device.claim({ ...request, device: index, devices: devices.length });
    return (await Promise.all([done, loaded]))[0];
  });
  return {
    counts: () => devices.map((_, i) => Number(Atomics.load(control, DONE + i))),
    stop: () => void Atomics.store(control, STOP, 1n),
    finished: Promise.all(finished),
  };
}

function handedOut({ task, sources, total, rule, devices, columns }: Job): Spread {
  const counts = devices.map(() => 0);
  let next = 0;
  const serve = async (device: HostDevice, index: number): Promise<Tally> => {
    await device.load(task);
    const pace = new Pace(rule.least, devices.length);
    const tally = { points: 0, batches: 0, notFinite: 0 };
    while (next < total) {
      const start = next;
      const count = Math.min(pace.next(total - start), total - start);
      next += count;
      const began = performance.now();
      const result = await device.range({ kind: "range", task: task.id, sources, rule, start, count });
      pace.record(count, (performance.now() - began) / 1000);
      place(result, columns, start, total);
      for (const key of ["points", "batches", "notFinite"] as const) tally[key] += result[key];
      counts[index] = tally.points;
    }
    return tally;
  };
  return {
    counts: () => counts,
    stop: () => {
      next = total;
    },
    finished: Promise.all(devices.map(serve)),
  };
}

/** Copies the results of a range to their place among those of all points. */
function place({ columns }: RangeResult, into: ResultColumns, start: number, total: number): void {
  into.data.forEach((column, i) => void column.set(columns.data[i] as TypedArray, (column.length / total) * start));
  into.status.set(columns.status, start);
}
