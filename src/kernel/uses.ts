/**
 * Who reads what, and how: at its own place (`point`: the two can share a loop), or anywhere (`any`: the array
 * must lie in memory first). Views are looked through; what is inlined into a sum is looked through as well.
 */

import { freeNodes } from "../program/builder.ts";
import type { Node } from "../program/program.ts";
import { elementsOf, isAlias, isElementwise, isMerge, isPull, isReduction, isView, shapeOf, squeeze } from "./shape.ts";

export interface Use {
  readonly source: Node;
  readonly mode: "point" | "any";
}

export interface Uses {
  readonly isLarge: (node: Node) => boolean;
  /** Large and an index map over memory: computes nothing. */
  readonly isMap: (node: Node) => boolean;
  /** Large and needed by one sum alone: computed where that reads it. */
  readonly inlined: ReadonlySet<Node>;
  /** Large and cheap: computed anew in every group that reads it, rather than stored. */
  readonly repeated: ReadonlySet<Node>;
  /** Needed for the seldom value of `selectRare` alone: computed there, if at all. */
  readonly seldom: ReadonlySet<Node>;
  /** What a node reads of others, views and inlined nodes looked through. */
  of(node: Node): readonly Use[];
  /** What reading a value reads, when it is read at one place or anywhere. */
  through(node: Node, mode: Use["mode"]): readonly Use[];
}

/** Reduces to one value: shares the loop that makes its operand. */
export const isSink = (node: Node, isLarge: (node: Node) => boolean): boolean =>
  isReduction(node) && elementsOf(node) === 1 && isLarge(node.operands[0] as Node);

/** `isSolid`: of values that are there already, whether they lie in memory without gaps. */
export function findUses(
  nodes: readonly Node[],
  results: readonly Node[],
  unrolled: number,
  isSolid: (node: Node) => boolean,
  repeated: ReadonlySet<Node> = new Set(),
): Uses {
  const isLarge = (node: Node): boolean => node.regions.length === 0 && elementsOf(node) > unrolled;
  const readers = findReaders(nodes, results);
  const inlined = findInlined(nodes, readers, isLarge);
  const seldom = findSeldom(nodes, readers);
  const own = new Set(nodes);

  const merged = findMerged(own, results, isSolid);
  const isMap = (node: Node): boolean => isLarge(node) && (isView(node) || merged.has(node));
  const known = { point: new Map<Node, readonly Use[]>(), any: new Map<Node, readonly Use[]>() };
  const through = (node: Node, mode: Use["mode"]): readonly Use[] => {
    const [source] = node.operands;
    if (seldom.has(node) || repeated.has(node)) return throughAll(node, mode);
    if (!own.has(node) || !isLarge(node)) return [{ source: node, mode }];
    if (isMap(node)) return through(source as Node, isAlias(node) ? mode : "any");
    return inlined.has(node) ? throughAll(node, "any") : [{ source: node, mode }];
  };
  /** Expressions share parts: each is walked through once, and what it reads is named once. */
  const throughAll = (node: Node, mode: Use["mode"]): readonly Use[] => {
    let uses = known[mode].get(node);
    if (!uses) {
      const all = node.operands.flatMap((operand) => through(operand, mode));
      uses = [...new Map(all.map((use) => [`${use.source.id} ${use.mode}`, use])).values()];
      known[mode].set(node, uses);
    }
    return uses;
  };

  const cache = new Map<Node, readonly Use[]>();
  const of = (node: Node): readonly Use[] => {
    let uses = cache.get(node);
    if (!uses) {
      const operands = node.operands.flatMap((operand, i) => through(operand, modeOf(node, i, isLarge)));
      const captured = node.regions.flatMap((region) => [...freeNodes(region)].flatMap((free) => through(free, "any")));
      uses = [...operands, ...captured];
      cache.set(node, uses);
    }
    return uses;
  };
  return { isLarge, isMap, inlined, repeated, seldom, of, through };
}

/**
 * Reshapes that merge dimensions of what lies, or will lie, in memory without gaps: what is computed is stored so.
 * A result is copied anyhow, to where it is wanted.
 */
function findMerged(
  own: ReadonlySet<Node>,
  results: readonly Node[],
  isSolid: (node: Node) => boolean,
): ReadonlySet<Node> {
  const merged = new Set<Node>();
  const isWhole = (node: Node): boolean => {
    if (!own.has(node) || node.op === "parameter") return isSolid(node);
    if (node.op === "reshape") return merged.has(node) || (isView(node) && isWhole(node.operands[0] as Node));
    return !isView(node);
  };
  for (const node of own) {
    if (isMerge(node) && !results.includes(node) && isWhole(node.operands[0] as Node)) merged.add(node);
  }
  return merged;
}

