/** Branching on values: with numbers in JavaScript, in a trace as one op whose branches are all written down. */

import { promote } from "../base/dtype.ts";
import { flatten, type Structure, sameStructure, unflatten } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { traceBranches } from "../program/branch.ts";
import type { Builder } from "../program/builder.ts";
import { context } from "./context.ts";
import { type ArrayLike, castTo, toHandle } from "./convert.ts";
import { where } from "./elementwise.ts";
import { type Handle, nodeOf, ofNode, ofNumber, shapeError, typeError } from "./handle.ts";
import { wrap } from "./ndarray.ts";
import { type ArrayTree, arrayTree, at, isNumeric, sameType, toTree, typesOf } from "./trees.ts";

// Operands are any trees; each branch's own parameter types say which.
type Branch<A extends readonly unknown[], R> = (...operands: A) => R;

/** `ifTrue(...operands)` where the scalar `pred` is true, else `ifFalse(...operands)`; both give trees of the same types. */
export function cond<A extends readonly unknown[], R>(
  pred: ArrayLike,
  ifTrue: Branch<A, R>,
  ifFalse: Branch<A, R>,
  ...operands: A
): R {
  const test = castTo(toHandle("cond", pred), "bool");
  if (test.shape.length > 0) {
    throw shapeError("cond: the predicate", "a scalar", [test.shape], "use np.where to choose element by element");
  }
  if (test.value) return test.value.data[0] !== 0 ? ifTrue(...operands) : ifFalse(...operands);
  const index = where(test, ofNumber(1, "int32"), ofNumber(0, "int32"));
  return traceSwitch("cond", index, [ifFalse, ifTrue], operands);
}

/** `branches[index](...operands)`; the index clamps to the list. */
export function switchBranch<A extends readonly unknown[], R>(
  index: ArrayLike,
  branches: readonly Branch<A, R>[],
  ...operands: A
): R {
  if (branches.length === 0) throw typeError("switch", "at least one branch", "none", "give a list of functions");
  const chosen = castTo(toHandle("switch", index), "int32");
  if (chosen.shape.length > 0) throw shapeError("switch: the index", "a scalar", [chosen.shape], "pick one element");
  if (!chosen.value) return traceSwitch("switch", chosen, branches, operands);
  const k = Math.min(Math.max(chosen.value.data[0] as number, 0), branches.length - 1);
  return (branches[k] as Branch<A, R>)(...operands);
}

function traceSwitch<A extends readonly unknown[], R>(
  name: string,
  index: Handle,
  branches: readonly Branch<A, R>[],
  operands: A,
): R {
  const builder = context().builder as Builder;
  const flat = flatten(operands);
  const numeric = flat.leaves.map((leaf) => (isNumeric(leaf) ? toHandle(name, leaf) : undefined));
  const values = numeric.filter((x) => x !== undefined);
  const call = (branch: Branch<A, R>, parameters: readonly Handle[]): ArrayTree => {
    let next = 0;
    const leaves = flat.leaves.map((leaf, i) => (numeric[i] ? wrap(parameters[next++] as Handle) : leaf));
    return arrayTree(`${name}: the result`, branch(...(unflatten(flat.structure, leaves) as A)));
  };
  const write = (types?: readonly Type[]) => {
    const trees: ArrayTree[] = [];
    const closed = traceBranches(
      builder,
      values.map(nodeOf),
      branches.map((branch) => (parameters) => {
        const tree = call(branch, parameters.map(ofNode));
        trees.push(tree);
        return tree.leaves.map((leaf, i) =>
          nodeOf(types && tree.weak[i] ? castTo(leaf, types[i]?.dtype ?? leaf.dtype) : leaf),
        );
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
  return toTree(structure, builder.results(node).map(ofNode)) as R;
}

/** The types that all branches give. Plain numbers follow the arrays of other branches. */
function commonTypes(name: string, trees: readonly ArrayTree[]): Type[] {
  const [first] = trees as readonly [ArrayTree, ...ArrayTree[]];
  for (const tree of trees) {
    if (sameStructure(tree.structure, first.structure)) continue;
    const [expected, got] = [first, tree].map(({ paths }) => paths.map((path) => path || "one leaf").join(", "));
    throw typeError(
      name,
      `all branches to return a tree with ${expected}`,
      `one with ${got}`,
      "return the same parts everywhere",
    );
  }
  return first.leaves.map((_, i) => {
    const strong = trees.filter((tree) => !tree.weak[i]).map((tree) => tree.leaves[i] as Handle);
    const [leader = first.leaves[i] as Handle] = strong;
    const other = strong.find((leaf) => !sameType(leaf, leader));
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
