/** What became of a point, as one byte beside its results: the numbers are part of the store's format. */

/** Not computed, or not to its end. */
export const PENDING = 0;
/** Computed; all of its floats are finite. */
export const OK = 1;
/** Computed; some float of its results is NaN or infinite. */
export const NOT_FINITE = 2;
/** A `whileLoop` of it reached its `maxSteps`; the results come from the state it had then, finite or not. */
export const STEP_LIMIT = 3;
/** Not computed: the model threw at it, or its device died of it. */
export const FAILED = 4;

/** Names of the statuses, by number. */
export const statusNames = ["pending", "ok", "not finite", "step limit", "failed"] as const;

export type StatusName = (typeof statusNames)[number];

/** How many points have which status. */
export interface StatusCounts {
  readonly pending: number;
  readonly ok: number;
  readonly notFinite: number;
  readonly stepLimit: number;
  readonly failed: number;
}

export const noCounts: StatusCounts = { pending: 0, ok: 0, notFinite: 0, stepLimit: 0, failed: 0 };

/** Counts a column of statuses. */
export function countStatus(status: Uint8Array): StatusCounts {
  const counts = new Float64Array(statusNames.length);
  for (let i = 0; i < status.length; i++) counts[status[i] as number] = (counts[status[i] as number] as number) + 1;
  const [pending = 0, ok = 0, notFinite = 0, stepLimit = 0, failed = 0] = counts;
  return { pending, ok, notFinite, stepLimit, failed };
}

/** The counts of two sets of points together. */
export const addCounts = (a: StatusCounts, b: StatusCounts): StatusCounts => ({
  pending: a.pending + b.pending,
  ok: a.ok + b.ok,
  notFinite: a.notFinite + b.notFinite,
  stepLimit: a.stepLimit + b.stepLimit,
  failed: a.failed + b.failed,
});
