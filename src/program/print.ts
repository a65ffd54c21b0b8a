/** Programs as text, one line a node, each inside the region it belongs to; stable, so it can be compared and kept. */

import type { DType } from "../base/dtype.ts";
import { formatType, type Value } from "../base/value.ts";
import type { Attrs } from "../op/record.ts";
import { type Schedule, schedule } from "./order.ts";
import type { Node, Program, Region } from "./program.ts";

/** Longer constants are cut to their first elements. */
const shownElements = 8;

/**
 * `%5: float32[3] = mul %3, %4`: name, type, op, operands, attrs. Bodies of control flow are indented under
 * their node; numbers rise in order of printing, so nodes that nothing needs leave no gap.
 */
export function printProgram(program: Program): string {
  const order = schedule(program.root);
  const names = numberNodes(program, order);
  const inputs = program.inputs.map(({ name, role, type }, i) => {
    const node = program.root.parameters[i];
    return `input ${node ? nameIn(names, node) : "?"} ${name}: ${role} ${formatType(type)}`;
  });
  const outputs = program.root.results.map((node, i) => `output ${program.outputs[i]}: ${nameIn(names, node)}`);
  return [...inputs, ...regionLines(program.root, order, names), ...outputs].join("\n");
}

export type Names = ReadonlyMap<Node, number>;

/** Parameters before nodes, nodes in order of computing, a control-flow node before its bodies. */
export function numberNodes({ root }: Program, order: Schedule = schedule(root)): Names {
  const names = new Map<Node, number>();
  const add = (node: Node): void => {
    if (!names.has(node)) names.set(node, names.size);
  };
  const visit = (region: Region): void => {
    region.parameters.forEach(add);
    for (const node of order.get(region) ?? []) {
      add(node);
      node.regions.forEach(visit);
    }
  };
  visit(root);
  return names;
}

const nameIn = (names: Names, node: Node): string => `%${names.get(node) ?? `?${node.id}`}`;

/** The line of one node, as `printProgram` writes it. */
export function printNode(node: Node, names: Names): string {
  const types = node.types.map(formatType).join(", ") || "()";
  const operands = node.operands.map((operand) => nameIn(names, operand)).join(", ");
  const parts = [node.op, node.value ? formatElements(node.value) : operands, formatAttrs(node.attrs)];
  return `${nameIn(names, node)}: ${types} = ${parts.filter((part) => part !== "").join(" ")}`;
}

function regionLines(region: Region, order: Schedule, names: Names): string[] {
  return (order.get(region) ?? []).flatMap((node) => {
    const bodies = node.regions.flatMap((body, i) => {
      const parameters = body.parameters.map((p) => `${nameIn(names, p)}: ${p.types.map(formatType).join(", ")}`);
      const results = body.results.map((result) => nameIn(names, result)).join(", ");
      const head = `${bodyName(node, i)}(${parameters.join(", ")})`;
      return [head, ...indent([...regionLines(body, order, names), `return ${results}`])];
    });
    return [printNode(node, names), ...indent(bodies)];
  });
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function bodyName(node: Node, i: number): string {
  if (node.op === "switch") return `branch ${i}`;
  return node.op === "while" && i === 0 ? "test" : "body";
}

function formatAttrs(attrs: Attrs): string {
  const names = Object.keys(attrs).sort();
  if (names.length === 0) return "";
  const show = (value: unknown): string => (Array.isArray(value) ? `[${value.join(", ")}]` : String(value));
  return `{${names.map((name) => `${name}: ${show(attrs[name])}`).join(", ")}}`;
}

function formatElements({ data, dtype, shape }: Value): string {
  const shown = Array.from(data.subarray(0, shownElements), (x) => formatElement(x, dtype));
  if (shape.length === 0) return shown.join();
  const rest = data.length - shown.length;
  return `[${shown.join(", ")}${rest > 0 ? `, … ${rest} more` : ""}]`;
}

/** As few digits as tell a float32 from its neighbours. */
function formatElement(x: number, dtype: DType): string {
  if (dtype === "bool") return x === 0 ? "false" : "true";
  if (Object.is(x, -0)) return "-0";
  if (dtype !== "float32") return String(x);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return String(short);
  }
  return String(Number(x.toPrecision(9)));
}
