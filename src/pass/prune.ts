/** Control flow without what nobody needs: stacks that are not read, carries that only carry themselves. */

import type { Type } from "../base/value.ts";
import type { Builder } from "../program/builder.ts";
import { schedule } from "../program/order.ts";
import { type ControlName, type Node, type Program, type Region, typeOf } from "../program/program.ts";
import { type Copier, rewrite } from "../program/rewrite.ts";

/** By index, what others need of a control node's operands and results. */
interface Needs {
  readonly operands: Set<number>;
  readonly results: Set<number>;
}

const isWhole = (node: Node, { operands, results }: Needs): boolean =>
  operands.size === node.operands.length && results.size === node.types.length;

export function prune(program: Program): Program {
  const { needs } = new Marker(program.root);
  if ([...needs].every(([node, of]) => isWhole(node, of))) return program;
  return rewrite(program, (node, operands, copier) => {
    const of = needs.get(node);
    return of && !isWhole(node, of) ? pruned(node, operands, of, copier) : undefined;
  });
}

/** From a program's results to what they need. */
class Marker {
  readonly needs = new Map<Node, Needs>();
  private readonly owners = new Map<Region, Node>();
  private readonly seen = new Set<Node>();
  private readonly pending: Node[];

  constructor(root: Region) {
    for (const nodes of schedule(root).values()) {
      for (const node of nodes) for (const region of node.regions) this.owners.set(region, node);
    }
    this.pending = [...root.results];
    for (let node = this.pending.pop(); node; node = this.pending.pop()) {
      if (this.seen.has(node)) continue;
      this.seen.add(node);
      const owner = node.op === "parameter" ? this.owners.get(node.region) : undefined;
      if (owner) this.operand(owner, (node.attrs.index as number) - before(owner));
      else if (node.op === "result") this.result(node.operands[0] as Node, node.attrs.index as number);
      else this.pending.push(...node.operands);
    }
  }

  private of(node: Node): Needs {
    const known = this.needs.get(node);
    if (known) return known;
    const needs = { operands: new Set<number>(), results: new Set<number>() };
    this.needs.set(node, needs);
    if (node.op === "while") this.pending.push(...(node.regions[0] as Region).results);
    if (node.op === "switch") this.operand(node, 0);
    return needs;
  }

  /** The operand behind a parameter; below 0 it is the loop's counter. */
  private operand(node: Node, index: number): void {
    if (index < 0) return;
    if (index < carriesOf(node)) this.result(node, index);
    this.of(node).operands.add(index);
    this.pending.push(node.operands[index] as Node);
  }

  private result(node: Node, index: number): void {
    const { results } = this.of(node);
    if (results.has(index)) return;
    results.add(index);
    for (const region of bodiesOf(node)) this.pending.push(region.results[index] as Node);
    if (index < carriesOf(node)) this.operand(node, index);
  }
}

/** Operands that come back as results; they are the first. */
const carriesOf = ({ op, operands, attrs }: Node): number => {
  if (op === "switch") return 0;
  return op === "loop" ? (attrs.carries as number) : operands.length;
};

/** Bodies whose results are the node's. */
const bodiesOf = ({ op, regions }: Node): readonly Region[] => (op === "while" ? regions.slice(1) : regions);

/** Parameters before the first operand's: a loop's counter. A switch has an operand before the first parameter. */
const before = ({ op }: Node): number => (op === "switch" ? -1 : Number(op === "loop"));

function pruned(node: Node, operands: readonly Node[], needs: Needs, copier: Copier): readonly Node[] {
  const { builder } = copier;
  const isNeeded = (_: unknown, index: number): boolean => needs.results.has(index);
  const isGiven = (_: unknown, index: number): boolean => {
    const operand = index - before(node);
    return operand < 0 || needs.operands.has(operand);
  };
  const bodies = bodiesOf(node);
  const regions = node.regions.map((region) =>
    builder.body(region.parameters.filter(isGiven).map(typeOf), (given) => {
      const left = [...given];
      const own = region.parameters.map((p, i) =>
        isGiven(p, i) ? (left.shift() as Node) : unused(builder, typeOf(p)),
      );
      const results = copier.inline(region, own);
      return bodies.includes(region) ? results.filter(isNeeded) : results;
    }),
  );
  const inputs = operands.filter((_, i) => needs.operands.has(i));
  const carries = [...needs.operands].filter((i) => i < carriesOf(node)).length;
  const attrs = node.op === "loop" ? { ...node.attrs, carries } : node.attrs;
  const left = builder.results(
    builder.control(node.op as ControlName, inputs, regions, attrs, node.types.filter(isNeeded)),
  );
  return node.types.map((type, i) => (isNeeded(type, i) ? (left.shift() as Node) : unused(builder, type)));
}

/** Stands where only what is unused itself reads it. */
function unused(builder: Builder, { dtype, shape }: Type): Node {
  const zero = builder.constant(0, dtype);
  return shape.length > 0 ? builder.apply("broadcast", [zero], { shape, axes: [] }) : zero;
}
