/** Copies programs and bodies, node by node in order, through a rule that may put something else in a node's place. */

import { Builder } from "./builder.ts";
import { nodesOf } from "./order.ts";
import { type Node, type Program, type Region, typeOf } from "./program.ts";

/**
 * What takes a node's place, given its operands' copies: nodes of the new program, one per result of the node
 * (control flow has several), or `undefined` to copy it as it is.
 */
export type Rule = (node: Node, operands: readonly Node[], copier: Copier) => readonly Node[] | undefined;

export class Copier {
  readonly builder: Builder;
  private readonly rule: Rule;
  private readonly copies = new Map<Node, Node>();
  /** Copies of a control node's results, where the rule gave them one by one. */
  private readonly parts = new Map<Node, readonly Node[]>();

  constructor(builder: Builder, rule: Rule = () => undefined) {
    this.builder = builder;
    this.rule = rule;
  }

  /** Lets copies of `originals` be `copies`. */
  bind(originals: readonly Node[], copies: readonly Node[]): void {
    originals.forEach((node, i) => {
      this.copies.set(node, copies[i] as Node);
    });
  }

  /** The copy of a node that has been bound or copied. */
  of(node: Node): Node {
    return this.copies.get(node) as Node;
  }

  /** Copies a region's own nodes into the region now being written, and gives its results; each time anew. */
  inline(region: Region, parameters: readonly Node[]): Node[] {
    this.bind(region.parameters, parameters);
    for (const node of nodesOf(region)) {
      this.copies.delete(node);
      this.parts.delete(node);
      this.copy(node);
    }
    return region.results.map((node) => this.of(node));
  }

  copy(node: Node): void {
    if (node.op === "parameter" || this.copies.has(node) || this.parts.has(node)) return;
    if (node.regions.length === 0) {
      this.copies.set(node, this.copyOne(node));
      return;
    }
    const operands = this.operands(node);
    this.parts.set(node, this.rule(node, operands, this) ?? this.copyControl(node, operands));
  }

  private copyOne(node: Node): Node {
    if (node.value) return this.builder.value(node.value);
    if (node.op === "result") return this.part(node);
    const op = node.op as Parameters<Builder["apply"]>[0];
    const operands = this.operands(node);
    return this.rule(node, operands, this)?.[0] ?? this.builder.apply(op, operands, node.attrs);
  }

  private operands(node: Node): Node[] {
    return node.operands.map((operand) => this.of(operand));
  }

  private part(node: Node): Node {
    const parts = this.parts.get(node.operands[0] as Node) as readonly Node[];
    return parts[node.attrs.index as number] as Node;
  }

  private copyControl(node: Node, operands: readonly Node[]): readonly Node[] {
    const regions = node.regions.map((region) =>
      this.builder.body(region.parameters.map(typeOf), (parameters) => this.inline(region, parameters)),
    );
    const op = node.op as Parameters<Builder["control"]>[0];
    return this.builder.results(this.builder.control(op, operands, regions, node.attrs, node.types));
  }
}

/** The program with the rule applied to every node; what no result needs is gone. */
export function rewrite(program: Program, rule: Rule): Program {
  const builder = new Builder(program.inputs.map((input) => input.type));
  const results = new Copier(builder, rule).inline(program.root, builder.root.parameters);
  return { inputs: program.inputs, outputs: program.outputs, root: builder.finish(results) };
}
