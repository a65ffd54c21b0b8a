/**
 * Who reads what, and how: at its own place (`point`: the two can share a loop), or anywhere (`any`: the array
 * must lie in memory first). Views are looked through; what is inlined into a sum is looked through as well.
 */

import { freeNodes } from "../program/builder.ts";
import type { Node } from "../program/program.ts";
import { elementsOf, isAlias, isElementwise, isPull, isReduction, isView, shapeOf, squeeze } from "./shape.ts";

export interface Use {
  readonly source: Node;
  readonly mode: "point" | "any";
}

export interface Uses {
  readonly isLarge: (node: Node) => boolean;
  /** Large and computed where its only reader, a sum, reads it. */
  readonly inlined: ReadonlySet<Node>;
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

export function findUses(nodes: readonly Node[], results: readonly Node[], unrolled: number): Uses {
  const isLarge = (node: Node): boolean => node.regions.length === 0 && elementsOf(node) > unrolled;
  const readers = findReaders(nodes, results);
  const inlined = findInlined(nodes, readers, isLarge);
  const seldom = findSeldom(nodes, readers);
  const own = new Set(nodes);

  const through = (node: Node, mode: Use["mode"]): readonly Use[] => {
    if (seldom.has(node)) return node.operands.flatMap((operand) => through(operand, mode));
    if (!own.has(node) || !isLarge(node)) return [{ source: node, mode }];
    if (isView(node)) return through(node.operands[0] as Node, isAlias(node) ? mode : "any");
    if (inlined.has(node)) return node.operands.flatMap((operand) => through(operand, "any"));
    return [{ source: node, mode }];
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
  return { isLarge, inlined, seldom, of, through };
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
): Set<Node> {
  const inlined = new Set<Node>();
  /** Reads each element of `node` at most once in all. */
  const readsOnce = (reader: Node | typeof OUTSIDE, node: Node): boolean => {
    if (reader === OUTSIDE || isSink(reader, isLarge)) return false;
    if (reader.op === "dot") return dotReadsOnce(reader, node);
    if (reader.op === "scatterAdd") return reader.operands[2] === node && reader.operands[0] !== node;
    if (isPull(reader)) return true;
    if (isElementwise(reader)) return inlined.has(reader);
    return isView(reader) && reader.op !== "broadcast" && isLarge(reader) && readOnce(reader);
  };
  const readOnce = (node: Node): boolean => {
    const [reader, another] = readers.get(node) ?? [];
    return reader !== undefined && another === undefined && readsOnce(reader, node);
  };
  for (const node of [...nodes].reverse()) {
    const cheap = isElementwise(node) || node.op === "gather" || node.op === "dynamicSlice";
    if (cheap && isLarge(node) && readOnce(node)) inlined.add(node);
  }
  return inlined;
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
