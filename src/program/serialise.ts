/** Programs to text and to a hash (format.ts says how); `deserialise.ts` is the way back. */

import { sha256 } from "../base/hash.ts";
import { formatType } from "../base/value.ts";
import type { Attrs } from "../op/record.ts";
import { type BodyText, encodeElements, formatName, formatVersion, type NodeText, type ProgramText } from "./format.ts";
import { type Schedule, schedule } from "./order.ts";
import { type Names, numberNodes } from "./print.ts";
import { type Node, type Program, type Region, typeOf } from "./program.ts";

export { deserialise } from "./deserialise.ts";

/** JSON text without line breaks; what no result needs is left out. */
export function serialise(program: Program): string {
  const order = schedule(program.root);
  const { nodes, results } = bodyText(program.root, order, numberNodes(program, order));
  const text: ProgramText = {
    format: formatName,
    version: formatVersion,
    inputs: program.inputs.map(({ name, role, type }) => ({ name, role, type: formatType(type) })),
    outputs: program.outputs,
    nodes,
    results,
  };
  return JSON.stringify(text);
}

/** SHA-256 of the serialised text, 64 hex digits: equal for programs that compute the same in the same order. */
export const programHash = (program: Program): string => sha256(serialise(program));

function bodyText(region: Region, order: Schedule, names: Names): BodyText {
  const number = (node: Node): number => names.get(node) as number;
  return {
    parameters: region.parameters.map((node) => formatType(typeOf(node))),
    nodes: (order.get(region) ?? []).map((node) => nodeText(node, order, names)),
    results: region.results.map(number),
  };
}

function nodeText(node: Node, order: Schedule, names: Names): NodeText {
  const { op, value } = node;
  if (value) return { op, type: formatType(value), data: encodeElements(value.data) };
  const operands = node.operands.map((operand) => names.get(operand) as number);
  const attrs = Object.keys(node.attrs).length > 0 ? { attrs: sorted(node.attrs) } : {};
  if (node.regions.length === 0) return { op, operands, ...attrs };
  const bodies = node.regions.map((region) => bodyText(region, order, names));
  return { op, operands, ...attrs, types: node.types.map(formatType), bodies };
}

const sorted = (attrs: Attrs): Attrs =>
  Object.fromEntries(Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
