/** Trees of arrays, as loops carry them and models return them. */

import { type FlatTree, flatten, type Structure, unflatten } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { type ArrayLike, asArray, describe, isHandle, toHandle } from "./convert.ts";
import { type Handle, typeError } from "./handle.ts";
import { wrap } from "./ndarray.ts";

/** What arrays are in a tree: numbers, booleans, arrays and what acts as one. */
export const isNumeric = (x: unknown): x is ArrayLike =>
  typeof x === "number" ||
  typeof x === "boolean" ||
  isHandle(x) ||
  ArrayBuffer.isView(x) ||
  (typeof x === "object" && x !== null && asArray in x);

export interface ArrayTree {
  readonly structure: Structure;
  readonly paths: readonly string[];
  readonly leaves: readonly Handle[];
  /** Whether a leaf was a plain number, which takes the dtype that it meets. */
  readonly weak: readonly boolean[];
}

/** A tree in which every leaf is numeric; `what` names it in errors. */
export function arrayTree(what: string, tree: unknown): ArrayTree {
  const flat: FlatTree = flatten(tree);
  const leaves = flat.leaves.map((leaf, i) => {
    if (isNumeric(leaf)) return toHandle(what, leaf);
    throw typeError(
      `${what}${at(flat.paths[i])}`,
      "a number or an array",
      describe(leaf),
      "leave it out, or close over it",
    );
  });
  return { ...flat, leaves, weak: flat.leaves.map((leaf) => typeof leaf === "number") };
}

export const at = (path: string | undefined): string => (path ? ` at ${path}` : "");

export const toTree = (structure: Structure, leaves: readonly Handle[]): unknown =>
  unflatten(structure, leaves.map(wrap));

export const typesOf = (leaves: readonly Handle[]): Type[] => leaves.map(({ dtype, shape }) => ({ dtype, shape }));

export const sameType = (a: Type, b: Type): boolean => formatType(a) === formatType(b);
