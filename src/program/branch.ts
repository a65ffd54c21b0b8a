/**
 * Branches of `switch` are closed: what they use from outside comes in as operands. Otherwise a `while` that
 * depends on outer values alone would belong outside, and run although its branch is not taken.
 */

import type { Builder } from "./builder.ts";
import { isConstant } from "./grammar.ts";
import { type Node, type Region, typeOf } from "./program.ts";
import { Copier } from "./rewrite.ts";

export interface Branches {
  /** The given operands, then what the branches captured. */
  readonly operands: Node[];
  /** One closed body per branch, all with the parameters of `operands`. */
  readonly regions: Region[];
}

export function traceBranches(
  builder: Builder,
  operands: readonly Node[],
  branches: readonly ((parameters: readonly Node[]) => readonly Node[])[],
): Branches {
  const first = builder.nextNode;
  const open = branches.map((write) => builder.body(operands.map(typeOf), write));
  const captured = [...new Set(open.flatMap((region) => reach(region, first).outside))];
  const all = [...operands, ...captured];
  const regions = open.map((region) =>
    builder.body(all.map(typeOf), (parameters) => {
      const copier = new Copier(builder);
      copier.bind(region.parameters, parameters);
      copier.bind(captured, parameters.slice(operands.length));
      for (const node of reach(region, first).made) copier.copy(node);
      return region.results.map((node) => copier.of(node));
    }),
  );
  return { operands: all, regions };
}

/** What a branch needs: nodes made while it was written (and constants), in order, and older ones from outside. */
function reach(region: Region, first: number): { made: Node[]; outside: Node[] } {
  const made = new Set<Node>();
  const outside = new Set<Node>();
  const seen = new Set<Node>();
  const pending = [...region.results];
  while (pending.length > 0) {
    const node = pending.pop() as Node;
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.id < first && !isConstant(node)) outside.add(node);
    else {
      if (node.region.depth <= region.depth && node.op !== "parameter") made.add(node);
      pending.push(...node.operands, ...node.regions.flatMap((inner) => inner.results));
    }
  }
  return { made: [...made].sort((a, b) => a.id - b.id), outside: [...outside].sort((a, b) => a.id - b.id) };
}
