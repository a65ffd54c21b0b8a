/** x + 0 is x, under fastMath: a sum of zeros may be -0 where it is 0, also one that a maximum with 0 is made of. */

import { isFloat } from "../base/dtype.ts";
import { sameShape } from "../base/shape.ts";
import { type Node, type Program, typeOf } from "../program/program.ts";
import { rewrite } from "../program/rewrite.ts";
import { constantOf } from "./fold.ts";

const isZero = (node: Node): boolean => constantOf(node)?.data.every((x) => x === 0) ?? false;

export const zeros = (program: Program): Program =>
  rewrite(program, (node, operands) => {
    if (node.op !== "add" || !isFloat(typeOf(node).dtype)) return undefined;
    const other = operands.find((_, i) => isZero(operands[1 - i] as Node));
    return other && sameShape(typeOf(other).shape, typeOf(node).shape) ? [other] : undefined;
  });
