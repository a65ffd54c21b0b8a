/** Kernel → kernel in which products go into the sums that they are for, rounded once. Only under fastMath. */

import { isFloat } from "../base/dtype.ts";
import type { OpName } from "../op/table.ts";
import type { Kernel, Register, Statement } from "./kernel.ts";
import { blocksOf, operandsOf, withBlocks, yieldsOf } from "./statement.ts";

type Op = Statement & { kind: "op" };

/** The fused op of a sum, by the place of the product among its operands. */
const fusedOps: { readonly [op: string]: readonly [OpName, OpName] } = {
  add: ["fusedAdd", "fusedAdd"],
  sub: ["fusedSub", "fusedNegate"],
};

const isSum = (s: Statement): s is Op => s.kind === "op" && s.op in fusedOps && isFloat(s.out.dtype);

/** Registers that something else than a sum reads: only products that vanish are fused. */
function neededAsSuch(blocks: readonly (readonly Statement[])[]): Set<Register> {
  const needed = new Set<Register>();
  const visit = (block: readonly Statement[]): void => {
    for (const s of block) {
      const read = isSum(s) ? (s.args[0] === s.args[1] ? s.args : []) : operandsOf(s);
      for (const register of [...read, ...yieldsOf(s)]) needed.add(register);
      blocksOf(s).forEach(visit);
    }
  };
  blocks.forEach(visit);
  return needed;
}

/** Of two products the later one waits longer: it is fused, and the other is there by then. */
function fuse(s: Op, products: ReadonlyMap<Register, Op>): Op {
  const [a, b] = s.args as readonly [Register, Register];
  const place = products.has(b) ? 1 : 0;
  const product = products.get(place === 1 ? b : a);
  // A product that all points share is there before.
  if (!product || product.out.lane !== s.out.lane) return s;
  const op = fusedOps[s.op]?.[place] as OpName;
  return { ...s, op, args: [...product.args, place === 1 ? a : b] };
}

export function contract(kernel: Kernel): Kernel {
  const needed = neededAsSuch([kernel.prologue, kernel.body]);
  const rewrite = (block: readonly Statement[]): Statement[] => {
    const products = new Map<Register, Op>();
    for (const s of block) {
      if (s.kind === "op" && s.op === "mul" && isFloat(s.out.dtype) && !needed.has(s.out)) products.set(s.out, s);
    }
    return block.map((s) => (isSum(s) ? fuse(s, products) : withBlocks(s, rewrite)));
  };
  return swept({ ...kernel, prologue: rewrite(kernel.prologue), body: rewrite(kernel.body) });
}

/** Without the products that nothing reads any more. */
function swept(kernel: Kernel): Kernel {
  const read = new Set<Register>();
  const visit = (block: readonly Statement[]): void => {
    for (const s of block) {
      for (const register of [...operandsOf(s), ...yieldsOf(s)]) read.add(register);
      blocksOf(s).forEach(visit);
    }
  };
  visit(kernel.prologue);
  visit(kernel.body);
  const sweep = (block: readonly Statement[]): Statement[] =>
    block.filter((s) => s.kind !== "op" || s.op !== "mul" || read.has(s.out)).map((s) => withBlocks(s, sweep));
  return { ...kernel, prologue: sweep(kernel.prologue), body: sweep(kernel.body) };
}
