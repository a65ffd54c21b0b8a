/** Loops with explicit carries. Outside of a trace they run in JavaScript; inside they are one op of the program. */

import type { DType } from "../base/dtype.ts";
import { flatten, sameStructure } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import type { Builder } from "../program/builder.ts";
import type { Region } from "../program/program.ts";
import { context } from "./context.ts";
import { type ArrayLike, castTo, toHandle } from "./convert.ts";
import { add, less } from "./elementwise.ts";
import { type Handle, isTraced, nodeOf, ofNode, ofNumber, shapeError, typeError } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { stack } from "./reshape.ts";
import { atUserLine } from "./source.ts";
import { type ArrayTree, arrayTree, at, sameType, toTree, typesOf } from "./trees.ts";

export interface ScanOptions {
  /** Number of steps; needed when there are no `xs`. */
  readonly length?: number;
  /** From the last element to the first. Default false. */
  readonly reverse?: boolean;
}

/** The carry after a step, and what the step adds to the stacked outputs. */
interface Step {
  readonly carry: ArrayTree;
  readonly output: ArrayTree | undefined;
}

/** A step returns `[carry, y]`, or the carry alone: what has the carry's structure is the carry. */
function readStep(name: string, result: unknown, carry: ArrayTree): Step {
  const alone = sameStructure(flatten(result).structure, carry.structure);
  if (alone) return { carry: checkCarry(name, arrayTree(`${name}: the carry`, result), carry), output: undefined };
  if (!Array.isArray(result) || result.length !== 2) {
    throw typeError(
      name,
      "the function to return [carry, y], or a carry of the same structure as the first one",
      describeTree(result),
      "return all parts of the carry",
    );
  }
  const next = checkCarry(name, arrayTree(`${name}: the carry`, result[0]), carry);
  return { carry: next, output: result[1] == null ? undefined : arrayTree(`${name}: the output`, result[1]) };
}

const describeTree = (tree: unknown): string => {
  const { paths } = flatten(tree);
  return tree === undefined
    ? "undefined"
    : `a tree with ${paths.map((path) => path || "one leaf").join(", ") || "no leaves"}`;
};

function checkCarry(name: string, next: ArrayTree, carry: ArrayTree): ArrayTree {
  if (sameStructure(next.structure, carry.structure)) return next;
  const [expected, got] = [carry, next].map(({ paths }) => paths.map((path) => path || "one leaf").join(", "));
  throw typeError(
    `${name}: the carry`,
    `a tree with ${expected}`,
    `one with ${got}`,
    "return all of its parts and no others",
  );
}

/** The next carry's leaves in the first one's types. Plain numbers follow; what differs otherwise is an error. */
function settle(name: string, next: ArrayTree, types: readonly Type[]): Handle[] {
  return next.leaves.map((leaf, i) => {
    const type = types[i] as Type;
    const fitting = next.weak[i] ? castTo(leaf, type.dtype) : leaf;
    if (sameType(fitting, type)) return fitting;
    throw typeError(
      `${name}: the carry${at(next.paths[i])}`,
      `${formatType(type)} after every step, as before the first`,
      formatType(fitting),
      "convert it with astype, or start with an array of this type and shape",
    );
  });
}

/**
 * First values that were plain numbers take the dtype that the loop gives them: `write` is tried with the dtypes
 * found so far, and again when a step's result shows another.
 */
function adopt<T>(init: ArrayTree, write: (leaves: Handle[]) => { next: readonly ArrayTree[]; done: () => T }): T {
  let leaves = [...init.leaves];
  for (let attempt = 0; ; attempt++) {
    const { next, done } = write(leaves);
    const dtypes = leaves.map((leaf, i) => {
      const found = next.find((tree) => !tree.weak[i])?.leaves[i]?.dtype;
      return init.weak[i] && found ? found : leaf.dtype;
    });
    if (attempt === 2 || dtypes.every((dtype, i) => dtype === leaves[i]?.dtype)) return done();
    leaves = leaves.map((leaf, i) => castTo(leaf, dtypes[i] as DType));
  }
}

