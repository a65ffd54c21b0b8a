/** What is to be computed, and the ways to get it computed by all devices. */

import type { ColumnSource } from "../base/column.ts";
import type { HostDevice } from "../device/host.ts";
import type { BatchRule, Tally, Task } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import type { PointFault } from "../store/reasons.ts";
import type { Progress } from "./progress.ts";

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
  /** A device that is at one batch for so many milliseconds is taken to hang. Default: none is. */
  readonly deviceTimeout?: number | undefined;
  /** Told of points that no device could compute; they have the status "failed". */
  readonly onFault?: ((fault: PointFault) => void) | undefined;
  /** Sees statuses as they come, in order of the points from `first` on; throws to end the run. */
  readonly inspect?: ((status: Uint8Array, first: number) => void) | undefined;
}

/** One way to get points computed by all devices. */
export interface Spread {
  /** What each device did in the fills that are finished. */
  readonly tallies: readonly Tally[];
  /** Points done by each device, by now. */
  counts(): readonly number[];
  /**
   * Computes the points `first … first + count` into the rows of columns from 0 on, all devices together; statuses are
   * 0 before. Devices do one fill after the other, without waiting for each other in between. A device that dies,
   * throws or hangs is replaced, and its points are computed again; it rejects only when a device does not even start.
   */
  fill(columns: ResultColumns, first: number, count: number): Promise<unknown>;
  /** No new batch is begun, and batches that do not end soon end with their thread. */
  stop(): void;
}

export const noTally: Tally = { points: 0, batches: 0, notFinite: 0 };

export const addTallies = (a: Tally, b: Tally): Tally => ({
  points: a.points + b.points,
  batches: a.batches + b.batches,
  notFinite: a.notFinite + b.notFinite,
});

/**
 * Asks a device that is given the task before, without waiting in between. When both fail, it is loading that did: the
 * request waited behind it.
 */
export async function afterLoad<T>(device: HostDevice, task: Task, ask: () => Promise<T>): Promise<T> {
  const loaded = device.load(task);
  const asked = ask();
  asked.catch(() => undefined);
  await loaded;
  return asked;
}
