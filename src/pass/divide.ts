/**
 * One division instead of several, under fastMath: what is divided by the same number is multiplied by its reciprocal,
 * which is computed once. In: a program before expansion, whose formulas need their own quotients exact. Out: quotients
 * rounded twice, up to two units in the last place away.
 *
 * Where a reciprocal leaves the normal numbers, its products do: over |d| < 2^-128 (2^-1024 in float64) x / d is infinite
 * and 0 / d is NaN, over |d| > 2^126 (2^1022) the quotient loses digits. Zero, infinite and NaN divisors are as ever, and
 * constants are left alone where this could happen.
 *
 * Different divisors keep their divisions: their common product may overflow, and three divisions of vectors (10 cycles on
 * Zen 3) are no slower than one with the nine multiplications that replace them.
 */

import { type FloatDType, isFloat } from "../base/dtype.ts";
import { sameShape } from "../base/shape.ts";
import type { Value } from "../base/value.ts";
import { schedule } from "../program/order.ts";
import { type Node, type Program, typeOf } from "../program/program.ts";
import { type Copier, rewrite } from "../program/rewrite.ts";
import { constantOf } from "./fold.ts";

/** Smallest normal numbers. */
const smallest: { readonly [D in FloatDType]: number } = { float32: 2 ** -126, float64: 2 ** -1022 };

const isQuotient = (node: Node): boolean => node.op === "div" && isFloat(typeOf(node).dtype);

/** What a divisor is made of by repeating its elements. */
function coreOf(node: Node): Node {
  const [inner] = node.operands;
  return node.op === "broadcast" && inner ? coreOf(inner) : node;
}

/** Whether all reciprocals are normal numbers. */
function isInvertible({ dtype, data }: Value): boolean {
  const least = smallest[dtype as FloatDType];
  return data.every((x) => Math.abs(x) >= least && Math.abs(1 / x) >= least);
}

/** 1 / d is its own reciprocal. */
const isReciprocal = ({ operands }: Node): boolean => {
  const numerator = constantOf(operands[0] as Node);
  return numerator?.data.every((x) => x === 1) ?? false;
};

/** Divisors whose reciprocal serves several numbers, or one that changes more often, or is known. */
function findShared({ root }: Program): Set<Node> {
  const known = new Set<Node>();
  const shared = new Set<Node>();
  for (const node of [...schedule(root).values()].flat().filter(isQuotient)) {
    const divisor = node.operands[1] as Node;
    const core = coreOf(divisor);
    const constant = constantOf(core);
    if (constant && !isInvertible(constant)) continue;
    if (constant || known.has(core) || core !== divisor || core.region !== node.region) shared.add(core);
    known.add(core);
  }
  return shared;
}

function reciprocalOf(divisor: Node, copier: Copier): Node {
  const { builder } = copier;
  const { op, operands, attrs } = divisor;
  if (op === "broadcast") return builder.apply("broadcast", [reciprocalOf(operands[0] as Node, copier)], attrs);
  return builder.apply("div", [builder.constant(1, typeOf(divisor).dtype), copier.of(divisor)]);
}

export function divide(program: Program): Program {
  const shared = findShared(program);
  if (shared.size === 0) return program;
  return rewrite(program, (node, [x], copier) => {
    const divisor = node.operands[1];
    if (!x || !divisor || !isQuotient(node) || !shared.has(coreOf(divisor))) return undefined;
    const reciprocal = reciprocalOf(divisor, copier);
    const isSame = isReciprocal(node) && sameShape(typeOf(node).shape, typeOf(reciprocal).shape);
    return [isSame ? reciprocal : copier.builder.apply("mul", [x, reciprocal])];
  });
}
