/** What a run can be asked to reduce its results to, as the user writes it. */

import type { NdArray } from "../array/ndarray.ts";
import { isPlainObject } from "../base/tree.ts";
import { describe } from "../space/arrays.ts";
import { checkOptions } from "../space/check.ts";

/** Reductions that a name says all about. */
export type ReductionName = "count" | "sum" | "mean" | "variance" | "std" | "min" | "max" | "quantiles" | "histogram";

/** Divided by n - `ddof`, as in NumPy; default 0. */
export interface SpreadReduction {
  readonly kind: "variance" | "std";
  readonly ddof?: number;
  readonly name?: string;
}

/**
 * Numbers below which these shares of all lie: NumPy's default definition. Exact for up to 4096 points; of more, a
 * sketch gives a number whose rank is right to within (n / 4096) · (1 + log2(n / 4096)), less than 0.4 % of 10^8.
 */
export interface QuantilesReduction {
  readonly kind: "quantiles";
  /** From 0 to 1. Default 0.05, 0.25, 0.5, 0.75, 0.95. */
  readonly q?: readonly number[];
  readonly name?: string;
}

/**
 * Counts in bins of equal width. Without `low` and `high` the bins cover all numbers: their width is then a power of
 * two and their edges are multiples of it, so that at least half of the bins lie within the range of the numbers.
 */
export interface HistogramReduction {
  readonly kind: "histogram";
  /** Default 64. */
  readonly bins?: number;
  /** Both or none. Numbers beyond them are in no bin; `outside` counts them. */
  readonly low?: number;
  readonly high?: number;
  readonly name?: string;
}

/**
 * A reduction of your own: functions of numbers, called on this thread, in order of the points. With `merge`, every
 * block of points starts from `init()` and blocks are merged in order, as those of the other reductions are; without,
 * one state goes through all points.
 */
export interface CustomReduction {
  /** A fresh state. */
  init(): unknown;
  /** The state with one more number. */
  update(state: unknown, value: number): unknown;
  /** The state of the points of `a` and then those of `b`. */
  merge?(a: unknown, b: unknown): unknown;
  /** A number, or as many for every state. Default: the state itself. */
  finalize?(state: unknown): number | ArrayLike<number>;
  /** Default `custom`. */
  readonly name?: string;
}

export type Reduction =
  | ReductionName
  | SpreadReduction
  | QuantilesReduction
  | HistogramReduction
  | CustomReduction
  | { readonly kind: ReductionName; readonly name?: string };

/** Reductions by the name of the result, as in `toColumns`. */
export interface Reductions {
  readonly [result: string]: Reduction | readonly Reduction[];
}

/** Counts of points between edges. */
export interface HistogramValue {
  readonly counts: NdArray;
  /** One more than there are bins. */
  readonly edges: NdArray;
  /** Numbers that lie in no bin. */
  readonly outside: number;
}

type NameOf<D> = D extends string
  ? D
  : D extends { readonly name: infer N extends string }
    ? N
    : D extends { readonly kind: infer N extends string }
      ? N
      : "custom";

type ValueOf<D> = D extends "quantiles" | { readonly kind: "quantiles" }
  ? NdArray
  : D extends "histogram" | { readonly kind: "histogram" }
    ? HistogramValue
    : number;

type ValueNamed<D, N> = D extends unknown ? (NameOf<D> extends N ? ValueOf<D> : never) : never;
type OneOf<L> = L extends readonly (infer D)[] ? D : L;

/** One point of a reduced run: by result, then by reduction. Of results with a shape, every value has it too. */
export type ReducedOf<Q> = {
  -readonly [P in keyof Q]: { [N in NameOf<OneOf<Q[P]>>]: ValueNamed<OneOf<Q[P]>, N> };
};

/** A reduction with nothing left open. */
export type Wanted =
  | { readonly kind: "count" | "sum" | "mean" | "min" | "max"; readonly name: string }
  | { readonly kind: "variance" | "std"; readonly ddof: number; readonly name: string }
  | { readonly kind: "quantiles"; readonly q: readonly number[]; readonly name: string }
  | { readonly kind: "histogram"; readonly bins: number; readonly range: Range | undefined; readonly name: string }
  | { readonly kind: "custom"; readonly custom: CustomReduction; readonly name: string };

