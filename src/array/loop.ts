/** Loops that count, or go on while something is true. */

import { formatType } from "../base/value.ts";
import type { Builder } from "../program/builder.ts";
import { MOST_STEPS } from "../program/control.ts";
import type { Node } from "../program/program.ts";
import { traceAlone } from "./alone.ts";
import { adopt, readCarry, settle, settleLater } from "./carry.ts";
import { context } from "./context.ts";
import { type ArrayLike, castTo, describe, toHandle } from "./convert.ts";
import { runCounted } from "./counted.ts";
import { add, less } from "./elementwise.ts";
import { type Handle, isTraced, nodeOf, ofNode, shapeError, typeError } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { atUserLine } from "./source.ts";
import { type ArraysOf, type ArrayTree, arrayTree, type Returned, toTree, typesOf } from "./trees.ts";

/**
 * Calls `f(i, carry) → carry` for i (int32) from `low` below `high`; gives the last carry, a tree. Bounds may be
 * traced integers: points then stop on their own. Numbers in `init` take the dtypes that the turns give them.
 * @throws {LanewiseError} when a turn changes the carry's parts, dtypes or shapes, or a bound is not whole.
 */
export function foriLoop<const C>(
  low: ArrayLike,
  high: ArrayLike,
  f: (i: NdArray, carry: ArraysOf<C>) => NoInfer<Returned<C>>,
  init: C,
): ArraysOf<C> {
  const [from, to] = [toBound(low), toBound(high)];
  const first = arrayTree("foriLoop: the carry", init);
  const turn = (i: Handle, carry: readonly Handle[]): ArrayTree =>
    readCarry("foriLoop", f(wrap(i), toTree(first.structure, carry) as ArraysOf<C>), first);
  const loop = isTraced(from) || isTraced(to) ? () => until(from, to, first, turn) : () => count(from, to, first, turn);
  return toTree(first.structure, loop()) as ArraysOf<C>;
}

function toBound(bound: ArrayLike): Handle {
  const index = toHandle("foriLoop", bound);
  const whole =
    typeof bound === "number" ? Number.isInteger(bound) : !["bool", "float32", "float64"].includes(index.dtype);
  if (whole && index.shape.length === 0) return castTo(index, "int32");
  const got = typeof bound === "number" ? describe(bound) : formatType(index);
  throw typeError("foriLoop", "whole numbers as bounds", got, 'round them and convert with astype("int32")');
}

type IndexedTurn = (i: Handle, carry: readonly Handle[]) => ArrayTree;

function count(from: Handle, to: Handle, init: ArrayTree, turn: IndexedTurn): readonly Handle[] {
  const start = from.value?.data[0] as number;
  const length = Math.max(0, (to.value?.data[0] as number) - start);
  const loop = (): readonly Handle[] =>
    runCounted({
      name: "foriLoop",
      length,
      reverse: false,
      init,
      rows: [],
      turn: (i, carry) => ({ carry: turn(start === 0 ? i : add(i, start), carry), output: undefined }),
    }).carry;
  return length === 0 && !context().builder ? traceAlone(() => loop().map(wrap)) : loop();
}

/** The counter is the last part of the carry. */
function until(from: Handle, to: Handle, init: ArrayTree, turn: IndexedTurn): readonly Handle[] {
  const places = init.leaves.length;
  const counting = (tree: ArrayTree, i: Handle): ArrayTree => ({
    structure: tree.structure,
    paths: [...tree.paths, "the counter"],
    leaves: [...tree.leaves, i],
    weak: [...tree.weak, undefined],
  });
  const last = (leaves: readonly Handle[]): Handle => leaves[places] as Handle;
  return goOn({
    name: "foriLoop",
    init: counting(init, from),
    test: (leaves) => less(last(leaves), to),
    turn: (leaves) => counting(turn(last(leaves), leaves.slice(0, places)), add(last(leaves), 1)),
  }).slice(0, places);
}

/** When `lax.whileLoop` gives up. */
export interface WhileOptions {
  /**
   * Most calls of the body, from 1 to 2³¹ - 1. A point whose test is still true after them keeps the carry that it has
   * then, and gets the status "step limit". Default: none, because no number fits all loops; what never ends is then
   * stopped by the run's `signal` or `deviceTimeout` alone.
   */
  readonly maxSteps?: number;
}

