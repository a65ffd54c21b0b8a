/** Where memory cannot be shared, this thread hands out ranges of points and copies what comes back to its place. */

import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import { DeviceFault, type HostDevice } from "../device/host.ts";
import { Pace } from "../device/pace.ts";
import type { RangeResult, Tally, Task } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import { Guard } from "./guard.ts";
import { type Part, Recovery, type Suspect, TRIES } from "./recovery.ts";
import { addTallies, afterLoad, noTally, type PointJob, type Spread } from "./spread.ts";

export const handedOut = (job: PointJob): Spread => new HandedOut(job);

interface Fill {
  readonly columns: ResultColumns;
  readonly first: number;
  readonly count: number;
  /** The first point, among those of the fill, that nobody has yet. */
  next: number;
  readonly suspects: Suspect[];
}

class HandedOut implements Spread {
  readonly tallies: Tally[];
  private readonly job: PointJob;
  private readonly paces: readonly Pace[];
  /** What each device is busy with; the next fill waits for it. */
  private readonly busy: Promise<void>[];
  private readonly guard: Guard;
  private readonly recovery: Recovery;
  private stopped = false;

  constructor(job: PointJob) {
    this.job = job;
    this.tallies = job.devices.map(() => noTally);
    this.paces = job.devices.map(() => new Pace(job.rule.least, job.devices.length));
    this.busy = job.devices.map(() => Promise.resolve());
    this.guard = new Guard(job.deviceTimeout);
    this.recovery = new Recovery({
      devices: job.devices.length,
      outputs: job.task.outputs,
      isStopped: () => this.stopped,
      onFault: job.onFault,
      attempt: (part, device, columns, first) => this.range(part, device, columns, first),
    });
  }

  counts(): readonly number[] {
    return this.tallies.map(({ points }) => points);
  }

  async fill(columns: ResultColumns, first: number, count: number): Promise<void> {
    const fill: Fill = { columns, first, count, next: 0, suspects: [] };
    this.job.devices.forEach((_, i) => {
      this.busy[i] = (this.busy[i] as Promise<void>).then(() => this.serve(i, fill));
    });
    await Promise.all(this.busy);
    await this.recovery.finish(columns, first, count, fill.suspects);
  }

  stop(): void {
    this.stopped = true;
    this.guard.stop();
  }

  private async serve(index: number, fill: Fill): Promise<void> {
    const pace = this.paces[index] as Pace;
    for (let starts = 1; fill.next < fill.count && !this.stopped; ) {
      const start = fill.next;
      const count = Math.min(pace.next(fill.count - start), fill.count - start);
      fill.next += count;
      const began = performance.now();
      try {
        await this.range({ start, count }, index, fill.columns, fill.first);
        pace.record(count, (performance.now() - began) / 1000);
      } catch (error) {
        if (!(error instanceof DeviceFault)) throw error;
        if (!error.inProgress || this.stopped) continue;
        if (await this.starts(index)) fill.suspects.push({ start, count, reason: error.reason });
        else if (starts++ === TRIES) throw error;
      }
    }
  }

  /** Whether a fresh thread takes the task; if not, the points are not to blame. */
  private async starts(index: number): Promise<boolean> {
    try {
      await (this.job.devices[index] as HostDevice).load(this.job.task);
      return true;
    } catch {
      return false;
    }
  }

  private async range({ start, count }: Part, index: number, columns: ResultColumns, first: number): Promise<Tally> {
    const { task, sources, rule } = this.job;
    const device = this.job.devices[index] as HostDevice;
    const request = { kind: "range", task: task.id, sources, rule, start: first + start, count } as const;
    const asked = afterLoad(device, task, () => device.range(request));
    const result = await this.guard.watch(device, asked, () => "at it");
    place(result, columns, start, task);
    const { points, batches, notFinite } = result;
    this.tallies[index] = addTallies(this.tallies[index] as Tally, { points, batches, notFinite });
    return result;
  }
}

/** Copies the results of a range to their rows. */
function place({ columns }: RangeResult, into: ResultColumns, start: number, { outputs }: Task): void {
  into.data.forEach((column, i) => {
    column.set(columns.data[i] as TypedArray, sizeOf((outputs[i] as Type).shape) * start);
  });
  into.status.set(columns.status, start);
}
