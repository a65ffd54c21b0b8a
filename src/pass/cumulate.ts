/** Running sums of large arrays become loops; small ones are left to be unrolled. */

import { sizeOf } from "../base/shape.ts";
import { sum } from "../op/fold.ts";
import type { Builder } from "../program/builder.ts";
import { usesOp } from "../program/order.ts";
import { type Node, type Program, typeOf } from "../program/program.ts";
import { rewrite } from "../program/rewrite.ts";

export function cumulate(program: Program, unrolled: number): Program {
  if (!usesOp(program.root, "cumsum")) return program;
  return rewrite(program, (node, operands, { builder }) => {
    if (node.op !== "cumsum" || sizeOf(typeOf(node).shape) <= unrolled) return undefined;
    return [runningSum(builder, operands[0] as Node, node.attrs.axis as number)];
  });
}

function runningSum(builder: Builder, x: Node, axis: number): Node {
  const { dtype, shape } = typeOf(x);
  const toFront = [axis, ...shape.map((_, i) => i).filter((i) => i !== axis)];
  const back = shape.map((_, i) => toFront.indexOf(i));
  const rest = { dtype, shape: shape.filter((_, i) => i !== axis) };
  const length = shape[axis] as number;
  const zero = builder.constant(sum.initial(dtype), dtype);
  const init = rest.shape.length > 0 ? builder.apply("broadcast", [zero], { shape: rest.shape, axes: [] }) : zero;
  const moved = builder.apply("transpose", [x], { axes: toFront });
  const body = builder.body([{ dtype: "int32", shape: [] }, rest, rest], ([, total, term]) => {
    const next = builder.apply("add", [total as Node, term as Node]);
    return [next, next];
  });
  const stacked = { dtype, shape: [length, ...rest.shape] };
  const loop = builder.control("loop", [init, moved], [body], { length, reverse: false, carries: 1 }, [rest, stacked]);
  return builder.apply("transpose", [builder.results(loop)[1] as Node], { axes: back });
}