/** How many steps the leading axes of `xs` make. */
function lengthOf(xs: ArrayTree | undefined, { length }: ScanOptions): number {
  const sizes = xs?.leaves.map(({ shape }) => shape[0]) ?? [];
  const count = length ?? sizes[0];
  if (count === undefined) {
    throw typeError("scan", "xs, or { length }", "neither", "say how many steps to take");
  }
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(
      `scan: expected a whole number of steps, got ${count}; use an integer from 0 on${atUserLine()}`,
    );
  }
  const wrong = sizes.findIndex((size) => size !== count);
  if (wrong < 0) return count;
  const shapes = xs?.leaves.map(({ shape }) => shape) ?? [];
  const name = `scan: xs${at(xs?.paths[wrong])}`;
  throw shapeError(
    name,
    `a first axis of ${count} steps in all of xs, as in the first`,
    shapes,
    "make them equally long",
  );
}

type StepFunction = (carry: never, x: never) => unknown;

/**
 * Calls `f(carry, x) → [carry, y]` for every x along the first axis of `xs`; gives the last carry and the stacked y.
 * Carry, x and y are trees; f may return the carry alone, and `xs` may be `null` with a `length`.
 */
export function scan<C, X, Y = undefined>(
  f: (carry: C, x: X) => readonly [C, Y] | C,
  init: C,
  xs: unknown,
  options: ScanOptions = {},
): [C, Y] {
  const carry = arrayTree("scan: the carry", init);
  const inputs = xs === null || xs === undefined ? undefined : arrayTree("scan: xs", xs);
  const length = lengthOf(inputs, options);
  const run = context().builder ? traceScan : runScan;
  return run(f as unknown as StepFunction, carry, inputs, length, options.reverse ?? false) as [C, Y];
}

const xTree = (inputs: ArrayTree | undefined, leaves: readonly Handle[]): unknown =>
  inputs ? toTree(inputs.structure, leaves) : null;

function runScan(
  f: StepFunction,
  carry: ArrayTree,
  inputs: ArrayTree | undefined,
  length: number,
  reverse: boolean,
): unknown {
  return adopt(carry, (first) => {
    let leaves = first;
    const types = typesOf(first);
    const outputs: ArrayTree[] = new Array(length);
    const seen: ArrayTree[] = [];
    for (let step = 0; step < length; step++) {
      const t = reverse ? length - 1 - step : step;
      const x = inputs?.leaves.map((leaf) => wrap(leaf).at(t)) ?? [];
      const result = readStep("scan", f(toTree(carry.structure, leaves) as never, xTree(inputs, x) as never), carry);
      if (step === 0) {
        seen.push(result.carry);
        if (needsOther(carry, result.carry, leaves)) break;
      }
      leaves = settle("scan", result.carry, types);
      if (result.output) outputs[t] = result.output;
    }
    return { next: seen, done: () => [toTree(carry.structure, leaves), stackAll(outputs)] };
  });
}

/** Whether a first value that was a plain number must begin again with the dtype of the step's result. */
const needsOther = (init: ArrayTree, next: ArrayTree, leaves: readonly Handle[]): boolean =>
  next.leaves.some((leaf, i) => init.weak[i] && !next.weak[i] && leaf.dtype !== leaves[i]?.dtype);

function stackAll(outputs: readonly ArrayTree[]): unknown {
  const [first] = outputs;
  if (!first) return undefined;
  return toTree(
    first.structure,
    first.leaves.map((_, i) => stack(outputs.map((tree) => tree.leaves[i] as Handle))),
  );
}

