/**
 * Runs a job on all devices: a device that is slow holds up nobody, and the numbers do not depend on who computed what.
 */

import { PENDING } from "../base/status.ts";
import type { Tally } from "../device/protocol.ts";
import type { ResultColumns } from "../store/memory.ts";
import { claimed } from "./claim.ts";
import { handedOut } from "./hand-out.ts";
import { Reporter } from "./progress.ts";
import type { PointJob, Spread } from "./spread.ts";

export type { PointJob, Spread } from "./spread.ts";

/** All of them at once. */
export interface Job extends PointJob {
  readonly columns: ResultColumns;
}

/** Gives what each device did; rejects at once when the signal says so, or the job's `inspect` throws. */
export async function runJob(job: Job): Promise<readonly Tally[]> {
  job.signal?.throwIfAborted();
  const spread = spreadOver(job);
  const watch = new Watch(job, job.total, spread);
  try {
    await watch.until(spread.fill(job.columns, 0, job.total), job.columns.status);
    watch.finish();
    return spread.tallies;
  } finally {
    watch.end();
  }
}

export const spreadOver = (job: PointJob): Spread => (job.shared ? claimed(job) : handedOut(job));

/** Statuses are looked at so often while points are computed. */
const INSPECT_MS = 100;

/** What a run looks at besides its devices: the signal, points that failed, and the one who is told of progress. */
export class Watch {
  private readonly job: Pick<PointJob, "signal" | "onProgress" | "inspect">;
  private readonly spread: Pick<Spread, "counts" | "stop">;
  private readonly reporter: Reporter;
  private readonly ends: (() => void)[];
  private failure: { readonly reason: unknown } | undefined;
  /** Of whoever waits at the moment. */
  private reject: (reason: unknown) => void = () => undefined;

  /** The spread is stopped as soon as anything fails, and at the end. */
  constructor(job: Watch["job"], total: number, spread: Watch["spread"]) {
    this.job = job;
    this.spread = spread;
    const { signal, onProgress } = job;
    const abort = (): void => this.fail(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.reporter = new Reporter(total, () => spread.counts(), onProgress);
    const ticking = this.reporter.start((reason) => this.fail(reason));
    this.ends = [() => ticking.stop(), () => spread.stop(), () => signal?.removeEventListener("abort", abort)];
  }

  /**
   * What the promise gives, unless the run fails first. With statuses, those of the points from `start` on, also by what
   * becomes of the points meanwhile.
   */
  async until<T>(promise: Promise<T>, status?: Uint8Array, start = 0): Promise<T> {
    const looking = status && this.inspection(status, start);
    try {
      return await new Promise((resolve, reject) => {
        this.reject = reject;
        if (this.failure) reject(this.failure.reason);
        // A device that goes on until its batch is done may fail too; the run has its answer then.
        promise.then((result) => {
          looking?.look();
          resolve(result);
        }, reject);
      });
    } finally {
      looking?.stop();
    }
  }

  /** The last word of a run that got to its end. */
  finish(): void {
    this.reporter.finish();
  }

  /** Comes last, however the run went. */
  end(): void {
    for (const end of this.ends) end();
  }

  private fail(reason: unknown): void {
    this.failure ??= { reason };
    this.spread.stop();
    this.reject(reason);
  }

  /** Shows the job the statuses of points, in order, as soon as all before them are there. */
  private inspection(status: Uint8Array, start: number): { look(): void; stop(): void } | undefined {
    const { inspect } = this.job;
    if (!inspect) return undefined;
    let next = 0;
    const look = (): void => {
      const first = next;
      while (next < status.length && status[next] !== PENDING) next++;
      try {
        inspect(status.subarray(first, next), start + first);
      } catch (error) {
        this.fail(error);
      }
    };
    const timer = setInterval(look, INSPECT_MS);
    return { look, stop: () => clearInterval(timer) };
  }
}
