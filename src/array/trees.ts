/** Trees of arrays, as loops carry them and models return them; and how their types follow. */

import type { TypedArray } from "../base/dtype.ts";
import { type FlatTree, flatten, type IsLeaf, type Structure, unflatten } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { type ArrayLike, asArray, describe, isHandle, toHandle } from "./convert.ts";
import { type Handle, typeError } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";

type Numeric = NdArray | number | boolean | ArrayBufferView | { [asArray](): unknown };
type Untouched = string | bigint | symbol | null | undefined | ((...args: never[]) => unknown);
type Numbers = readonly (number | boolean | Numbers)[];

/** The same tree with arrays in the place of numbers: what functions of loops get, and what loops give. */
export type ArraysOf<T> = unknown extends T
  ? T
  : T extends Numeric
    ? NdArray
    : T extends Untouched
      ? T
      : { -readonly [K in keyof T]: ArraysOf<T[K]> };

/** The same tree as a function may return it: numbers will do for arrays. The length of lists is checked when it runs. */
export type Returned<T> = unknown extends T
  ? T
  : T extends Numeric
    ? NdArray | number | boolean | TypedArray
    : T extends Untouched
      ? T
      : T extends readonly unknown[]
        ? readonly Returned<T[number]>[]
        : { readonly [K in keyof T]: Returned<T[K]> };

/** One element along the first axis of every array of a tree; lists of numbers are arrays here. */
export type ElementOf<T> = unknown extends T
  ? T
  : T extends Numeric | Numbers
    ? NdArray
    : T extends Untouched
      ? T
      : { -readonly [K in keyof T]: ElementOf<T[K]> };

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
  /** What a leaf was if it was a plain number, which takes the dtype that it meets. */
  readonly weak: readonly (number | undefined)[];
}

/** A tree in which every leaf is numeric, or what `isLeaf` says; `what` names it in errors. */
export function arrayTree(what: string, tree: unknown, isLeaf?: IsLeaf): ArrayTree {
  const flat: FlatTree = flatten(tree, isLeaf);
  const leaves = flat.leaves.map((leaf, i) => {
    if (isNumeric(leaf) || isLeaf?.(leaf)) return toHandle(what, leaf);
    const where = `${what}${at(flat.paths[i])}`;
    throw typeError(where, "a number or an array", describe(leaf), "leave it out, or close over it");
  });
  return { ...flat, leaves, weak: flat.leaves.map((leaf) => (typeof leaf === "number" ? leaf : undefined)) };
}

export const at = (path: string | undefined): string => (path ? ` at ${path}` : "");

/** For errors: the leaves of a tree by name. */
export const partsOf = (paths: readonly string[]): string =>
  paths.map((path) => path || "one leaf").join(", ") || "no leaves";

export const toTree = (structure: Structure, leaves: readonly Handle[]): unknown =>
  unflatten(structure, leaves.map(wrap));

export const typesOf = (leaves: readonly Handle[]): Type[] => leaves.map(({ dtype, shape }) => ({ dtype, shape }));

export const sameType = (a: Type, b: Type): boolean => formatType(a) === formatType(b);
