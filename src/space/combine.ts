/** Variables in, plan out: side by side (point i has element i of each) or as a full product of factors. */

import type { Source } from "../base/column.ts";
import type { FlatTree } from "../base/tree.ts";
import { countPoints } from "./check.ts";
import type { Plan, PlanAxis, Variable } from "./plan.ts";
import type { Slot } from "./point.ts";

/** A free leaf and its values, before it is known how points pick among them. */
export interface Candidate extends Slot {
  readonly source: Source;
  /** Number of values. */
  readonly size: number;
}

/** Candidates that move together, under one name. */
export interface Factor {
  readonly name: string;
  readonly size: number;
  readonly members: readonly Candidate[];
}

/** Point i has element i of every candidate. */
export function sideBySide(flat: FlatTree, candidates: readonly Candidate[], length: number): Plan {
  const slots = candidates.map((candidate) => ({ ...candidate, count: length, repeat: 1 }));
  return { flat, slots, length, start: 0, step: 1 };
}

/** Every element of every factor with every other; the last factor varies fastest. */
export function product(where: string, flat: FlatTree, factors: readonly Factor[]): Plan {
  const names = factors.map(({ name }) => name);
  const sizes = factors.map(({ size }) => size);
  const length = countPoints(where, sizes, names);
  let repeat = length;
  const axes = factors.map(({ name, size, members }): PlanAxis => {
    repeat /= size;
    return { name, size, variables: members.map((member): Variable => ({ ...member, count: size, repeat })) };
  });
  const slots = axes.flatMap(({ variables }) => variables).sort((a, b) => a.leaf - b.leaf);
  return { flat, slots, axes, length, start: 0, step: 1 };
}

/** The common size; names every path and size when they differ, unless the longer ones may be cut. */
export function commonSize(
  where: string,
  sizes: readonly { path: string; size: number }[],
  truncate?: boolean,
): number {
  const least = Math.min(...sizes.map(({ size }) => size));
  if (truncate === true || sizes.every(({ size }) => size === least)) return least;
  const list = sizes.map(({ path, size }) => `${path}: ${size}`).join(", ");
  const way =
    truncate === undefined ? "give every free leaf as many rows" : "give them equal sizes, or { truncate: true }";
  throw new RangeError(`${where}: expected equal sizes, got ${list}; ${way}`);
}
