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
import { costOf, type Draft, delayed, findRepeated } from "./placement.ts";
import { elementsOf, isElementwise, isPull, shapeOf, squeeze, termsOf } from "./shape.ts";
import { findUses, isSink, type Uses } from "./uses.ts";
import { isSolid } from "./view.ts";

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
  const attempt = (late: boolean, repeated?: ReadonlySet<Node>): Draft => draft(ctx, nodes, results, late, repeated);
  let best = attempt(false);
  const placed = new Set([...best.grouped].map((node) => best.levels.get(node)));
  // With one group there is nothing to choose.
  if (placed.size < 2) return planOf(best);
  for (const start of [best, attempt(true)]) {
    const cheap = findRepeated(start);
    const repeated = cheap.size > 0 ? attempt(start.late, cheap) : start;
    for (const other of [start, repeated]) if (costOf(other) < costOf(best)) best = other;
  }
  return planOf(best);
}

/** `late`: as near as can be to who reads it, instead of as soon as can be. */
function draft(
  ctx: Context,
  nodes: readonly Node[],
  results: readonly Node[],
  late: boolean,
  repeated?: ReadonlySet<Node>,
): Draft {
  const uses = findUses(nodes, results, ctx.unrolled, (node) => isSolid(ctx, node), repeated);
  const kinds = new Map(nodes.map((node) => [node, kindOf(node, uses)]));
  const active = nodes.filter((node) => kinds.get(node) !== undefined);
  const grouped = new Set(active.filter((node) => kinds.get(node) === "grouped"));
  const loops = new Map([...grouped].map((node) => [node, loopOf(ctx, node, uses)]));
  const levels = findLevels(active, grouped, loops, uses);
  const outside = new Set(results.flatMap((result) => uses.through(result, "any").map((use) => use.source)));
  const soon: Draft = { active, grouped, loops, levels, outside, uses, late, stored: new Set() };
  const placed = late ? { ...soon, levels: delayed(soon) } : soon;
  if (!late) sink(active, outside, grouped, loops, levels, uses);
  return { ...placed, stored: findStored(active, outside, grouped, loops, placed.levels, uses) };
}

const planOf = ({ active, grouped, loops, levels, stored, outside, uses }: Draft): Plan => ({
  steps: orderSteps(active, grouped, loops, levels),
  stored,
  results: outside,
  uses,
});

type Kind = "node" | "grouped" | undefined;

/** What needs no step of its own has no kind: values that are there, views, and what is inlined. */
function kindOf(node: Node, uses: Uses): Kind {
  if (node.op === "parameter" || node.op === "result") return undefined;
  if ((node.op === "constant" && uses.isLarge(node)) || uses.seldom.has(node) || uses.repeated.has(node)) {
    return undefined;
  }
  if (isSink(node, uses.isLarge)) return "grouped";
  if (!uses.isLarge(node)) return "node";
  if (uses.isMap(node) || uses.inlined.has(node)) return undefined;
  return isElementwise(node) || isPull(node) || node.op === "gather" || node.op === "dynamicSlice" ? "grouped" : "node";
}

/**
 * The loops that a node is computed in: a shape and, of what all points share, whether elements are computed side by side
 * (wide.ts) or one after the other.
 */
function loopOf(ctx: Context, node: Node, uses: Uses): string {
  const sums = isSink(node, uses.isLarge);
  const shape = squeeze(shapeOf(sums ? (node.operands[0] as Node) : node)).join();
  if (ctx.isLane(node)) return shape;
  const independent = isElementwise(node) || (ctx.elementLanes !== undefined && !sums && node.op !== "scatterAdd");
  return independent ? `${shape} side by side` : `${shape} in turn`;
}

const extentsOf = (loop: string): number[] => loop.replace(/ .*/, "").split(",").map(Number);

type Loops = ReadonlyMap<Node, string>;

/** Sums of this many terms pay for storing their results. */
const LONG = 16;

const isLongPull = (node: Node): boolean => isPull(node) && node.op !== "scatterAdd" && termsOf(node) >= LONG;

function findLevels(active: readonly Node[], grouped: ReadonlySet<Node>, loops: Loops, uses: Uses): Map<Node, number> {
  const levels = new Map<Node, number>();
  for (const node of active) {
    let level = 0;
    for (const { source, mode } of uses.of(node)) {
      const maker = source.op === "result" ? (source.operands[0] as Node) : source;
      const available = levels.get(maker);
      if (available === undefined) continue;
      const together = mode === "point" && loops.get(node) === loops.get(maker);
      const shared = together && !isSink(maker, uses.isLarge) && !isLongPull(maker);
      level = Math.max(level, grouped.has(maker) && !shared ? available + 1 : available);
    }
    levels.set(node, level);
  }
  return levels;
}

/** Moves what is read in one later group alone into that group, if it then stores less: all it reads is stored. */
function sink(
  active: readonly Node[],
  outside: ReadonlySet<Node>,
  grouped: ReadonlySet<Node>,
  loops: Loops,
  levels: Map<Node, number>,
  uses: Uses,
): void {
  const stored = findStored(active, outside, grouped, loops, levels, uses);
  const readers = new Map<Node, { reader: Node; mode: string }[]>();
  for (const reader of active) {
    for (const { source, mode } of uses.of(reader)) {
      readers.set(source, [...(readers.get(source) ?? []), { reader, mode }]);
    }
  }
  for (const node of [...active].reverse()) {
    if (!grouped.has(node) || !isElementwise(node) || !stored.has(node) || outside.has(node)) continue;
    const [first, ...others] = readers.get(node) ?? [];
    if (!first) continue;
    const together = ({ reader, mode }: { reader: Node; mode: string }): boolean =>
      mode === "point" && loops.get(reader) === loops.get(node) && levels.get(reader) === levels.get(first.reader);
    const inMemory = uses
      .of(node)
      .every(({ source }) => !grouped.has(source) || stored.has(source) || elementsOf(source) === 1);
    if (inMemory && together(first) && others.every(together)) levels.set(node, levels.get(first.reader) as number);
  }
}

function findStored(
  active: readonly Node[],
  outside: ReadonlySet<Node>,
  grouped: ReadonlySet<Node>,
  loops: Loops,
  levels: ReadonlyMap<Node, number>,
  uses: Uses,
): Set<Node> {
  const stored = new Set<Node>();
  const keep = (source: Node): void => {
    if (grouped.has(source) && !isSink(source, uses.isLarge)) stored.add(source);
  };
  for (const node of active) {
    for (const { source, mode } of uses.of(node)) {
      const sameGroup = loops.get(node) === loops.get(source) && levels.get(node) === levels.get(source);
      if (mode === "any" || !sameGroup) keep(source);
    }
  }
  outside.forEach(keep);
  return stored;
}

function orderSteps(
  active: readonly Node[],
  grouped: ReadonlySet<Node>,
  loops: Loops,
  levels: ReadonlyMap<Node, number>,
): Step[] {
  const steps: Step[] = [];
  const last = Math.max(-1, ...levels.values());
  const byLevel = Array.from({ length: last + 1 }, (): Node[] => []);
  for (const node of active) byLevel[levels.get(node) as number]?.push(node);
  for (const nodes of byLevel) {
    const groups = new Map<string, Node[]>();
    for (const node of nodes) {
      if (!grouped.has(node)) {
        steps.push({ kind: "node", node });
        continue;
      }
      const loop = loops.get(node) as string;
      const members = groups.get(loop);
      if (members) members.push(node);
      else groups.set(loop, [node]);
    }
    for (const [loop, members] of groups) steps.push({ kind: "group", shape: extentsOf(loop), members });
  }
  return steps;
}
