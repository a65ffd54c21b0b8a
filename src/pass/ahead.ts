/**
 * Reductions of arrays that a loop carries are made at the end of the turn before, in the loop over elements that computes
 * the array, and carried beside it: the same bits, and one reading of the array less. The last turn's are for nothing.
 */

import { sizeOf } from "../base/shape.ts";
import { folds } from "../op/fold.ts";
import { type OpName, recordOf } from "../op/table.ts";
import { nodesOf, usesOp } from "../program/order.ts";
import { type Node, type Program, type Region, typeOf } from "../program/program.ts";
import { type Copier, rewrite } from "../program/rewrite.ts";

/** Arrays of up to `unrolled` elements stay in registers: reading them costs nothing. */
export function ahead(program: Program, unrolled: number): Program {
  if (!usesOp(program.root, "loop")) return program;
  const carried = new Map<Node, Node>();
  return rewrite(program, (node, operands, copier) => {
    const total = carried.get(node);
    if (total) return [total];
    const totals = node.op === "loop" ? findTotals(node, unrolled) : [];
    return totals.length > 0 ? withTotals(node, operands, totals, copier, carried) : undefined;
  });
}

/** By which of the carries a reduction is of. */
const carryOf = (total: Node): number => ((total.operands[0] as Node).attrs.index as number) - 1;

function findTotals({ attrs, regions }: Node, unrolled: number): Node[] {
  const body = regions[0] as Region;
  if ((attrs.length as number) < 2) return [];
  return nodesOf(body).filter((node) => {
    const [array] = node.operands;
    if (!folds[node.op] || !array || array.op !== "parameter" || array.region !== body) return false;
    if (sizeOf(typeOf(node).shape) > 1 || sizeOf(typeOf(array).shape) <= unrolled) return false;
    const carry = carryOf(node);
    return carry >= 0 && carry < (attrs.carries as number) && isComputed(body.results[carry] as Node, body);
  });
}

/** Element by element, in the body itself. */
const isComputed = ({ op, region, regions }: Node, body: Region): boolean =>
  region === body &&
  regions.length === 0 &&
  op !== "parameter" &&
  op !== "result" &&
  op !== "constant" &&
  recordOf(op as OpName).kind === "elementwise";

/** The loop's own results; the totals' registers are put into `carried`. */
function withTotals(
  loop: Node,
  operands: readonly Node[],
  totals: readonly Node[],
  copier: Copier,
  carried: Map<Node, Node>,
): readonly Node[] {
  const { builder } = copier;
  const body = loop.regions[0] as Region;
  const carries = loop.attrs.carries as number;
  const of = (total: Node, arrays: readonly Node[]): Node =>
    builder.apply(total.op as OpName, [arrays[carryOf(total)] as Node], total.attrs);
  const types = totals.map(typeOf);
  const region = builder.body(body.parameters.map(typeOf).toSpliced(1 + carries, 0, ...types), (given) => {
    totals.forEach((total, i) => {
      carried.set(total, given[1 + carries + i] as Node);
    });
    const results = copier.inline(body, given.toSpliced(1 + carries, totals.length));
    return results.toSpliced(carries, 0, ...totals.map((total) => of(total, results)));
  });
  const inputs = operands.toSpliced(carries, 0, ...totals.map((total) => of(total, operands)));
  const made = builder.results(
    builder.control(
      "loop",
      inputs,
      [region],
      { ...loop.attrs, carries: carries + totals.length },
      loop.types.toSpliced(carries, 0, ...types),
    ),
  );
  return made.toSpliced(carries, totals.length);
}
