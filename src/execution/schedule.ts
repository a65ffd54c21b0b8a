/**
 * Spreads points over devices. Where memory can be shared, every device claims its next points from a common
 * counter and writes results to their place; elsewhere this thread hands out ranges and copies what comes back.
 * Either way a device that is slow holds up nobody, and the numbers do not depend on who computed what.
 */

import type { ColumnSource } from "../base/column.ts";
import { dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import type { HostDevice } from "../device/host.ts";
import { Pace } from "../device/pace.ts";
import { type BatchRule, DONE, type RangeResult, STOP, type Tally, type Task } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import { type Progress, Reporter } from "./progress.ts";

/** Points to be computed, wherever their results go. */
export interface PointJob {
  readonly task: Task;
  readonly sources: readonly ColumnSource[];
  readonly total: number;
  readonly rule: BatchRule;
  readonly devices: readonly HostDevice[];
  /** Whether results lie in shared memory. */
  readonly shared: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** All of them at once. */
export interface Job extends PointJob {
  readonly columns: ResultColumns;
}

/** Gives what each device did; rejects at once when a device fails or the signal says so. */
export async function runJob(job: Job): Promise<readonly Tally[]> {
  job.signal?.throwIfAborted();
  const spread = spreadOver(job);
  const watch = new Watch(job, job.total, spread);
  try {
    await watch.until(spread.fill(job.columns, 0, job.total));
    watch.finish();
    return spread.tallies;
  } finally {
    watch.end();
  }
}

/** One way to get points computed by all devices. */
export interface Spread {
  /** What each device did in the fills that are finished. */
  readonly tallies: readonly Tally[];
  /** Points done by each device, by now. */
  counts(): readonly number[];
  /**
   * Computes the points `first … first + count` into the rows of columns from 0 on, all devices together. Devices do
   * one fill after the other, without waiting for each other in between.
   */
  fill(columns: ResultColumns, first: number, count: number): Promise<unknown>;
  /** No new batch is begun. */
  stop(): void;
}

export const spreadOver = (job: PointJob): Spread => (job.shared ? claimed(job) : handedOut(job));

/** What a run looks at besides its devices: the signal, and the one who is told of progress. */
export class Watch {
  private readonly reporter: Reporter;
  private readonly ends: (() => void)[];
  private failure: { readonly reason: unknown } | undefined;
  /** Of whoever waits at the moment. */
  private reject: (reason: unknown) => void = () => undefined;

  /** `stop` is called as soon as anything fails, and at the end. */
  constructor(
    { signal, onProgress }: Pick<PointJob, "signal" | "onProgress">,
    total: number,
    { counts, stop }: Pick<Spread, "counts" | "stop">,
  ) {
    const fail = (reason: unknown): void => {
      this.failure ??= { reason };
      stop();
      this.reject(reason);
    };
    const abort = (): void => fail(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.reporter = new Reporter(total, counts, onProgress);
    const ticking = this.reporter.start(fail);
    this.ends = [() => ticking.stop(), stop, () => signal?.removeEventListener("abort", abort)];
  }

  /** What the promise gives, unless the run fails first. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.reject = reject;
      if (this.failure) reject(this.failure.reason);
      // A device that goes on until its batch is done may fail too; the run has its answer then.
      promise.then(resolve, reject);
    });
  }

  /** The last word of a run that got to its end. */
  finish(): void {
    this.reporter.finish();
  }

  /** Comes last, however the run went. */
  end(): void {
    for (const end of this.ends) end();
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

const none: Tally = { points: 0, batches: 0, notFinite: 0 };

const addTallies = (a: Tally, b: Tally): Tally => ({
  points: a.points + b.points,
  batches: a.batches + b.batches,
  notFinite: a.notFinite + b.notFinite,
});

function claimed({ task, sources: given, rule, devices }: PointJob): Spread {
  const sources = given.map(inSharedMemory);
  const tallies = devices.map(() => none);
  const active = new Set<BigInt64Array>();
  return {
    tallies,
    counts: () =>
      tallies.map(({ points }, i) => {
        let count = points;
        for (const control of active) count += Number(Atomics.load(control, DONE + i));
        return count;
      }),
    async fill(columns, first, count) {
      const control = new BigInt64Array(new SharedArrayBuffer(8 * (DONE + devices.length)));
      active.add(control);
      const common = { kind: "claim", task: task.id, sources, first, total: count, rule, control, columns } as const;
      const asked = devices.map(async (device, index) => {
        const loaded = device.load(task);
        const done = device.claim({ ...common, device: index, devices: devices.length });
        return (await Promise.all([done, loaded]))[0];
      });
      const done = await Promise.all(asked);
      active.delete(control);
      for (const [i, tally] of done.entries()) tallies[i] = addTallies(tallies[i] as Tally, tally);
    },
    stop() {
      for (const control of active) Atomics.store(control, STOP, 1n);
    },
  };
}

function handedOut({ task, sources, rule, devices }: PointJob): Spread {
  const tallies = devices.map(() => none);
  const paces = devices.map(() => new Pace(rule.least, devices.length));
  // What each device is busy with; the next fill waits for it.
  const busy: Promise<void>[] = devices.map((device) => device.load(task));
  let stopped = false;
  const serve = async (index: number, fill: Fill): Promise<void> => {
    const pace = paces[index] as Pace;
    while (fill.next < fill.count && !stopped) {
      const start = fill.next;
      const count = Math.min(pace.next(fill.count - start), fill.count - start);
      fill.next += count;
      const began = performance.now();
      const request = { kind: "range", task: task.id, sources, rule, start: fill.first + start, count } as const;
      const result = await (devices[index] as HostDevice).range(request);
      pace.record(count, (performance.now() - began) / 1000);
      place(result, fill.columns, start, task);
      tallies[index] = addTallies(tallies[index] as Tally, result);
    }
  };
  return {
    tallies,
    counts: () => tallies.map(({ points }) => points),
    fill(columns, first, count) {
      const fill: Fill = { columns, first, count, next: 0 };
      devices.forEach((_, i) => {
        busy[i] = (busy[i] as Promise<void>).then(() => serve(i, fill));
      });
      return Promise.all(busy);
    },
    stop() {
      stopped = true;
    },
  };
}

interface Fill {
  readonly columns: ResultColumns;
  readonly first: number;
  readonly count: number;
  /** The first point, among those of the fill, that nobody has yet. */
  next: number;
}

/** Copies the results of a range to their rows. */
function place({ columns }: RangeResult, into: ResultColumns, start: number, { outputs }: Task): void {
  into.data.forEach((column, i) => {
    column.set(columns.data[i] as TypedArray, sizeOf((outputs[i] as Type).shape) * start);
  });
  into.status.set(columns.status, start);
}
