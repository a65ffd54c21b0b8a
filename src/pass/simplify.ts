/** Rewrites that keep every bit: constants computed, operations that change nothing, scalars broadcast in vain. */

import { isFloat } from "../base/dtype.ts";
import { sameShape } from "../base/shape.ts";
import { type OpName, table } from "../op/table.ts";
import type { Builder } from "../program/builder.ts";
import { type Node, type Program, typeOf } from "../program/program.ts";
import { type Rule, rewrite } from "../program/rewrite.ts";
import { fold } from "./fold.ts";
import { Ranges } from "./range.ts";

type Simplifier = (node: Node, operands: readonly Node[], builder: Builder) => Node | undefined;

const isScalarConstant = (node: Node | undefined, x: number): boolean =>
  node?.value !== undefined && node.value.shape.length === 0 && Object.is(node.value.data[0], x);

/** The operand that the op leaves as it is, if its type is the result's. */
const same = (node: Node, operand: Node | undefined): Node | undefined =>
  operand && sameShape(typeOf(operand).shape, typeOf(node).shape) ? operand : undefined;

const keepsShape: Simplifier = (node, [x]) => same(node, x);

/** 1 / y of a constant that is a power of two: multiplying by it rounds as the division does. */
function exactReciprocal(y: Node | undefined): number | undefined {
  const constant = y && unbroadcast(y).value;
  if (!constant || constant.shape.length > 0) return undefined;
  const x = constant.data[0] as number;
  const size = Math.abs(x);
  const isExact = size === 2 ** Math.round(Math.log2(size)) && size >= 2 ** -126 && size <= 2 ** 126;
  return isExact ? 1 / x : undefined;
}

const simplifiers: { readonly [op in OpName]?: Simplifier } = {
  // x + 0 is not here: it turns -0 into 0. x - 0 and x · 1 keep every x.
  sub: (node, [x, y]) => (isScalarConstant(y, 0) ? same(node, x) : undefined),
  mul: (node, [x, y]) => {
    if (isScalarConstant(y, 1)) return same(node, x);
    return isScalarConstant(x, 1) ? same(node, y) : undefined;
  },
  div: (node, [x, y], builder) => {
    if (isScalarConstant(y, 1)) return same(node, x);
    const factor = exactReciprocal(y);
    if (!factor || !x || !same(node, x)) return undefined;
    return builder.apply("mul", [x, builder.constant(factor, typeOf(x).dtype)]);
  },
  convert: (node, [x]) => (x && typeOf(x).dtype === typeOf(node).dtype ? x : undefined),
  reshape: keepsShape,
  broadcast: keepsShape,
  slice: (node, [x]) =>
    (node.attrs.start as readonly number[]).every((s) => s === 0) &&
    (node.attrs.step as readonly number[]).every((s) => s === 1)
      ? same(node, x)
      : undefined,
  transpose: (node, [x]) => ((node.attrs.axes as readonly number[]).every((axis, i) => axis === i) ? x : undefined),
  concat: (_, operands) => (operands.length === 1 ? operands[0] : undefined),
  select: (node, [condition, a, b]) => {
    if (a === b) return same(node, a);
    if (isScalarConstant(condition, 1)) return same(node, a);
    return isScalarConstant(condition, 0) ? same(node, b) : undefined;
  },
};

const identities: Rule = (node, operands, { builder }) => {
  if (!(node.op in table)) return undefined;
  const op = node.op as OpName;
  const simpler = simplifiers[op]?.(node, operands, builder);
  if (simpler) return [simpler];
  if (table[op].kind !== "elementwise") return undefined;
  const scalars = operands.map(unbroadcast);
  const { shape } = typeOf(node);
  if (shape.length === 0 || scalars.every((scalar, i) => scalar === operands[i])) return undefined;
  return [asLarge(node, builder.apply(op, scalars, node.attrs), builder)];
};

/** What was computed of scalars behind broadcasts, in the shape of the node that it replaces. */
const asLarge = (node: Node, result: Node, builder: Builder): Node => {
  const { shape } = typeOf(node);
  return sameShape(typeOf(result).shape, shape) ? result : builder.apply("broadcast", [result], { shape, axes: [] });
};

/**
 * Beside a number that is known one comparison does: NaN passes, and of zeros `x + 0` makes the right one. Only whether -0
 * is less than 0 cannot be seen so.
 */
const oneComparison: Rule = (node, [a, b], { builder }) => {
  if ((node.op !== "min" && node.op !== "max") || !a || !b || !isFloat(typeOf(node).dtype)) return undefined;
  const [x, y] = [a, b].map(unbroadcast) as [Node, Node];
  const [other, known] = x.value ? [b, x] : [a, y];
  if (!known.value || known.value.shape.length > 0) return undefined;
  const limit = known.value.data[0] as number;
  if (Number.isNaN(limit) || (node.op === "min" && Object.is(limit, -0))) return undefined;
  const picked = builder.apply(node.op === "min" ? "pmin" : "pmax", [other, known]);
  const result = node.op === "max" && Object.is(limit, 0) ? builder.apply("add", [picked, known]) : picked;
  return [asLarge(node, result, builder)];
};

/** The scalar behind a broadcast of one; elementwise ops take it as it is. */
const unbroadcast = (node: Node): Node => {
  const [inner] = node.operands;
  return node.op === "broadcast" && inner && typeOf(inner).shape.length === 0 ? inner : node;
};

/** Comparisons of whole numbers whose answer their ranges give. */
const decided = (ranges: Ranges, node: Node): boolean | undefined => {
  const [a, b] = node.operands;
  if ((node.op !== "lt" && node.op !== "le") || !a || !b || typeOf(a).dtype !== "int32") return undefined;
  const [x, y] = [ranges.of(a), ranges.of(b)];
  const strict = node.op === "lt";
  if (strict ? x.high < y.low : x.high <= y.low) return true;
  return (strict ? x.low >= y.high : x.low > y.high) ? false : undefined;
};

export function simplify(program: Program): Program {
  const ranges = new Ranges(program.root);
  return rewrite(program, (node, operands, copier) => {
    const answer = decided(ranges, node);
    if (answer !== undefined) {
      return [asLarge(node, copier.builder.constant(Number(answer), "bool"), copier.builder)];
    }
    return fold(node, operands, copier) ?? oneComparison(node, operands, copier) ?? identities(node, operands, copier);
  });
}
