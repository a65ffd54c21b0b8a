/** The carry of a loop: a tree whose leaves have the same types before and after every turn. */

import { type DType, isFloat } from "../base/dtype.ts";
import { sameStructure } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { holds } from "./convert.ts";
import { type Handle, ofNumber, typeError } from "./handle.ts";
import { type ArrayTree, arrayTree, at, partsOf, sameType } from "./trees.ts";

/** The carry that a turn of `name` returned; throws unless it has all parts of the first one and no others. */
export function readCarry(name: string, result: unknown, first: ArrayTree): ArrayTree {
  const next = arrayTree(`${name}: the carry`, result);
  if (sameStructure(next.structure, first.structure)) return next;
  throw typeError(
    `${name}: the carry`,
    `a tree with ${partsOf(first.paths)}`,
    `one with ${partsOf(next.paths)}`,
    "return all of its parts and no others",
  );
}

/** Leaf i in a dtype, if it is a plain number that this dtype has; else as it is. */
export function meet({ leaves, weak }: ArrayTree, i: number, dtype: DType): Handle {
  const number = weak[i];
  return number !== undefined && (isFloat(dtype) || holds(dtype, number))
    ? ofNumber(number, dtype)
    : (leaves[i] as Handle);
}

/** The next carry's leaves in the first one's types. Plain numbers follow; what differs otherwise is an error. */
export function settle(name: string, next: ArrayTree, types: readonly Type[]): Handle[] {
  return types.map((type, i) => {
    const leaf = meet(next, i, type.dtype);
    if (sameType(leaf, type)) return leaf;
    throw typeError(
      `${name}: the carry${at(next.paths[i])}`,
      `${formatType(type)} after every step, as before the first`,
      next.weak[i] === undefined ? formatType(leaf) : String(next.weak[i]),
      "convert it with astype, or start with an array of this type and shape",
    );
  });
}

/** As `settle`, in a body that may be written again with other dtypes: `fail` keeps the error until that is known. */
export function settleLater(
  name: string,
  next: ArrayTree,
  types: readonly Type[],
  fail: (error: unknown) => void,
): readonly Handle[] {
  try {
    return settle(name, next, types);
  } catch (error) {
    fail(error);
    return next.leaves;
  }
}

/** A loop whose first turn has been looked at: the carry after it, and `finish` for the loop's results. */
export interface Begun<T> {
  readonly next: ArrayTree;
  readonly finish: () => T;
}

/**
 * First values that were plain numbers take the dtypes that the loop gives them: the first turn is tried with those
 * found so far, and again when its carry shows others. `finish` throws where they do not settle.
 */
export function adopt<T>(init: ArrayTree, begin: (leaves: readonly Handle[]) => Begun<T>): T {
  let leaves: readonly Handle[] = init.leaves;
  for (let tries = 1; ; tries++) {
    const { next, finish } = begin(leaves);
    const wanted = leaves.map((leaf, i) => {
      const found = next.weak[i] === undefined ? (next.leaves[i] as Handle) : leaf;
      return meet(init, i, found.dtype);
    });
    const settled = wanted.every((leaf, i) => init.weak[i] === undefined || leaf.dtype === leaves[i]?.dtype);
    if (settled || tries === 3) return finish();
    leaves = wanted;
  }
}