/**
 * Calls `body(carry)` while `test(carry)`, a scalar, is true; gives the last carry, a tree. Points stop on their own:
 * those that are done keep their carry. Numbers in `init` take the dtypes that the turns give them.
 * @throws {LanewiseError} when a turn changes the carry's parts, dtypes or shapes, or the test is not a scalar.
 * @throws {RangeError} when `maxSteps` is no whole number from 1 on.
 */
export function whileLoop<const C>(
  test: (carry: ArraysOf<C>) => ArrayLike,
  body: (carry: ArraysOf<C>) => NoInfer<Returned<C>>,
  init: C,
  options: WhileOptions = {},
): ArraysOf<C> {
  const first = arrayTree("whileLoop: the carry", init);
  const tree = (leaves: readonly Handle[]): ArraysOf<C> => toTree(first.structure, leaves) as ArraysOf<C>;
  const last = goOn({
    name: "whileLoop",
    maxSteps: checkSteps(options),
    init: first,
    test: (leaves) => condition(test(tree(leaves))),
    turn: (leaves) => readCarry("whileLoop", body(tree(leaves)), first),
  });
  return tree(last);
}

function checkSteps(options: WhileOptions): number | undefined {
  const unknown = Object.keys(options).find((key) => key !== "maxSteps");
  if (unknown !== undefined) {
    throw typeError("whileLoop", "the option maxSteps alone", unknown, "correct its name");
  }
  const { maxSteps } = options;
  if (maxSteps === undefined || (Number.isInteger(maxSteps) && maxSteps > 0 && maxSteps <= MOST_STEPS)) return maxSteps;
  throw new RangeError(
    `whileLoop: expected maxSteps to be a whole number from 1 to ${MOST_STEPS}, got ${describe(maxSteps)}; ` +
      `give the most steps that a point may take${atUserLine()}`,
  );
}

function condition(result: ArrayLike): Handle {
  const going = toHandle("whileLoop: the test", result);
  if (going.shape.length === 0) return castTo(going, "bool");
  throw shapeError("whileLoop: the test", "a scalar", [going.shape], "reduce it with any() or all()");
}

interface OpenLoop {
  readonly name: string;
  readonly maxSteps?: number | undefined;
  readonly init: ArrayTree;
  readonly test: (leaves: readonly Handle[]) => Handle;
  readonly turn: (leaves: readonly Handle[]) => ArrayTree;
}

const goOn = (loop: OpenLoop): readonly Handle[] => (context().builder ? written(loop) : run(loop));

function run(loop: OpenLoop): readonly Handle[] {
  const { name, maxSteps, init, test, turn } = loop;
  const goes = (leaves: readonly Handle[]): boolean => test(leaves).value?.data[0] === 1;
  if (!goes(init.leaves)) {
    const open = init.weak.some((number) => number !== undefined);
    return open ? traceAlone(() => written(loop).map(wrap)) : init.leaves;
  }
  return adopt(init, (first) => {
    const types = typesOf(first);
    const next = turn(first);
    const finish = (): readonly Handle[] => {
      let leaves = settle(name, next, types);
      for (let steps = 1; goes(leaves); steps++) {
        if (steps === maxSteps) {
          context().onLimit?.();
          break;
        }
        leaves = settle(name, turn(leaves), types);
      }
      return leaves;
    };
    return { next, finish };
  });
}

function written({ name, maxSteps, init, test, turn }: OpenLoop): readonly Handle[] {
  const builder = context().builder as Builder;
  return adopt(init, (first) => {
    const types = typesOf(first);
    let next: ArrayTree | undefined;
    let failure: unknown;
    const going = builder.body(types, (nodes) => [nodeOf(test(nodes.map(ofNode)))]);
    const body = builder.body(types, (nodes) => {
      next = turn(nodes.map(ofNode));
      const keep = (error: unknown): void => {
        failure = error;
      };
      return settleLater(name, next, types, keep).map(nodeOf);
    });
    const finish = (): readonly Handle[] => {
      if (failure) throw failure;
      const attrs = maxSteps === undefined ? {} : { maxSteps };
      const node: Node = builder.control("while", first.map(nodeOf), [going, body], attrs, types);
      return builder.results(node).map(ofNode);
    };
    return { next: next as unknown as ArrayTree, finish };
  });
}
