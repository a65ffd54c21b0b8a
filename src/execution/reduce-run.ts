/**
 * Spreads a reduction over devices: each is handed a range of blocks at a time, sends back what is known of them, and
 * this thread takes that in, in order of the blocks. What comes too early waits; when too much waits, so do the devices.
 */

import { OK } from "../base/status.ts";
import { DeviceFault, type HostDevice } from "../device/host.ts";
import { Pace } from "../device/pace.ts";
import { DONE, type ReduceResult, STOP, type Tally } from "../device/protocol.ts";
import { BlockReducer, type ReducePlan } from "../device/reduce/block.ts";
import { blockAt, blockCount, pointsOf } from "../device/reduce/blocks.ts";
import { NumberWriter } from "../device/reduce/numbers.ts";
import { allocateResults } from "../store/memory.ts";
import { inSharedMemory } from "./claim.ts";
import { Guard } from "./guard.ts";
import type { PointOrder } from "./reduce-order.ts";
import { type PointJob, spreadOver, Watch } from "./schedule.ts";
import { addTallies, afterLoad, noTally } from "./spread.ts";

/** Bytes of partial results that may wait for an earlier one. */
const WAITING_BYTES = 2 ** 25;

/** Requests that a device has at a time: while this thread takes in one answer, the device is at the next. */
const ASKED = 2;

/** A job whose points are computed in another order, and told of by their number in the space. */
export function inOrder(job: PointJob, order: PointOrder): PointJob {
  const { sources, inspect, onFault } = job;
  if (order.isSpaces) return job;
  return {
    ...job,
    sources: order.sources(sources),
    inspect: (status, first) => {
      // Of points that are ok, only their number counts: those that follow each other are told of at once.
      for (let i = 0, next = 0; i < status.length; i = next) {
        do next++;
        while (next < status.length && status[i] === OK && status[next] === OK);
        inspect?.(status.subarray(i, next), order.index(first + i));
      }
    },
    onFault: ({ first, count, reason }) => {
      for (let i = 0; i < count; i++) onFault?.({ first: order.index(first + i), count: 1, reason });
    },
  };
}

/** `take` gets the partial results of `count` blocks from number `first` on, in order. */
export async function reduceJob(
  job: PointJob,
  plan: ReducePlan,
  take: (first: number, count: number, partials: Float64Array) => void,
): Promise<readonly Tally[]> {
  job.signal?.throwIfAborted();
  const spread = new BlockSpread(job, plan, take);
  const watch = new Watch(job, job.total, spread);
  try {
    await watch.until(spread.run());
    watch.finish();
    return spread.tallies;
  } finally {
    watch.end();
  }
}

/** What a device told of some blocks. */
type Heard = Pick<ReduceResult, "partials" | "status"> & { readonly count: number };

class BlockSpread {
  readonly tallies: Tally[];
  private readonly job: PointJob;
  private readonly plan: ReducePlan;
  private readonly take: (first: number, count: number, partials: Float64Array) => void;
  private readonly control: BigInt64Array | undefined;
  private readonly blocks: number;
  /** Fewest blocks of a request. */
  private readonly least: number;
  /** The first block that nobody has, and the first that is not taken in. */
  private next = 0;
  private taken = 0;
  /** By first block. */
  private readonly early = new Map<number, Heard>();
  private waitingBytes = 0;
  private readonly waiting: (() => void)[] = [];
  private stopped = false;
  private readonly guard: Guard;
  /** By device: requests that it has, in order. */
  private readonly lines: readonly object[][];

  constructor(job: PointJob, plan: ReducePlan, take: BlockSpread["take"]) {
    const sources = job.shared ? job.sources.map(inSharedMemory) : job.sources;
    this.job = { ...job, sources };
    this.plan = plan;
    this.take = take;
    this.control = job.shared ? new BigInt64Array(new SharedArrayBuffer(8 * DONE)) : undefined;
    this.blocks = blockCount(plan.blocks);
    this.least = Math.max(1, Math.ceil((job.rule.least * this.blocks) / Math.max(1, job.total)));
    this.tallies = job.devices.map(() => noTally);
    this.guard = new Guard(job.deviceTimeout);
    this.lines = job.devices.map(() => []);
  }

