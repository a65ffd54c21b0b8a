/** How ops of a program relate the elements of their operands to their own. */

import { type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { type OpName, recordOf } from "../op/table.ts";
import { type Node, typeOf } from "../program/program.ts";

export const shapeOf = (node: Node): Shape => typeOf(node).shape;
export const elementsOf = (node: Node): number => sizeOf(shapeOf(node));

/** A shape without dimensions of one: what a loop nest runs over. */
export const squeeze = (shape: Shape): number[] => shape.filter((d) => d !== 1);

export const isElementwise = (node: Node): boolean =>
  !controls.has(node.op) && recordOf(node.op as OpName).kind === "elementwise";

const controls: ReadonlySet<string> = new Set(["loop", "while", "switch", "result", "constant", "parameter"]);

const reductions: ReadonlySet<string> = new Set(["sum", "prod", "reduceMin", "reduceMax", "reduceAnd", "reduceOr"]);
export const isReduction = (node: Node): boolean => reductions.has(node.op);

/** Sums over many elements for each of its own: a loop inside of the loop over its elements. */
export const isPull = (node: Node): boolean => isReduction(node) || node.op === "dot" || node.op === "scatterAdd";

/** How many terms each element of a reduction or product sums. */
export const termsOf = (node: Node): number =>
  node.op === "dot"
    ? (shapeOf(node.operands[0] as Node).at(-1) as number)
    : elementsOf(node.operands[0] as Node) / Math.max(1, elementsOf(node));

/** A reshape that only adds or drops dimensions of one: the same element at the same place. */
export const isAlias = (node: Node): boolean =>
  node.op === "reshape" && sameShape(squeeze(shapeOf(node)), squeeze(shapeOf(node.operands[0] as Node)));

/** A reshape that merges dimensions: an index map only where its operand lies in memory without gaps. */
export const isMerge = (node: Node): boolean =>
  node.op === "reshape" && !isAlias(node) && splits(shapeOf(node.operands[0] as Node), shapeOf(node)) === undefined;

/** Shows other elements, computes nothing: an index map over its operand, wherever that is. */
export function isView(node: Node): boolean {
  if (node.op === "reshape") return !isMerge(node);
  return node.op === "broadcast" || node.op === "transpose" || node.op === "slice";
}

/**
 * For a reshape that splits dimensions: which result dimensions (from, to) make up each operand dimension;
 * `undefined` when some would have to be merged.
 */
export function splits(from: Shape, to: Shape): [number, number][] | undefined {
  const groups: [number, number][] = [];
  let next = 0;
  for (const d of from) {
    const first = next;
    for (let size = 1; size < d && next < to.length; next++) size *= to[next] as number;
    if (sizeOf(to.slice(first, next)) !== d) return undefined;
    groups.push([first, next]);
  }
  return to.slice(next).every((d) => d === 1) ? groups : undefined;
}
