/** The order in which a region's nodes are computed: from a region to the nodes that belong to it. */

import type { Node, NodeName, Region } from "./program.ts";

export type Schedule = ReadonlyMap<Region, readonly Node[]>;

/** Regions are looked at once: they must be finished, and do not change any more. */
const schedules = new WeakMap<Region, Schedule>();
const known = new WeakMap<Region, readonly Node[]>();

/**
 * Nodes of every region below `root` that its results need, by region and in id order, without parameters.
 * A node that an inner region uses is listed in the region it belongs to.
 */
export function schedule(root: Region): Schedule {
  let found = schedules.get(root);
  if (!found) {
    found = findSchedule(root);
    schedules.set(root, found);
    // What the results need of an inner region is what that region's own results need of it.
    for (const [region, nodes] of found) known.set(region, nodes);
  }
  return found;
}

/** The same, looked up anew: for programs that may be damaged. */
export function findSchedule(root: Region): Schedule {
  const nodes = new Map<Region, Node[]>([[root, []]]);
  const seen = new Set<Node>();
  // A stack of its own: chains of a hundred thousand nodes are programs too.
  const stack = [...root.results];
  for (let node = stack.pop(); node; node = stack.pop()) {
    // What lies outside cannot depend on what is inside.
    if (seen.has(node) || node.region.depth < root.depth) continue;
    seen.add(node);
    if (node.op !== "parameter") {
      const known = nodes.get(node.region);
      if (known) known.push(node);
      else nodes.set(node.region, [node]);
    }
    stack.push(...node.operands);
    for (const region of node.regions) {
      if (!nodes.has(region)) nodes.set(region, []);
      stack.push(...region.results);
    }
  }
  for (const list of nodes.values()) list.sort((a, b) => a.id - b.id);
  return nodes;
}

/** Nodes that belong to this region and that its results need, also through bodies inside it; as in `schedule`. */
export const nodesOf = (region: Region): readonly Node[] =>
  known.get(region) ?? (schedule(region).get(region) as readonly Node[]);

/** Whether some node of a program, bodies included, is one of these ops. */
export function usesOp(root: Region, ...ops: readonly NodeName[]): boolean {
  for (const nodes of schedule(root).values()) if (nodes.some((node) => ops.includes(node.op))) return true;
  return false;
}
