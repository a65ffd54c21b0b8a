/** Devices that share memory claim their next points from a common counter, and write results to their place. */

import type { ColumnSource } from "../base/column.ts";
import { dtypeInfo } from "../base/dtype.ts";
import { DeviceFault, type HostDevice } from "../device/host.ts";
import { atSlot, type ClaimRequest, controlSlots, DONE, NEXT, STOP, type Tally } from "../device/protocol.ts";
import { Guard } from "./guard.ts";
import { Recovery, type Suspect, TRIES } from "./recovery.ts";
import { addTallies, afterLoad, noTally, type PointJob, type Spread } from "./spread.ts";

/** Tables of more bytes than this are put where all devices see them, instead of one copy for each. */
const SMALL_TABLE = 2 ** 16;

export function inSharedMemory(source: ColumnSource): ColumnSource {
  if (source.kind !== "table" || source.values.byteLength <= SMALL_TABLE) return source;
  const { storage } = dtypeInfo[source.dtype];
  const values = new storage(new SharedArrayBuffer(source.values.byteLength));
  values.set(source.values);
  return { ...source, values };
}

const controlBlock = (devices: number): BigInt64Array =>
  new BigInt64Array(new SharedArrayBuffer(8 * controlSlots(devices)));

export const claimed = (job: PointJob): Spread => new Claimed(job);

type Claim = Omit<ClaimRequest, "device">;

class Claimed implements Spread {
  readonly tallies: Tally[];
  private readonly job: PointJob;
  private readonly sources: readonly ColumnSource[];
  private readonly guard: Guard;
  private readonly recovery: Recovery;
  /** Control blocks in use, and which device has which place in them. */
  private readonly active = new Map<BigInt64Array, readonly number[]>();
  private stopped = false;

  constructor(job: PointJob) {
    this.job = job;
    this.sources = job.sources.map(inSharedMemory);
    this.tallies = job.devices.map(() => noTally);
    this.guard = new Guard(job.deviceTimeout);
    this.recovery = new Recovery({
      devices: job.devices.length,
      outputs: job.task.outputs,
      isStopped: () => this.stopped,
      onFault: job.onFault,
      attempt: async ({ start, count }, device, columns, first) => {
        const control = controlBlock(1);
        Atomics.store(control, NEXT, BigInt(start));
        const rule = { batch: count, least: count };
        const claim = this.claim({ first, total: start + count, rule, devices: 1, control, columns });
        return this.during(control, [device], () => this.ask(claim, device, 0));
      },
    });
  }

  counts(): readonly number[] {
    const counts = this.tallies.map(({ points }) => points);
    for (const [control, devices] of this.active) {
      devices.forEach((device, place) => {
        counts[device] = (counts[device] as number) + Number(Atomics.load(control, DONE + place));
      });
    }
    return counts;
  }

  async fill(columns: ClaimRequest["columns"], first: number, count: number): Promise<void> {
    const { devices, rule } = this.job;
    const control = controlBlock(devices.length);
    const claim = this.claim({ first, total: count, rule, devices: devices.length, control, columns });
    const suspects: Suspect[] = [];
    const all = devices.map((_, device) => device);
    await this.during(control, all, () => Promise.all(all.map((device) => this.serve(claim, device, suspects))));
    await this.recovery.finish(columns, first, count, suspects);
  }

  stop(): void {
    this.stopped = true;
    for (const control of this.active.keys()) Atomics.store(control, STOP, 1n);
    this.guard.stop();
  }

  private claim(part: Pick<Claim, "first" | "total" | "rule" | "devices" | "control" | "columns">): Claim {
    return { kind: "claim", task: this.job.task.id, sources: this.sources, ...part };
  }

  private async during<T>(control: BigInt64Array, devices: readonly number[], work: () => Promise<T>): Promise<T> {
    this.active.set(control, devices);
    try {
      return await work();
    } finally {
      this.active.delete(control);
    }
  }

  /** One device's part of a fill, with as many threads as it takes. */
  private async serve(claim: Claim, device: number, suspects: Suspect[]): Promise<void> {
    for (let starts = 1; !this.stopped; ) {
      try {
        await this.ask(claim, device, device);
        return;
      } catch (error) {
        if (!(error instanceof DeviceFault)) throw error;
        const row = Number(Atomics.exchange(claim.control, atSlot(device, claim.devices), 0n)) - 1;
        const points = Number(Atomics.exchange(claim.control, DONE + device, 0n));
        this.add(device, { points, batches: Math.ceil(points / claim.rule.batch), notFinite: 0 });
        if (row >= 0) suspects.push({ start: row, count: claim.rule.batch, reason: error.reason });
        else if (error.inProgress && starts++ === TRIES) throw error;
      }
    }
  }

  private async ask(claim: Claim, index: number, place: number): Promise<Tally> {
    const { control, devices } = claim;
    const device = this.job.devices[index] as HostDevice;
    const asked = afterLoad(device, this.job.task, () => device.claim({ ...claim, device: place }));
    const tally = await this.guard.watch(device, asked, () => {
      const at = Atomics.load(control, atSlot(place, devices));
      return at === 0n ? undefined : `${at} ${Atomics.load(control, DONE + place)}`;
    });
    Atomics.store(control, DONE + place, 0n);
    this.add(index, tally);
    return tally;
  }

  private add(device: number, tally: Tally): void {
    this.tallies[device] = addTallies(this.tallies[device] as Tally, tally);
  }
}