function traceScan(
  f: StepFunction,
  carry: ArrayTree,
  inputs: ArrayTree | undefined,
  length: number,
  reverse: boolean,
): unknown {
  const builder = context().builder as Builder;
  const xs = inputs?.leaves ?? [];
  return adopt(carry, (leaves) => {
    const types = typesOf(leaves);
    const slices = xs.map(({ dtype, shape }): Type => ({ dtype, shape: shape.slice(1) }));
    let step: Step | undefined;
    let failed: unknown;
    const count = leaves.length;
    const body = builder.body([{ dtype: "int32", shape: [] }, ...types, ...slices], ([, ...nodes]) => {
      const handles = nodes.map(ofNode);
      const x = xTree(inputs, handles.slice(count));
      step = readStep("scan", f(toTree(carry.structure, handles.slice(0, count)) as never, x as never), carry);
      return closeStep("scan", step, types, (error) => {
        failed = error;
      }).map(nodeOf);
    });
    const { carry: next, output } = step as unknown as Step;
    const done = (): unknown => {
      if (failed) throw failed;
      const stacked = typesOf(output?.leaves ?? []).map(({ dtype, shape }) => ({ dtype, shape: [length, ...shape] }));
      const operands = [...leaves, ...xs].map(nodeOf);
      const attrs = { length, reverse, carries: count };
      const results = builder
        .results(builder.control("loop", operands, [body], attrs, [...types, ...stacked]))
        .map(ofNode);
      return [
        toTree(carry.structure, results.slice(0, count)),
        output && toTree(output.structure, results.slice(count)),
      ];
    };
    return { next: [next], done };
  });
}

/** A step's results in order; a carry of another type is kept as an error, since the loop may be written again. */
function closeStep(
  name: string,
  { carry, output }: Step,
  types: readonly Type[],
  fail: (error: unknown) => void,
): Handle[] {
  try {
    return [...settle(name, carry, types), ...(output?.leaves ?? [])];
  } catch (error) {
    fail(error);
    return [...carry.leaves, ...(output?.leaves ?? [])];
  }
}

/** Calls `f(i, carry) → carry` for i from `low` below `high`. Bounds known only at run time make a `whileLoop`. */
export function foriLoop<C>(low: ArrayLike, high: ArrayLike, f: (i: NdArray, carry: C) => C, init: C): C {
  const [from, to] = [toIndex(low), toIndex(high)];
  if (isTraced(from) || isTraced(to)) {
    type Counted = { readonly i: NdArray; readonly carry: C };
    const next = ({ i, carry }: Counted): Counted => ({ i: wrap(add(i, 1)), carry: f(i, carry) });
    return whileLoop<Counted>(({ i }) => wrap(less(i, to)), next, { i: wrap(from), carry: init }).carry;
  }
  const start = from.value?.data[0] as number;
  const length = Math.max(0, (to.value?.data[0] as number) - start);
  const counters = context().builder ? undefined : Array.from({ length }, (_, k) => k);
  return counters ? runFori(start, length, f, init) : traceFori(start, length, f, init);
}

function toIndex(bound: ArrayLike): Handle {
  const index = toHandle("foriLoop", bound);
  const whole =
    typeof bound === "number" ? Number.isInteger(bound) : index.dtype === "int32" || index.dtype === "uint32";
  if (!whole || index.shape.length > 0) {
    throw typeError(
      "foriLoop",
      "whole numbers as bounds",
      typeof bound === "number" ? String(bound) : formatType(index),
      "round them",
    );
  }
  return castTo(index, "int32");
}

function runFori<C>(start: number, length: number, f: (i: NdArray, carry: C) => C, init: C): C {
  let i = start;
  const [carry] = scan((c: C) => f(wrap(ofNumber(i++, "int32")), c), init, null, { length });
  return carry;
}

