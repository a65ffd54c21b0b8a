/** Puts an op's own expansion in the place of every op that the target lacks. */

import { type OpName, table } from "../op/table.ts";
import type { Program } from "../program/program.ts";
import { rewrite } from "../program/rewrite.ts";

/** `fast`: shorter expansions, where an op has one. */
export function expand(program: Program, native: ReadonlySet<OpName>, fast = false): Program {
  return rewrite(program, (node, operands, { builder }) => {
    const record = node.op in table ? table[node.op as OpName] : undefined;
    // The lowering makes a branch of it, on every target.
    if (node.op === "selectRare") return undefined;
    if (record?.kind !== "elementwise" || !record.expand || native.has(node.op as OpName)) return undefined;
    const dtype = builder.dtype(operands[0] as (typeof operands)[number]);
    const shorter = fast ? record.expandFast?.(dtype) : undefined;
    return [(shorter ?? record.expand)(builder, operands, dtype)];
  });
}
