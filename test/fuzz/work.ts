/** How much a program computes for one point, in elements: what the fuzz leaves out for being too large. */

import { sizeOf } from "../../src/base/shape.ts";
import { nodesOf } from "../../src/program/order.ts";
import { type Node, type Program, type Region, typeOf } from "../../src/program/program.ts";

/** Turns assumed of a `while`. */
const TURNS = 8;

const elements = (node: Node): number => node.types.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

function workOf(node: Node): number {
  const read = node.operands.reduce((sum, operand) => sum + elements(operand), 0);
  const inside = node.regions.reduce((sum, region) => sum + regionWork(region), 0);
  const turns = node.op === "loop" ? (node.attrs.length as number) : node.op === "while" ? TURNS : 1;
  const [first] = node.operands;
  const products = node.op === "dot" && first ? (typeOf(first).shape.at(-1) ?? 1) : 1;
  return read + elements(node) * products + inside * turns;
}

const regionWork = (region: Region): number => nodesOf(region).reduce((sum, node) => sum + workOf(node), 1);

export const programWork = ({ root, inputs }: Program): number =>
  regionWork(root) + inputs.reduce((sum, { type }) => sum + sizeOf(type.shape), 0);
