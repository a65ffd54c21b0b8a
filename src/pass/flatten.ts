/**
 * `switch` without loops in its branches becomes selection: all branches are computed, which is what lanes that
 * disagree cost anyway, and their ops fuse with those around them.
 */

import { nodesOf, usesOp } from "../program/order.ts";
import type { Node, Program, Region } from "../program/program.ts";
import { type Copier, rewrite } from "../program/rewrite.ts";

export function flatten(program: Program): Program {
  if (!usesOp(program.root, "switch")) return program;
  return rewrite(program, (node, operands, copier) => {
    if (node.op !== "switch" || node.regions.some(hasControl)) return undefined;
    const [index, ...values] = operands;
    const branches = node.regions.map((region) => copier.inline(region, values));
    return selectBranch(index as Node, branches, copier);
  });
}

const hasControl = (region: Region): boolean =>
  nodesOf(region).some((node) => node.op === "loop" || node.op === "while" || node.regions.some(hasControl));

/** The last branch is the default and the first serves all below 0: the index clamps. */
function selectBranch(index: Node, branches: readonly (readonly Node[])[], { builder }: Copier): Node[] {
  const last = branches[branches.length - 1] as readonly Node[];
  return last.map((fallback, r) => {
    let chosen = fallback;
    for (let k = branches.length - 2; k >= 0; k--) {
      const here = builder.apply("le", [index, builder.constant(k, "int32")]);
      chosen = builder.apply("select", [here, branches[k]?.[r] as Node, chosen]);
    }
    return chosen;
  });
}
