/**
 * Who reads what, and how: at its own place (`point`: the two can share a loop), or anywhere (`any`: the array
 * must lie in memory first). Views are looked through; what is inlined into a sum is looked through as well.
 */

import { freeNodes } from "../program/builder.ts";
import type { Node } from "../program/program.ts";
import type { Context } from "./context.ts";
import type { IsLane } from "./lanes.ts";
import { elementsOf, isAlias, isElementwise, isMerge, isPull, isReduction, isView, shapeOf, squeeze } from "./shape.ts";
import { isSolid } from "./view.ts";

export interface Use {
  readonly source: Node;
  readonly mode: "point" | "any";
}

/** Reduces to one value: shares the loop that makes its operand. */
export const isSink = (node: Node, isLarge: (node: Node) => boolean): boolean =>
  isReduction(node) && elementsOf(node) === 1 && isLarge(node.operands[0] as Node);

/** What nodes are, wherever each is computed. */
interface Kinds {
  readonly isLarge: (node: Node) => boolean;
  readonly own: ReadonlySet<Node>;
  /** Large and index maps over memory: these compute nothing. */
  readonly maps: ReadonlySet<Node>;
  /** Large and needed by one sum alone: computed where that reads it. */
  readonly inlined: ReadonlySet<Node>;
  /** Needed for the seldom value of `selectRare` alone: computed there, if at all. */
  readonly seldom: ReadonlySet<Node>;
}

export class Uses {
  readonly kinds: Kinds;
  readonly isLarge: Kinds["isLarge"];
  /** Large and cheap: computed anew in every group that reads it, rather than stored. */
  readonly repeated: ReadonlySet<Node>;
  private readonly known = new Map<Node, readonly Use[]>();

  constructor(kinds: Kinds, repeated: ReadonlySet<Node> = new Set()) {
    this.kinds = kinds;
    this.isLarge = kinds.isLarge;
    this.repeated = repeated;
  }

  /** The same nodes, some of them computed where they are read. */
  repeating(repeated: ReadonlySet<Node>): Uses {
    return new Uses(this.kinds, repeated);
  }

  /** What a node reads of others, one operand after the other, views and inlined nodes looked through. */
  of(node: Node): readonly Use[] {
    let uses = this.known.get(node);
    if (!uses) {
      uses = this.find(node);
      this.known.set(node, uses);
    }
    return uses;
  }

  /** What reading a value reads, when it is read at one place or anywhere: each source once. */
  through(node: Node, mode: Use["mode"]): readonly Use[] {
    const inner = this.passed(node, mode);
    if (!inner) return [{ source: node, mode }];
    const found: Use[] = [];
    const seen = { point: new Set<Node>(), any: new Set<Node>() };
    const visit = (part: Node, how: Use["mode"]): void => {
      if (seen[how].has(part)) return;
      seen[how].add(part);
      const further = this.passed(part, how);
      if (!further) found.push({ source: part, mode: how });
      else for (const operand of part.operands) visit(operand, further);
    };
    for (const operand of node.operands) visit(operand, inner);
    return found;
  }

  private find(node: Node): readonly Use[] {
    const uses: Use[] = [];
    const add = (source: Node, mode: Use["mode"]): void => {
      for (const use of this.through(source, mode)) uses.push(use);
    };
    node.operands.forEach((operand, i) => {
      add(operand, modeOf(node, i, this.isLarge));
    });
    for (const region of node.regions) for (const free of freeNodes(region)) add(free, "any");
    return uses;
  }

  /** How the operands of a node are read where it is looked through; `undefined` where it has a place of its own. */
  private passed(node: Node, mode: Use["mode"]): Use["mode"] | undefined {
    const { own, isLarge, maps, inlined, seldom } = this.kinds;
    if (seldom.has(node) || this.repeated.has(node)) return mode;
    if (!own.has(node) || !isLarge(node)) return undefined;
    if (maps.has(node)) return isAlias(node) ? mode : "any";
    return inlined.has(node) ? "any" : undefined;
  }
}

export function findUses(ctx: Context, nodes: readonly Node[], results: readonly Node[]): Uses {
  const { unrolled, isLane } = ctx;
  const isLarge = (node: Node): boolean => node.regions.length === 0 && elementsOf(node) > unrolled;
  const readers = findReaders(nodes, results);
  const own = new Set(nodes);
  const merged = findMerged(own, results, (node) => isSolid(ctx, node));
  return new Uses({
    isLarge,
    own,
    maps: new Set(nodes.filter((node) => isLarge(node) && (isView(node) || merged.has(node)))),
    inlined: findInlined(nodes, readers, isLarge, isLane),
    seldom: findSeldom(nodes, readers),
  });
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
  isLane: IsLane,
): ReadonlySet<Node> {
  /** The expression that each inlined node is a part of, named by the one node of it that is read outside of it. */
  const expressions = new Map<Node, Node>();
  const partOf = (reader: Node | typeof OUTSIDE, node: Node): Node | undefined =>
    reader !== OUTSIDE && (isElementwise(reader) || isOwnPlaces(reader, node)) ? expressions.get(reader) : undefined;
  /** Reads each of these indices once; what all points share had better be computed side by side. */
  const isOwnPlaces = (reader: Node, node: Node): boolean =>
    reader.op === "gather" && reader.operands[0] !== node && elementsOf(reader) === elementsOf(node) && isLane(node);
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
    return isPull(reader as Node)
      ? isLarge(reader as Node)
      : mayShare(partOf(reader as Node, expression) ?? (reader as Node));
  };
  const expressionOf = (node: Node): Node | undefined => {
    const [first, ...others] = readers.get(node) ?? [];
    if (first === undefined) return undefined;
    if (others.length === 0 && readsOnce(first, node)) return node;
    const expression = partOf(first, node);
    if (!expression || others.length === 0) return expression;
    return others.every((reader) => partOf(reader, node) === expression) && mayShare(expression)
      ? expression
      : undefined;
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
