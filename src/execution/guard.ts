/** Looks after requests that devices are busy with: ends the threads of those that hang, or that nobody waits for. */

import type { HostDevice } from "../device/host.ts";

/** After a stop, a batch may take so long to end by itself. */
const GRACE_MS = 1000;

/** How often it looks, at most. */
const LOOK_MS = 250;

interface Entry {
  readonly device: HostDevice;
  /** Where the device is in the request; undefined while it is not at it. */
  readonly place: () => string | undefined;
  last: string | undefined;
  since: number;
}

export class Guard {
  private readonly timeout: number;
  private readonly entries = new Set<Entry>();
  private looking: ReturnType<typeof setInterval> | undefined;
  private stopping: ReturnType<typeof setTimeout> | undefined;

  /** `timeout` in milliseconds: how long a device may stay at one place. */
  constructor(timeout: number | undefined) {
    this.timeout = timeout ?? Number.POSITIVE_INFINITY;
  }

  /** Gives what the request gives; looks after it until then. */
  async watch<T>(device: HostDevice, request: Promise<T>, place: Entry["place"]): Promise<T> {
    const entry: Entry = { device, place, last: undefined, since: performance.now() };
    this.entries.add(entry);
    if (Number.isFinite(this.timeout)) {
      this.looking ??= setInterval(() => this.look(), Math.min(LOOK_MS, Math.max(1, this.timeout / 4)));
    }
    try {
      return await request;
    } finally {
      this.entries.delete(entry);
      if (this.entries.size === 0) this.rest();
    }
  }

  /** Nobody waits any more: what does not end within the grace period is ended. */
  stop(): void {
    if (this.entries.size === 0) return;
    this.stopping ??= setTimeout(() => this.end(), GRACE_MS);
  }

  private look(): void {
    const now = performance.now();
    for (const entry of this.entries) {
      const place = entry.place();
      if (place === undefined || place !== entry.last) {
        entry.last = place;
        entry.since = now;
      } else if (now - entry.since >= this.timeout) {
        entry.device.terminate(`it was silent for ${Number((this.timeout / 1000).toPrecision(3))} s`);
      }
    }
  }

  private end(): void {
    for (const { device, place } of this.entries) if (place() !== undefined) device.terminate();
  }

  private rest(): void {
    clearInterval(this.looking);
    clearTimeout(this.stopping);
    this.looking = undefined;
    this.stopping = undefined;
  }
}
