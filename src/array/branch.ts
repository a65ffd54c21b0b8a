/** Branching on values: with numbers in JavaScript, in a trace as one op whose branches are all written down. */

import { promote } from "../base/dtype.ts";
import { flatten, type Structure, sameStructure, unflatten } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { traceBranches } from "../program/branch.ts";
import type { Builder } from "../program/builder.ts";
import { traceAlone } from "./alone.ts";
import { meet } from "./carry.ts";
import { context } from "./context.ts";
import { type ArrayLike, castTo, toHandle } from "./convert.ts";
import { where } from "./elementwise.ts";
import { type Handle, nodeOf, ofNode, ofNumber, shapeError, typeError } from "./handle.ts";
import { wrap } from "./ndarray.ts";
import {
  type ArraysOf,
  type ArrayTree,
  arrayTree,
  at,
  isNumeric,
  partsOf,
  type Returned,
  sameType,
  toTree,
  typesOf,
} from "./trees.ts";

/** What branches get: arrays for the operands that are numbers or arrays, all else as it is. */
type Operands<A extends readonly unknown[]> = { [K in keyof A]: ArraysOf<A[K]> };

/**
 * `ifTrue(...operands)` where the scalar `pred` is true, else `ifFalse(...operands)`: trees of the same types.
 * Plain numbers take the dtype that the other branch has in their place.
 * A predicate known when tracing calls its branch alone.
 * @throws {LanewiseError} when the branches' trees differ in parts, dtypes or shapes.
 */
export function cond<A extends readonly unknown[], R>(
  pred: ArrayLike,
  ifTrue: (...operands: Operands<A>) => R,
  ifFalse: (...operands: Operands<A>) => NoInfer<R | Returned<R>>,
  ...operands: A
): ArraysOf<R> {
  const test = castTo(toHandle("cond", pred), "bool");
  if (test.shape.length > 0) {
    throw shapeError("cond: the predicate", "a scalar", [test.shape], "use np.where to choose element by element");
  }
  const index = where(test, ofNumber(0, "int32"), ofNumber(1, "int32"));
  return choose("cond", index, [ifTrue, ifFalse] as Branch[], operands) as ArraysOf<R>;
}

/**
 * `branches[index](...operands)`; the index, an integer scalar, clamps to the list. As for `cond`, all branches give
 * trees of the same types.
 * @throws {LanewiseError} when the branches' trees differ in parts, dtypes or shapes, or there are none.
 */
export function switchBranch<A extends readonly unknown[], Rs extends readonly unknown[]>(
  index: ArrayLike,
  branches: { readonly [K in keyof Rs]: (...operands: Operands<A>) => Rs[K] },
  ...operands: A
): ArraysOf<Rs[number]> {
  if (branches.length === 0) throw typeError("switch", "at least one branch", "none", "give a list of functions");
  const given = toHandle("switch", index);
  const number = given.value?.data[0];
  const whole =
    given.dtype === "int32" || given.dtype === "uint32" || (typeof index === "number" && Number.isInteger(number));
  if (given.shape.length > 0 || !whole) {
    throw typeError("switch: the index", "an integer scalar", formatType(given), 'convert it with astype("int32")');
  }
  return choose(
    "switch",
    castTo(given, "int32"),
    branches as readonly unknown[] as readonly Branch[],
    operands,
  ) as ArraysOf<Rs[number]>;
}

type Branch = (...operands: unknown[]) => unknown;

/**
 * A known index calls its branch alone: a model may choose by what it knows. Only where that gives plain numbers do
 * the others matter, for their dtypes.
 */
function choose(name: string, index: Handle, branches: readonly Branch[], operands: readonly unknown[]): unknown {
  const flat = flatten(operands);
  const arrays = flat.leaves.map((leaf) => (isNumeric(leaf) ? toHandle(name, leaf) : undefined));
  const call = (branch: Branch, handles: readonly Handle[]): ArrayTree => {
    let next = 0;
    const leaves = flat.leaves.map((leaf, i) => (arrays[i] ? wrap(handles[next++] as Handle) : leaf));
    return arrayTree(`${name}: the result`, branch(...(unflatten(flat.structure, leaves) as unknown[])));
  };
  const given = arrays.filter((x) => x !== undefined);
  const write = (): unknown =>
    writeSwitch(
      name,
      index,
      branches.map((branch) => (handles) => call(branch, handles)),
      given,
    );
  if (!index.value) return write();
  const k = Math.min(Math.max(index.value.data[0] as number, 0), branches.length - 1);
  const { structure, leaves, weak } = call(branches[k] as Branch, given);
  if (weak.every((number) => number === undefined)) return toTree(structure, leaves);
  return context().builder ? write() : traceAlone(write);
}

type WrittenBranch = (handles: readonly Handle[]) => ArrayTree;

function writeSwitch(
  name: string,
  index: Handle,
  branches: readonly WrittenBranch[],
  operands: readonly Handle[],
): unknown {
  const builder = context().builder as Builder;
  const write = (types?: readonly Type[]) => {
    const trees: ArrayTree[] = [];
    const closed = traceBranches(
      builder,
      operands.map(nodeOf),
      branches.map((branch) => (parameters) => {
        const tree = branch(parameters.map(ofNode));
        trees.push(tree);
        return tree.leaves.map((leaf, i) => nodeOf(types ? meet(tree, i, (types[i] as Type).dtype) : leaf));
      }),
    );
    return { trees, closed };
  };
  const first = write();
  const types = commonTypes(name, first.trees);
  const settled = first.trees.every((tree) => tree.leaves.every((leaf, i) => sameType(leaf, types[i] as Type)));
  const { operands: all, regions } = (settled ? first : write(types)).closed;
  const node = builder.control("switch", [nodeOf(index), ...all], regions, {}, types);
  const { structure } = first.trees[0] as { structure: Structure };
  return toTree(structure, builder.results(node).map(ofNode));
}

/** The types that all branches give. Plain numbers follow the arrays of other branches. */
function commonTypes(name: string, trees: readonly ArrayTree[]): Type[] {
  const [first] = trees as readonly [ArrayTree, ...ArrayTree[]];
  for (const tree of trees) {
    if (sameStructure(tree.structure, first.structure)) continue;
    throw typeError(
      name,
      `all branches to return a tree with ${partsOf(first.paths)}`,
      `one with ${partsOf(tree.paths)}`,
      "return the same parts everywhere",
    );
  }
  return first.leaves.map((_, i) => {
    const leader = (trees.find((tree) => tree.weak[i] === undefined) ?? first).leaves[i] as Handle;
    const other = trees.map((tree) => meet(tree, i, leader.dtype)).find((leaf) => !sameType(leaf, leader));
    if (!other) return typesOf([leader])[0] as Type;
    throw typeError(
      `${name}: the result${at(first.paths[i])}`,
      `${formatType(leader)} from all branches`,
      formatType(other),
      leader.dtype === other.dtype
        ? "broadcast to one shape"
        : `convert with astype("${promote(leader.dtype, other.dtype)}")`,
    );
  });
}
