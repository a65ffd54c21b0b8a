/** What a run was: told with its results. */

import type { StatusCounts } from "../base/status.ts";
import type { TargetName } from "../device/table.ts";

/** What one device did in a run. */
export interface DeviceReport {
  /** `host 0`, or `this thread`. */
  readonly name: string;
  /** What it ran: a compiled target, or the model itself (`eager`). */
  readonly target: TargetName | "eager";
  /** Why this target, and why none that is faster. */
  readonly why: string;
  /** Points that it computed. */
  readonly points: number;
  /** Batches that it claimed. */
  readonly batches: number;
}

/** What a run was, in numbers; times in seconds. */
export interface Report {
  /** Points of the space. */
  readonly points: number;
  /** Those of them that this run computed: all but what was in the store or in the cache already. */
  readonly computed: number;
  /** Batches of all devices together. */
  readonly batches: number;
  /** Most points of one batch. */
  readonly batchSize: number;
  /** What each device did. */
  readonly devices: readonly DeviceReport[];
  /** Seconds that this run waited for; 0 for what an earlier run had done already. */
  readonly traceSeconds: number;
  /** From program to code, like `traceSeconds` 0 when it was done before. */
  readonly compileSeconds: number;
  /** From the first batch to the last result, start of workers included. */
  readonly runSeconds: number;
  /** `computed` over `runSeconds`. */
  readonly pointsPerSecond: number;
  /** Of the results, in memory. */
  readonly bytes: number;
  /** Points with a result that is NaN or infinite; of a store, as its last finished run found them. */
  readonly notFinite: number;
  /** Points by what became of them; absent where that is not known. */
  readonly statuses?: StatusCounts;
  /** Files of a store that an earlier run left and that were found damaged: they were computed again. */
  readonly repaired?: readonly string[];
}