function traceFori<C>(start: number, length: number, f: (i: NdArray, carry: C) => C, init: C): C {
  const builder = context().builder as Builder;
  const carry = arrayTree("foriLoop: the carry", init);
  return adopt(carry, (leaves) => {
    const types = typesOf(leaves);
    let next: ArrayTree | undefined;
    let failed: unknown;
    const body = builder.body([{ dtype: "int32", shape: [] }, ...types], ([counter, ...nodes]) => {
      const i = add(ofNode(counter as (typeof nodes)[number]), ofNumber(start, "int32"));
      const result = f(
        wrap(start === 0 ? ofNode(counter as (typeof nodes)[number]) : i),
        toTree(carry.structure, nodes.map(ofNode)) as C,
      );
      next = checkCarry("foriLoop", arrayTree("foriLoop: the carry", result), carry);
      return closeStep("foriLoop", { carry: next, output: undefined }, types, (error) => {
        failed = error;
      }).map(nodeOf);
    });
    const done = (): C => {
      if (failed) throw failed;
      const attrs = { length, reverse: false, carries: leaves.length };
      const loop = builder.control("loop", leaves.map(nodeOf), [body], attrs, types);
      return toTree(carry.structure, builder.results(loop).map(ofNode)) as C;
    };
    return { next: [next as unknown as ArrayTree], done };
  });
}

/** Calls `body(carry)` while `test(carry)` is true. Points stop on their own; those that are done keep their carry. */
export function whileLoop<C>(test: (carry: C) => ArrayLike, body: (carry: C) => C, init: C): C {
  const carry = arrayTree("whileLoop: the carry", init);
  const run = context().builder ? traceWhile : runWhile;
  return run(test as (c: unknown) => ArrayLike, body as (c: unknown) => unknown, carry) as C;
}

function condition(test: (carry: unknown) => ArrayLike, carry: unknown): Handle {
  const going = toHandle("whileLoop: the test", test(carry));
  if (going.shape.length === 0) return castTo(going, "bool");
  throw shapeError("whileLoop: the test", "a scalar", [going.shape], "reduce it with any() or all()");
}

type Untyped = (carry: unknown) => unknown;

function runWhile(test: (carry: unknown) => ArrayLike, body: Untyped, carry: ArrayTree): unknown {
  return adopt(carry, (first) => {
    let leaves = first;
    const types = typesOf(first);
    const seen: ArrayTree[] = [];
    while (condition(test, toTree(carry.structure, leaves)).value?.data[0] === 1) {
      const result = arrayTree("whileLoop: the carry", body(toTree(carry.structure, leaves)));
      const next = checkCarry("whileLoop", result, carry);
      if (seen.length === 0) {
        seen.push(next);
        if (needsOther(carry, next, leaves)) break;
      }
      leaves = settle("whileLoop", next, types);
    }
    return { next: seen, done: () => toTree(carry.structure, leaves) };
  });
}

function traceWhile(test: (carry: unknown) => ArrayLike, body: Untyped, carry: ArrayTree): unknown {
  const builder = context().builder as Builder;
  return adopt(carry, (leaves) => {
    const types = typesOf(leaves);
    let next: ArrayTree | undefined;
    let failed: unknown;
    const tree = (nodes: readonly Parameters<typeof ofNode>[0][]): unknown =>
      toTree(carry.structure, nodes.map(ofNode));
    const regions: Region[] = [
      builder.body(types, (nodes) => [nodeOf(condition(test, tree(nodes)))]),
      builder.body(types, (nodes) => {
        next = checkCarry("whileLoop", arrayTree("whileLoop: the carry", body(tree(nodes))), carry);
        return closeStep("whileLoop", { carry: next, output: undefined }, types, (error) => {
          failed = error;
        }).map(nodeOf);
      }),
    ];
    const done = (): unknown => {
      if (failed) throw failed;
      return tree(builder.results(builder.control("while", leaves.map(nodeOf), regions, {}, types)));
    };
    return { next: [next as unknown as ArrayTree], done };
  });
}

/** `f` of every element along the first axis of `xs`, stacked. */
export function map<X, Y>(f: (x: X) => Y, xs: unknown): Y {
  const [, ys] = scan((_: readonly [], x: X): readonly [readonly [], Y] => [[], f(x)], [] as readonly [], xs);
  return ys as Y;
}
