/** Loops that walk along arrays, and what comes of every step. */

import { type FlatTree, flatten, isNumberArray, sameStructure } from "../base/tree.ts";
import { traceAlone } from "./alone.ts";
import { readCarry } from "./carry.ts";
import { context } from "./context.ts";
import { describe } from "./convert.ts";
import { runCounted, type Turn } from "./counted.ts";
import { type Handle, shapeError, typeError } from "./handle.ts";
import { atUserLine } from "./source.ts";
import {
  type ArraysOf,
  type ArrayTree,
  arrayTree,
  at,
  type ElementOf,
  partsOf,
  type Returned,
  toTree,
} from "./trees.ts";

/** How often `lax.scan` steps, and in which direction. */
export interface ScanOptions {
  /** Number of steps; needed when there are no `xs`. */
  readonly length?: number;
  /** From the last element to the first; outputs keep the order of `xs`. Default false. */
  readonly reverse?: boolean;
}

/** What stacked outputs are for a step that returns them as Y: none where it returns nothing. */
export type ScanOutputs<Y> = Y extends null | undefined ? undefined : ArraysOf<Y>;

/**
 * Calls `f(carry, x) → [carry, y]` for every x along the first axis of `xs`; gives the last carry and the stacked y,
 * `[length, ...]`. Carry, x and y are trees. f may return the carry alone, which gives no outputs; `xs` may be `null`
 * with a `length`, and then x is `null`. Numbers in `init` take the dtypes that the steps give them.
 * @throws {LanewiseError} when a step changes the carry's parts, dtypes or shapes.
 */
export function scan<const C, const X, Y>(
  f: (carry: ArraysOf<C>, x: ElementOf<X>) => readonly [NoInfer<Returned<C>>, Y],
  init: C,
  xs: X,
  options?: ScanOptions,
): [carry: ArraysOf<C>, outputs: ScanOutputs<Y>];
export function scan<const C, const X>(
  f: (carry: ArraysOf<C>, x: ElementOf<X>) => NoInfer<Returned<C>>,
  init: C,
  xs: X,
  options?: ScanOptions,
): [carry: ArraysOf<C>, outputs: undefined];
export function scan(
  f: (carry: never, x: never) => unknown,
  init: unknown,
  xs: unknown,
  options: ScanOptions = {},
): [carry: unknown, outputs: unknown] {
  const first = arrayTree("scan: the carry", init);
  const inputs = xs === null || xs === undefined ? undefined : arrayTree("scan: xs", xs, isNumberArray);
  const length = lengthOf(inputs, options);
  const step = f as (carry: unknown, x: unknown) => unknown;
  const turn = (_: Handle, carry: readonly Handle[], row: readonly Handle[]): Turn =>
    readStep(step(toTree(first.structure, carry), inputs ? toTree(inputs.structure, row) : null), first);
  const loop = (): [unknown, unknown] => {
    const rows = inputs?.leaves ?? [];
    const { reverse = false } = options;
    const { carry, output } = runCounted({ name: "scan", length, reverse, init: first, rows, turn });
    return [toTree(first.structure, carry), output && toTree(output.structure, output.leaves)];
  };
  const unseen = length === 0 && !context().builder;
  return unseen ? traceAlone(loop) : loop();
}

/** A step returns `[carry, y]`, or the carry alone: what has the carry's structure is the carry. */
function readStep(result: unknown, first: ArrayTree): Turn {
  const flat: FlatTree = flatten(result);
  if (sameStructure(flat.structure, first.structure))
    return { carry: readCarry("scan", result, first), output: undefined };
  if (!Array.isArray(result) || result.length !== 2) {
    throw typeError(
      "scan",
      `the function to return [carry, y], or a carry with ${partsOf(first.paths)} as the first one has`,
      flat.structure.kind === "leaf" ? describe(result) : `a tree with ${partsOf(flat.paths)}`,
      "return all parts of the carry",
    );
  }
  const [carry, y] = result as [unknown, unknown];
  return { carry: readCarry("scan", carry, first), output: y == null ? undefined : arrayTree("scan: the output", y) };
}

/** How many steps the leading axes of `xs` make. */
function lengthOf(xs: ArrayTree | undefined, { length }: ScanOptions): number {
  const shapes = xs?.leaves.map(({ shape }) => shape) ?? [];
  const lone = shapes.findIndex((shape) => shape.length === 0);
  if (lone >= 0) {
    const name = `scan: xs${at(xs?.paths[lone])}`;
    throw typeError(name, "arrays to walk along", "a scalar", "close over what is the same at every step");
  }
  const count = length ?? shapes[0]?.[0];
  if (count === undefined) {
    throw typeError("scan", "xs, or { length }", "neither", "say how many steps to take");
  }
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(
      `scan: expected a whole number of steps, got ${describe(count)}; use an integer from 0 on${atUserLine()}`,
    );
  }
  const wrong = shapes.findIndex(([size]) => size !== count);
  if (wrong < 0) return count;
  throw shapeError(
    `scan: xs${at(xs?.paths[wrong])}`,
    `${count} steps along the first axis, as ${length === undefined ? "in the first of xs" : "length says"}`,
    [shapes[wrong] ?? []],
    "make them equally long",
  );
}

/** `f` of every element along the first axis of `xs`, stacked. */
export function map<const X, Y>(f: (x: ElementOf<X>) => Y, xs: X): ArraysOf<Y> {
  const [, ys] = scan((_: readonly [], x: ElementOf<X>): readonly [readonly [], Y] => [[], f(x)], [] as const, xs);
  return ys as ArraysOf<Y>;
}
