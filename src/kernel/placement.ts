/**
 * Where the members of groups go that may go to several: early, late, or to each of their readers anew. What counts is
 * the traffic with memory, since the arrays of many lane groups soon exceed the nearest cache.
 */

import type { Node } from "../program/program.ts";
import { elementsOf, isElementwise } from "./shape.ts";
import { isSink, type Uses } from "./uses.ts";

/** Nodes in order, each as soon as can be. */
export interface Outline {
  /** What is computed in steps of its own, in order. */
  readonly active: readonly Node[];
  /** Of the members of groups: the loops that they are computed in. */
  readonly loops: ReadonlyMap<Node, Loop>;
  readonly levels: Levels;
  readonly outside: ReadonlySet<Node>;
  readonly uses: Uses;
  readonly readers: ReadonlyMap<Node, readonly Reader[]>;
}

/** Extents and, of what all points share, whether elements are computed side by side or in turn: known by identity. */
export interface Loop {
  readonly shape: readonly number[];
}

type Levels = ReadonlyMap<Node, number>;

/** A plan in the making: every node at its level. */
export interface Draft extends Outline {
  readonly stored: ReadonlySet<Node>;
}

interface Reader {
  readonly reader: Node;
  readonly mode: "point" | "any";
}

export function findReaders(active: readonly Node[], uses: Uses): Map<Node, Reader[]> {
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

const at = (outline: Outline, levels: Levels): Draft => {
  const placed = { ...outline, levels };
  return { ...placed, stored: findStored(placed) };
};

function findStored({ active, outside, loops, levels, uses }: Outline): Set<Node> {
  const stored = new Set<Node>();
  const keep = (source: Node): void => {
    if (loops.has(source) && !isSink(source, uses.isLarge)) stored.add(source);
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

/** As soon as can be, but for what is read in one later group alone: there, if less is stored so. All it reads is stored. */
export function early(outline: Outline): Draft {
  const { active, outside, loops, uses, readers } = outline;
  const levels = new Map(outline.levels);
  const stored = findStored(outline);
  for (const node of [...active].reverse()) {
    if (!stored.has(node) || !isElementwise(node) || outside.has(node)) continue;
    const [first, ...others] = readers.get(node) ?? [];
    if (!first) continue;
    const together = ({ reader, mode }: Reader): boolean =>
      mode === "point" && loops.get(reader) === loops.get(node) && levels.get(reader) === levels.get(first.reader);
    const inMemory = uses
      .of(node)
      .every(({ source }) => !loops.has(source) || stored.has(source) || elementsOf(source) === 1);
    if (inMemory && together(first) && others.every(together)) levels.set(node, levels.get(first.reader) as number);
  }
  return at(outline, levels);
}

/** The last level at which each loop runs. */
function lastLevels({ loops, levels }: Outline): Map<Loop, number> {
  const last = new Map<Loop, number>();
  for (const [node, loop] of loops) last.set(loop, Math.max(last.get(loop) ?? 0, levels.get(node) as number));
  return last;
}

/** Elementwise members as late as their first reader; what only the outside reads, in the last loop. */
export function late(outline: Outline): Draft {
  const { active, loops, readers } = outline;
  const levels = new Map(outline.levels);
  const last = lastLevels(outline);
  for (const node of [...active].reverse()) {
    const loop = loops.get(node);
    if (!loop || !isElementwise(node)) continue;
    const end = last.get(loop) as number;
    const read = readers.get(node) ?? [];
    if (read.length === 0) {
      levels.set(node, end);
      continue;
    }
    // A reader elsewhere needs the whole array, one level before its own at the latest.
    const latest = read.reduce((least, { reader, mode }) => {
      const together = mode === "point" && loops.get(reader) === loop;
      return Math.min(least, (levels.get(reader) as number) - (together ? 0 : 1));
    }, end);
    levels.set(node, Math.max(levels.get(node) as number, latest));
  }
  return at(outline, levels);
}

/** An expression of more ops than this is rather stored. */
const MOST_OPS = 8;

const costly: ReadonlySet<string> = new Set(["div", "sqrt", "selectRare"]);

/** What it takes to compute a node from what lies in memory; `undefined` where that is no matter of a few ops. */
function expressionOf(node: Node, { loops, stored }: Draft, repeated: ReadonlySet<Node>): Set<Node> | undefined {
  const found = new Set<Node>();
  const visit = (n: Node): boolean => {
    if (found.has(n)) return true;
    found.add(n);
    if (found.size > MOST_OPS || !isElementwise(n) || costly.has(n.op)) return false;
    return n.operands.every(
      (operand) => !loops.has(operand) || (stored.has(operand) && !repeated.has(operand)) || visit(operand),
    );
  };
  return visit(node) ? found : undefined;
}

/** Stored members that every reader could as well compute where it reads them, with all that they take. */
export function findRepeated(draft: Draft): Set<Node> {
  const { active, stored, outside, loops, readers } = draft;
  const repeated = new Set<Node>();
  for (const node of active) {
    if (!stored.has(node) || outside.has(node)) continue;
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

/** What the members of a group load, and compute although others do too. */
interface Traffic {
  readonly loads: Set<Node>;
  readonly again: Set<Node>;
}

/** The work of all groups. */
export function costOf({ active, loops, levels, stored, uses }: Draft): number {
  const groups = new Map<Loop, Traffic[]>();
  let cost = 0;
  for (const node of active) {
    const loop = loops.get(node);
    if (!loop) continue;
    cost += ((stored.has(node) ? STORE : 0) + OP) * elementsOf(node);
    const byLevel = groups.get(loop) ?? [];
    groups.set(loop, byLevel);
    const level = levels.get(node) as number;
    byLevel[level] ??= { loads: new Set(), again: new Set() };
    const { loads, again } = byLevel[level];
    for (const { source } of uses.of(node)) if (!loops.has(source) || stored.has(source)) loads.add(source);
    if (uses.repeated.size > 0) addRepeated(node, uses, again);
  }
  const sum = (nodes: ReadonlySet<Node>): number => [...nodes].reduce((n, node) => n + elementsOf(node), 0);
  for (const byLevel of groups.values()) {
    for (const traffic of byLevel) if (traffic) cost += LOAD * sum(traffic.loads) + OP * sum(traffic.again);
  }
  return cost;
}

/** Repeated nodes that a node's value takes. */
function addRepeated(node: Node, uses: Uses, found: Set<Node>): void {
  for (const operand of node.operands) {
    if (!uses.repeated.has(operand) || found.has(operand)) continue;
    found.add(operand);
    addRepeated(operand, uses, found);
  }
}
