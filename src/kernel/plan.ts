/**
 * The order in which a region's nodes are computed. Large arrays of one shape that do not wait for each other
 * share a loop nest (a *group*); an array that is read outside of its group is stored.
 *
 * Products and long sums share their loop with each other alone: several rows are computed at once there, and what
 * follows would be written once for each.
 *
 * Levels: a group can run when all arrays it reads anywhere, and not just at its own place, are complete; that is
 * one level after the groups that make them. Single nodes of a level come before its groups.
 */

import type { Node } from "../program/program.ts";
import type { Context } from "./context.ts";
import { costOf, type Draft, early, findReaders, findRepeated, type Loop, late, type Outline } from "./placement.ts";
import { isElementwise, isPull, shapeOf, squeeze, termsOf } from "./shape.ts";
import { findUses, isSink, type Uses } from "./uses.ts";

export type Step =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "group"; readonly shape: readonly number[]; readonly members: readonly Node[] };

export interface Plan {
  readonly steps: readonly Step[];
  /** Members of groups that are read outside of their group. */
  readonly stored: ReadonlySet<Node>;
  /** Arrays behind the results. */
  readonly results: ReadonlySet<Node>;
  readonly uses: Uses;
}

/** `nodes`: what is to be computed, in order of ids. `results` are read by whoever asked for the plan. */
export function makePlan(ctx: Context, nodes: readonly Node[], results: readonly Node[]): Plan {
  const uses = findUses(ctx, nodes, results);
  const outline = outlineOf(ctx, nodes, results, uses);
  let best = early(outline);
  // With one group there is nothing to choose.
  if (new Set([...outline.loops.keys()].map((node) => best.levels.get(node))).size < 2) return planOf(best);
  let least = costOf(best);
  for (const place of [early, late]) {
    const start = place(outline);
    const cheap = findRepeated(start);
    const drafts = [start];
    if (cheap.size > 0) drafts.push(place(outlineOf(ctx, nodes, results, uses.repeating(cheap))));
    for (const draft of drafts) {
      const cost = costOf(draft);
      if (cost < least) [best, least] = [draft, cost];
    }
  }
  return planOf(best);
}

/** Every node as soon as can be. */
function outlineOf(ctx: Context, nodes: readonly Node[], results: readonly Node[], uses: Uses): Outline {
  const active: Node[] = [];
  const loops = new Map<Node, Loop>();
  const known = new Map<string, Loop>();
  for (const node of nodes) {
    const kind = kindOf(node, uses);
    if (kind !== undefined) active.push(node);
    if (kind === "grouped") loops.set(node, loopOf(ctx, node, uses, known));
  }
  const levels = findLevels(active, loops, uses);
  const outside = new Set(results.flatMap((result) => uses.through(result, "any").map((use) => use.source)));
  return { active, loops, levels, outside, uses, readers: findReaders(active, uses) };
}

const planOf = (draft: Draft): Plan => ({
  steps: orderSteps(draft),
  stored: draft.stored,
  results: draft.outside,
  uses: draft.uses,
});

type Kind = "node" | "grouped" | undefined;

/** What needs no step of its own has no kind: values that are there, constants, views, and what is inlined. */
function kindOf(node: Node, { kinds, repeated, isLarge }: Uses): Kind {
  if (node.op === "parameter" || node.op === "result" || node.op === "constant") return undefined;
  if (kinds.seldom.has(node) || repeated.has(node)) return undefined;
  if (isSink(node, isLarge)) return "grouped";
  if (!isLarge(node)) return "node";
  if (kinds.maps.has(node) || kinds.inlined.has(node)) return undefined;
  return isElementwise(node) || isPull(node) || node.op === "gather" || node.op === "dynamicSlice" ? "grouped" : "node";
}

/** The loops that a node is computed in; equal ones are one object, by what is `known`. */
function loopOf(ctx: Context, node: Node, { isLarge }: Uses, known: Map<string, Loop>): Loop {
  const sums = isSink(node, isLarge);
  const shape = squeeze(shapeOf(sums ? (node.operands[0] as Node) : node));
  const lane = ctx.isLane(node);
  const independent = isElementwise(node) || (ctx.elementLanes !== undefined && !sums && node.op !== "scatterAdd");
  const key = `${shape} ${lane ? "" : independent}`;
  const loop = known.get(key) ?? { shape };
  known.set(key, loop);
  return loop;
}

/** Sums of this many terms pay for storing their results. */
const LONG = 16;

const isLongPull = (node: Node): boolean => isPull(node) && node.op !== "scatterAdd" && termsOf(node) >= LONG;

function findLevels(active: readonly Node[], loops: Outline["loops"], uses: Uses): Map<Node, number> {
  const levels = new Map<Node, number>();
  for (const node of active) {
    const loop = loops.get(node);
    let level = 0;
    for (const { source, mode } of uses.of(node)) {
      const maker = source.op === "result" ? (source.operands[0] as Node) : source;
      const available = levels.get(maker);
      if (available === undefined) continue;
      const made = loops.get(maker);
      const shared = mode === "point" && loop === made && !isSink(maker, uses.isLarge) && !isLongPull(maker);
      level = Math.max(level, made && !shared ? available + 1 : available);
    }
    levels.set(node, level);
  }
  return levels;
}

function orderSteps({ active, loops, levels }: Draft): Step[] {
  const steps: Step[] = [];
  const byLevel: Node[][] = [];
  for (const node of active) {
    const level = levels.get(node) as number;
    while (byLevel.length <= level) byLevel.push([]);
    byLevel[level]?.push(node);
  }
  for (const nodes of byLevel) {
    const groups = new Map<Loop, Node[]>();
    for (const node of nodes) {
      const loop = loops.get(node);
      const members = loop && groups.get(loop);
      if (!loop) steps.push({ kind: "node", node });
      else if (members) members.push(node);
      else groups.set(loop, [node]);
    }
    for (const [{ shape }, members] of groups) steps.push({ kind: "group", shape, members });
  }
  return steps;
}
