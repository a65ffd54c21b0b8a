/** Points that did not go well: in, statuses as they come; out, counts, reasons, and an error where the run is to end. */

import { elementOf } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import {
  addCounts,
  countStatus,
  FAILED,
  noCounts,
  OK,
  PENDING,
  type StatusCounts,
  statusNames,
} from "../base/status.ts";
import type { AbstractSpace } from "../space/space.ts";
import { type Cell, cellOf, type Row } from "../space/table.ts";
import type { PointFault } from "../store/reasons.ts";

/** What a run does about points that fail. */
export interface FailureOptions {
  /**
   * `"record"`: a point that fails is data, a status beside the results. `"stop"`: the run ends at the first point that
   * is not finite, reaches a step limit or fails. Default `"record"`, since in most explorations some points do.
   */
  readonly onError?: "record" | "stop";
  /**
   * Ends the run when its first 100 points all fail alike, which is a mistake in the model rather than a finding.
   * Default `false` here, and on in the command line.
   */
  readonly failFast?: boolean;
}

/** So many points that fail alike are no accident. */
export const FAIL_FAST_POINTS = 100;

/** Reasons that are kept; later ones are like them. */
const MOST_REASONS = 1000;

/** Why a point failed, if one of these says so. */
export const reasonIn = (faults: readonly PointFault[], index: number): string | undefined =>
  faults.find(({ first, count }) => index >= first && index < first + count)?.reason;

export class Failures {
  private readonly where: string;
  private readonly space: AbstractSpace<unknown, unknown>;
  private readonly float: FloatDType;
  private readonly options: FailureOptions;
  private readonly reasons: PointFault[] = [];
  private total: StatusCounts | undefined;
  /** Points seen at the beginning that all failed with one status; undefined after one that did not. */
  private alike: { readonly status: number; readonly first: number; count: number } | undefined;
  private begun = false;

  constructor(where: string, space: AbstractSpace<unknown, unknown>, float: FloatDType, options: FailureOptions) {
    this.where = where;
    this.space = space;
    this.float = float;
    this.options = options;
  }

  /** Of the points seen; undefined before the first. */
  get counts(): StatusCounts | undefined {
    return this.total;
  }

  /** Takes in the statuses of the points from `first` on; throws where the run is to end. */
  inspect = (status: Uint8Array, first: number): void => {
    this.total = addCounts(this.total ?? noCounts, countStatus(status));
    if (this.options.onError === "stop") this.stop(status, first);
    if (this.options.failFast) this.failFast(status, first);
  };

  fault = (fault: PointFault): void => {
    if (this.reasons.length < MOST_REASONS) this.reasons.push(fault);
  };

  /** Why a point failed, as far as it is known. */
  reasonOf = (index: number): string | undefined => reasonIn(this.reasons, index);

  /** What is known of the points `start … start + length`. */
  within = (start: number, length: number): PointFault[] =>
    this.reasons.filter(({ first, count }) => first < start + length && start < first + count);

  private stop(status: Uint8Array, first: number): void {
    const at = status.findIndex((s) => s !== OK && s !== PENDING);
    if (at < 0) return;
    throw new LanewiseError(
      "point",
      `${this.where}: expected every point to go well, got ${this.story(first + at, status[at] as number)}; ` +
        'look at the model there, or run with onError: "record"',
    );
  }

  private failFast(status: Uint8Array, first: number): void {
    for (let i = 0; i < status.length && (!this.begun || this.alike); i++) {
      const here = status[i] as number;
      if (here === OK || here === PENDING || (this.alike && this.alike.status !== here)) this.alike = undefined;
      else if (this.alike) this.alike.count++;
      else this.alike = { status: here, first: first + i, count: 1 };
      this.begun = true;
      if (this.alike?.count === FAIL_FAST_POINTS) break;
    }
    if (this.alike?.count !== FAIL_FAST_POINTS) return;
    throw new LanewiseError(
      "point",
      `${this.where}: expected some of the first ${FAIL_FAST_POINTS} points to go well, got all of them alike, such as ` +
        `${this.story(this.alike.first, this.alike.status)}; correct the model or the space, or run without failFast`,
    );
  }

  /** `"not finite" at point 3 (rate = 0.1)`. */
  private story(index: number, status: number): string {
    const parameters = Object.entries(parametersOf(this.space, this.float, index)).map(
      ([path, value]) => `${path} = ${show(value)}`,
    );
    const reason = status === FAILED ? this.reasonOf(index) : undefined;
    const place = parameters.length > 0 ? ` (${parameters.join(", ")})` : "";
    return `"${statusNames[status]}" at point ${index}${place}${reason === undefined ? "" : `: ${reason}`}`;
  }
}

/** Arrays by their first elements. */
const show = (value: Cell): string => {
  if (Array.isArray(value)) return `[${value.slice(0, 4).map(show).join(", ")}${value.length > 4 ? ", …" : ""}]`;
  return String(typeof value === "number" ? Number(value.toPrecision(6)) : value);
};

/** The parameters of one point, as the user wrote them. */
export function parametersOf(space: AbstractSpace<unknown, unknown>, float: FloatDType, index: number): Row {
  const sources = space.outsideColumns(float);
  const free = sources.length === 0 ? [] : space.freeLeaves();
  return Object.fromEntries(
    free.map(({ path }, i) => {
      const source = sources[i] as (typeof sources)[number];
      return [path, cellOf(elementOf(source, index), 0, source.dtype, source.shape)];
    }),
  );
}