function modeOf(node: Node, operand: number, isLarge: (node: Node) => boolean): Use["mode"] {
  const source = node.operands[operand] as Node;
  if (isSink(node, isLarge)) return "point";
  if (!isLarge(node)) return "any";
  if (isElementwise(node)) return "point";
  if (node.op === "scatterAdd") return operand === 0 ? "point" : "any";
  const sameLoop = squeeze(shapeOf(source)).join() === squeeze(shapeOf(node)).join();
  return node.op === "gather" && operand === 1 && sameLoop ? "point" : "any";
}

const OUTSIDE = Symbol("a result, or read in an inner region");

function findReaders(nodes: readonly Node[], results: readonly Node[]): Map<Node, (Node | typeof OUTSIDE)[]> {
  const readers = new Map<Node, (Node | typeof OUTSIDE)[]>();
  const add = (node: Node, reader: Node | typeof OUTSIDE): void => {
    const list = readers.get(node);
    if (list) list.push(reader);
    else readers.set(node, [reader]);
  };
  for (const node of nodes) {
    const outside = node.regions.length > 0;
    for (const operand of node.operands) add(operand, outside ? OUTSIDE : node);
    for (const region of node.regions) for (const free of freeNodes(region)) add(free, OUTSIDE);
  }
  for (const node of results) add(node, OUTSIDE);
  return readers;
}

function findInlined(
  nodes: readonly Node[],
  readers: ReadonlyMap<Node, readonly (Node | typeof OUTSIDE)[]>,
  isLarge: (node: Node) => boolean,
): ReadonlySet<Node> {
  /** The expression that each inlined node is a part of, named by the one node of it that is read outside of it. */
  const expressions = new Map<Node, Node>();
  const partOf = (reader: Node | typeof OUTSIDE): Node | undefined =>
    reader !== OUTSIDE && isElementwise(reader) ? expressions.get(reader) : undefined;
  /** Reads each element of `node` at most once in all. */
  const readsOnce = (reader: Node | typeof OUTSIDE, node: Node): boolean => {
    if (reader === OUTSIDE || isSink(reader, isLarge)) return false;
    if (reader.op === "dot") return dotReadsOnce(reader, node);
    if (reader.op === "scatterAdd") return reader.operands[2] === node && reader.operands[0] !== node;
    if (isPull(reader)) return true;
    return isView(reader) && reader.op !== "broadcast" && isLarge(reader) && expressionOf(reader) !== undefined;
  };
  /** A sum of few elements computes them all at one go: what they share had better be in memory. */
  const mayShare = (expression: Node): boolean => {
    const [reader] = readers.get(expression) as readonly Node[];
    return isPull(reader as Node) ? isLarge(reader as Node) : mayShare(partOf(reader as Node) ?? (reader as Node));
  };
  const expressionOf = (node: Node): Node | undefined => {
    const [first, ...others] = readers.get(node) ?? [];
    if (first === undefined) return undefined;
    if (others.length === 0 && readsOnce(first, node)) return node;
    const expression = partOf(first);
    if (!expression || others.length === 0) return expression;
    return others.every((reader) => partOf(reader) === expression) && mayShare(expression) ? expression : undefined;
  };
  for (const node of [...nodes].reverse()) {
    const cheap = isElementwise(node) || node.op === "gather" || node.op === "dynamicSlice";
    const expression = cheap && isLarge(node) ? expressionOf(node) : undefined;
    if (expression) expressions.set(node, expression);
  }
  return new Set(expressions.keys());
}

function findSeldom(nodes: readonly Node[], readers: ReadonlyMap<Node, readonly (Node | typeof OUTSIDE)[]>): Set<Node> {
  const seldom = new Set<Node>();
  const isSeldom = (reader: Node | typeof OUTSIDE, node: Node): boolean => {
    if (reader === OUTSIDE || seldom.has(reader as Node)) return reader !== OUTSIDE;
    const [condition, , usual] = reader.operands;
    return reader.op === "selectRare" && node !== condition && node !== usual;
  };
  for (const node of [...nodes].reverse()) {
    const found = readers.get(node) ?? [];
    if (isElementwise(node) && found.length > 0 && found.every((reader) => isSeldom(reader, node))) seldom.add(node);
  }
  return seldom;
}

/** A product reads its left operand once per column, its right one once per row. */
function dotReadsOnce(dot: Node, operand: Node): boolean {
  const [a, b] = dot.operands as readonly [Node, Node];
  if (a === b) return false;
  return operand === a ? shapeOf(b).at(-1) === 1 : shapeOf(a).at(-2) === 1;
}