  counts = (): readonly number[] => this.tallies.map(({ points }) => points);

  stop = (): void => {
    this.stopped = true;
    if (this.control) Atomics.store(this.control, STOP, 1n);
    this.guard.stop();
    this.wake();
  };

  async run(): Promise<void> {
    const { devices } = this.job;
    const served = devices.map(async (device, index) => {
      const pace = new Pace(this.least, devices.length);
      await Promise.all(Array.from({ length: ASKED }, () => this.serve(device, index, pace)));
    });
    await Promise.all(served);
  }

  private async serve(device: HostDevice, index: number, pace: Pace): Promise<void> {
    while (this.next < this.blocks && !this.stopped) {
      if (this.waitingBytes > WAITING_BYTES) {
        await new Promise<void>((resolve) => void this.waiting.push(resolve));
        continue;
      }
      const { task, sources, rule } = this.job;
      const { plan, control } = this;
      const first = this.next;
      const count = Math.min(pace.next(this.blocks - first), this.blocks - first);
      this.next += count;
      const began = performance.now();
      const asked = { kind: "reduce", task: task.id, sources, rule, plan, first, count, control } as const;
      const result = await this.watched(device, index, () => device.reduce(asked)).catch((error) =>
        this.recover(first, count, error),
      );
      if (this.stopped) return;
      // The requests of a device share its time.
      pace.record(count, (performance.now() - began) / 1000 / ASKED);
      this.tallies[index] = addTallies(this.tallies[index] as Tally, result);
      this.hear(first, count, result);
    }
  }

  /** A device is at the first of its requests; the others wait behind it. */
  private async watched<T>(device: HostDevice, index: number, ask: () => Promise<T>): Promise<T> {
    const line = this.lines[index] as object[];
    const request = {};
    line.push(request);
    try {
      const asked = afterLoad(device, this.job.task, ask);
      return await this.guard.watch(device, asked, () => (line[0] === request ? "at it" : undefined));
    } finally {
      line.splice(line.indexOf(request), 1);
    }
  }

  /** What a device died of may be one point: the points are computed as those of other runs are, and reduced here. */
  private async recover(first: number, count: number, error: unknown): Promise<ReduceResult> {
    if (!(error instanceof DeviceFault) || this.stopped) throw error;
    const { task, shared } = this.job;
    const spread = spreadOver(this.job);
    const reducer = new BlockReducer(this.plan);
    const out = new NumberWriter();
    const status = new Uint8Array(pointsOf(this.plan.blocks, first, count));
    const { start } = blockAt(this.plan.blocks, first);
    for (let k = first; k < first + count && !this.stopped; k++) {
      const block = blockAt(this.plan.blocks, k);
      const columns = allocateResults(task.outputs, block.count, shared);
      await spread.fill(columns, block.start, block.count);
      status.set(columns.status, block.start - start);
      reducer.reduce(columns, 0, block, out);
    }
    spread.stop();
    return { ...spread.tallies.reduce(addTallies, noTally), partials: out.done(), status };
  }

  private hear(first: number, count: number, { partials, status }: ReduceResult): void {
    this.early.set(first, { count, partials, status });
    this.waitingBytes += partials.byteLength;
    for (let one = this.early.get(this.taken); one; one = this.early.get(this.taken)) {
      this.inspect(one);
      this.take(this.taken, one.count, one.partials);
      this.early.delete(this.taken);
      this.taken += one.count;
      this.waitingBytes -= one.partials.byteLength;
    }
    this.wake();
  }

  /** Statuses are looked at in order of the points. */
  private inspect({ count, status }: Heard): void {
    const { blocks } = this.plan;
    const all = status ?? new Uint8Array(pointsOf(blocks, this.taken, count)).fill(OK);
    this.job.inspect?.(all, blockAt(blocks, this.taken).start);
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
