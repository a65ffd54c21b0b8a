/**
 * Where the members of groups go that may go to several: early, late, or to each of their readers anew. What counts is
 * the traffic with memory, since the arrays of many lane groups soon exceed the nearest cache.
 */

import type { Node } from "../program/program.ts";
import { elementsOf, isElementwise } from "./shape.ts";
import type { Uses } from "./uses.ts";

/** A plan in the making. */
export interface Draft {
  /** What is computed in steps of its own, in order. */
  readonly active: readonly Node[];
  readonly grouped: ReadonlySet<Node>;
  /** The shape of the loops that a node is computed in. */
  readonly loops: ReadonlyMap<Node, string>;
  readonly levels: ReadonlyMap<Node, number>;
  readonly outside: ReadonlySet<Node>;
  readonly stored: ReadonlySet<Node>;
  readonly uses: Uses;
  readonly late: boolean;
}

interface Reader {
  readonly reader: Node;
  readonly mode: "point" | "any";
}

function findReaders({ active, uses }: Draft): Map<Node, Reader[]> {
  const readers = new Map<Node, Reader[]>();
  for (const reader of active) {
    for (const { source, mode } of uses.of(reader)) {
      const known = readers.get(source);
      if (known) known.push({ reader, mode });
      else readers.set(source, [{ reader, mode }]);
    }
  }
  return readers;
}

/** The last level at which a loop of each shape runs. */
function lastLevels({ grouped, loops, levels }: Draft): Map<string, number> {
  const last = new Map<string, number>();
  for (const node of grouped) {
    const shape = loops.get(node) as string;
    last.set(shape, Math.max(last.get(shape) ?? 0, levels.get(node) as number));
  }
  return last;
}

/** Levels with elementwise members as late as their first reader; what only the outside reads, in the last loop. */
export function delayed(draft: Draft): Map<Node, number> {
  const levels = new Map(draft.levels);
  const readers = findReaders(draft);
  const last = lastLevels(draft);
  for (const node of [...draft.active].reverse()) {
    if (!draft.grouped.has(node) || !isElementwise(node)) continue;
    const shape = draft.loops.get(node) as string;
    const read = readers.get(node) ?? [];
    if (read.length === 0) {
      levels.set(node, last.get(shape) as number);
      continue;
    }
    // A reader elsewhere needs the whole array, one level before its own at the latest.
    const latest = read.map(({ reader, mode }) => {
      const together = mode === "point" && draft.loops.get(reader) === shape;
      return (levels.get(reader) as number) - (together ? 0 : 1);
    });
    levels.set(node, Math.max(levels.get(node) as number, Math.min(...latest, last.get(shape) as number)));
  }
  return levels;
}

/** An expression of more ops than this is rather stored. */
const MOST_OPS = 8;

const costly: ReadonlySet<string> = new Set(["div", "sqrt", "selectRare"]);

/** What it takes to compute a node from what lies in memory; `undefined` where that is no matter of a few ops. */
function expressionOf(node: Node, { grouped, stored }: Draft, repeated: ReadonlySet<Node>): Set<Node> | undefined {
  const found = new Set<Node>();
  const visit = (n: Node): boolean => {
    if (found.has(n)) return true;
    found.add(n);
    if (found.size > MOST_OPS || !isElementwise(n) || costly.has(n.op)) return false;
    return n.operands.every(
      (operand) => !grouped.has(operand) || (stored.has(operand) && !repeated.has(operand)) || visit(operand),
    );
  };
  return visit(node) ? found : undefined;
}

/** Stored members that every reader could as well compute where it reads them, with all that they take. */
export function findRepeated(draft: Draft): Set<Node> {
  const { active, grouped, stored, outside, loops } = draft;
  const readers = findReaders(draft);
  const repeated = new Set<Node>();
  for (const node of active) {
    if (!grouped.has(node) || !stored.has(node) || outside.has(node)) continue;
    const atPlace = (readers.get(node) ?? []).every(
      ({ reader, mode }) => mode === "point" && loops.get(reader) === loops.get(node),
    );
    if (atPlace) for (const part of expressionOf(node, draft, repeated) ?? []) repeated.add(part);
  }
  return repeated;
}

/** What a load from the nearest cache costs, a store, and an op, in cycles of a machine that does two, one and two at once. */
const LOAD = 0.5;
const STORE = 1;
const OP = 0.5;

/** The work of all groups. */
export function costOf({ active, grouped, loops, levels, stored, uses }: Draft): number {
  const loads = new Map<string, Set<Node>>();
  const again = new Map<string, Set<Node>>();
  let cost = 0;
  for (const node of active) {
    if (!grouped.has(node)) continue;
    cost += ((stored.has(node) ? STORE : 0) + OP) * elementsOf(node);
    const group = `${levels.get(node)} ${loops.get(node)}`;
    const known = loads.get(group) ?? new Set();
    loads.set(group, known);
    for (const { source } of uses.of(node)) if (!grouped.has(source) || stored.has(source)) known.add(source);
    again.set(group, repeatedBy(node, uses, again.get(group)));
  }
  const total = (sets: Map<string, Set<Node>>): number =>
    [...sets.values()].reduce((sum, nodes) => [...nodes].reduce((n, node) => n + elementsOf(node), sum), 0);
  return cost + LOAD * total(loads) + OP * total(again);
}

/** Repeated nodes that a node's value takes. */
function repeatedBy(node: Node, uses: Uses, found = new Set<Node>()): Set<Node> {
  for (const operand of node.operands) {
    if (!uses.repeated.has(operand) || found.has(operand)) continue;
    found.add(operand);
    repeatedBy(operand, uses, found);
  }
  return found;
}
