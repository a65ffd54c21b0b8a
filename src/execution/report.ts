/** What a run was: told with its results. */

import type { TargetName } from "../device/table.ts";

export interface DeviceReport {
  readonly name: string;
  readonly target: TargetName | "eager";
  readonly points: number;
  readonly batches: number;
}

export interface Report {
  readonly points: number;
  readonly batches: number;
  /** Most points of one batch. */
  readonly batchSize: number;
  /** What each device did. */
  readonly devices: readonly DeviceReport[];
  /** Seconds that this run waited for; 0 for what an earlier run had done already. */
  readonly traceSeconds: number;
  readonly compileSeconds: number;
  readonly runSeconds: number;
  readonly pointsPerSecond: number;
  /** Of the results, in memory. */
  readonly bytes: number;
  /** Points with a result that is NaN or infinite. */
  readonly notFinite: number;
}
