/**
 * Points whose device died, threw or fell silent while it computed them: in, the batch that it was at; out, the same
 * points computed elsewhere, or marked as failed with the reason. A fault of the machine is gone at the next try; one
 * that the points cause comes back, and is narrowed down to them by halves.
 */

import { dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { FAILED, PENDING } from "../base/status.ts";
import type { Type } from "../base/value.ts";
import { DeviceFault } from "../device/host.ts";
import type { Tally } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import type { PointFault } from "../store/reasons.ts";

/** Consecutive rows of a fill. */
export interface Part {
  readonly start: number;
  readonly count: number;
}

/** A part that a device did not finish. */
export interface Suspect extends Part {
  readonly reason: string;
}

/** A batch is tried so often before its points are looked at one by one: once, and twice again on other devices. */
export const TRIES = 3;

/** Beyond so many points found one by one, a batch fails as a whole: finding one takes a dozen dead threads. */
const MOST_FOUND = 100;

export interface RecoveryOptions {
  /** Computes rows on the device of this number; rejects with a DeviceFault when that goes wrong. */
  attempt(part: Part, device: number, columns: ResultColumns, first: number): Promise<Tally>;
  readonly devices: number;
  readonly outputs: readonly Type[];
  /** Whether nobody wants the points any more. */
  isStopped(): boolean;
  onFault?: ((fault: PointFault) => void) | undefined;
}

export class Recovery {
  private readonly options: RecoveryOptions;
  /** The device for the next attempt: each time another. */
  private turn = 0;
  private found = 0;

  constructor(options: RecoveryOptions) {
    this.options = options;
  }

  /** Sees to all rows that are still pending; `suspects` are those that a device was at when it failed. */
  async finish(columns: ResultColumns, first: number, count: number, suspects: readonly Suspect[]): Promise<void> {
    for (const part of pendingParts(columns.status, count, suspects)) {
      const suspect = suspects.find(({ start }) => start === part.start);
      await this.redo(columns, first, part, suspect ? 1 : 0, suspect?.reason ?? "");
    }
  }

  private async redo(columns: ResultColumns, first: number, part: Part, failures: number, why: string): Promise<void> {
    let reason = why;
    for (let tries = failures; tries < TRIES; ) {
      if (this.options.isStopped()) return;
      try {
        await this.options.attempt(part, this.turn++ % this.options.devices, columns, first);
        return;
      } catch (error) {
        if (!(error instanceof DeviceFault)) throw error;
        if (!error.inProgress) continue;
        reason = error.reason;
        tries++;
      }
    }
    if (part.count === 1 || this.found >= MOST_FOUND) {
      this.fail(columns, first, part, reason);
      return;
    }
    const half = Math.ceil(part.count / 2);
    // One try each: that the whole does not go through is known.
    await this.redo(columns, first, { start: part.start, count: half }, TRIES - 1, reason);
    await this.redo(columns, first, { start: part.start + half, count: part.count - half }, TRIES - 1, reason);
  }

  private fail(columns: ResultColumns, first: number, part: Part, reason: string): void {
    markFailed(columns, this.options.outputs, part.start, part.count);
    this.found += part.count;
    this.options.onFault?.({ first: first + part.start, count: part.count, reason });
  }
}

/** Rows that nobody has computed, cut where a suspect begins or ends. */
function pendingParts(status: Uint8Array, count: number, suspects: readonly Suspect[]): Part[] {
  const cuts = new Set(suspects.flatMap(({ start, count }) => [start, start + count]));
  const parts: Part[] = [];
  for (let row = 0; row < count; ) {
    if (status[row] !== PENDING) {
      row++;
      continue;
    }
    const start = row++;
    while (row < count && status[row] === PENDING && !cuts.has(row)) row++;
    parts.push({ start, count: row - start });
  }
  return parts;
}

/** What is left behind by a device that failed is no result: NaN, or 0 where the dtype has none. */
export function markFailed(
  { data, status }: ResultColumns,
  types: readonly Type[],
  start: number,
  count: number,
): void {
  data.forEach((column: TypedArray, i) => {
    const { dtype, shape } = types[i] as Type;
    const size = sizeOf(shape);
    column.fill(dtypeInfo[dtype].float ? Number.NaN : 0, start * size, (start + count) * size);
  });
  status.fill(FAILED, start, start + count);
}