interface Range {
  readonly low: number;
  readonly high: number;
}

/** All that are known by a name. */
export const reductionNames = [
  "count",
  "sum",
  "mean",
  "variance",
  "std",
  "min",
  "max",
  "quantiles",
  "histogram",
] as const;

const isKind = (kind: unknown): kind is ReductionName => reductionNames.includes(kind as ReductionName);

/** The reductions of one result, checked. */
export function wantedOf(where: string, given: Reduction | readonly Reduction[]): Wanted[] {
  const list = Array.isArray(given) ? (given as readonly Reduction[]) : [given as Reduction];
  if (list.length === 0) throw new TypeError(`${where}: expected a reduction, got none; name one, such as "mean"`);
  const wanted = list.map((reduction) => oneOf(where, reduction));
  const twice = wanted.find(({ name }, i) => wanted.findIndex((other) => other.name === name) < i);
  if (!twice) return wanted;
  throw new TypeError(`${where}: expected reductions of different names, got "${twice.name}" twice; give one a name`);
}

function oneOf(where: string, given: unknown): Wanted {
  const record = typeof given === "string" ? { kind: given } : given;
  if (isPlainObject(record) && isKind(record.kind)) return known(where, record as { kind: ReductionName });
  const { init, update, merge, finalize, name = "custom" } = (record ?? {}) as CustomReduction;
  const functions = [init, update, merge ?? update, finalize ?? update].every((f) => typeof f === "function");
  if (functions) return { kind: "custom", custom: given as CustomReduction, name: checkName(where, name) };
  const got = typeof given === "string" ? `"${given}"` : describe(given);
  throw new TypeError(
    `${where}: expected one of ${reductionNames.join(", ")}, or an object with init and update, got ${got}; correct it`,
  );
}

function known(where: string, given: { readonly kind: ReductionName } & object): Wanted {
  const { kind } = given;
  const name = checkName(where, (given as { name?: unknown }).name ?? kind);
  switch (kind) {
    case "variance":
    case "std": {
      checkOptions(where, given, ["kind", "name", "ddof"]);
      const { ddof = 0 } = given as SpreadReduction;
      if (typeof ddof === "number" && ddof >= 0) return { kind, ddof, name };
      throw new RangeError(`${where}: expected ddof of 0 or more, got ${describe(ddof)}; use 0 or 1`);
    }
    case "quantiles": {
      checkOptions(where, given, ["kind", "name", "q"]);
      const { q = [0.05, 0.25, 0.5, 0.75, 0.95] } = given as QuantilesReduction;
      if (Array.isArray(q) && q.length > 0 && q.every((x) => x >= 0 && x <= 1)) return { kind, q, name };
      throw new RangeError(`${where}: expected q as numbers from 0 to 1, got ${describe(q)}; write { q: [0.5] }`);
    }
    case "histogram":
      return { kind, name, ...histogramOf(where, given as HistogramReduction) };
    default:
      checkOptions(where, given, ["kind", "name"]);
      return { kind, name };
  }
}

const MOST_BINS = 2 ** 20;

function histogramOf(where: string, given: HistogramReduction) {
  checkOptions(where, given, ["kind", "name", "bins", "low", "high"]);
  const { bins = 64, low, high } = given;
  if (!Number.isInteger(bins) || bins < 2 || bins > MOST_BINS) {
    throw new RangeError(`${where}: expected bins from 2 to ${MOST_BINS}, got ${describe(bins)}; 64 is the default`);
  }
  if (low === undefined && high === undefined) return { bins, range: undefined };
  if (Number.isFinite(low) && Number.isFinite(high) && (low as number) < (high as number)) {
    return { bins, range: { low: low as number, high: high as number } };
  }
  throw new RangeError(
    `${where}: expected finite low < high, got low ${low} and high ${high}; give both, or none to cover all numbers`,
  );
}

function checkName(where: string, name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new TypeError(`${where}: expected a name, got ${describe(name)}; it becomes part of a column's name`);
}
