/** What a program makes of the rows that loops stack, found row by row: row k comes of turn `from` + k alone. */

import { folds } from "../op/fold.ts";
import type { Attrs } from "../op/record.ts";
import { type OpName, table } from "../op/table.ts";
import type { Builder } from "../program/builder.ts";
import { type Node, typeOf } from "../program/program.ts";

/** A loop, and its turn that the first row comes of. */
export interface Rows {
  readonly loop: Node;
  readonly from: number;
}

const integers = (node: Node, name: string): readonly number[] => node.attrs[name] as readonly number[];
const behindFirst = (axes: readonly number[]): number[] => axes.filter((axis) => axis > 0).map((axis) => axis - 1);
const startsWithRows = ({ operands: [x] }: Node, length: number): boolean => typeOf(x as Node).shape[0] === length;

/** Attrs of the op that makes one row, or `undefined` where rows mix. */
const rowAttrs: { readonly [op in OpName]?: (node: Node, shape: readonly number[]) => Attrs | undefined } = {
  broadcast: (node, [length, ...shape]) =>
    integers(node, "axes")[0] === 0 && startsWithRows(node, length as number)
      ? { shape, axes: behindFirst(integers(node, "axes")) }
      : undefined,
  reshape: (node, [length, ...shape]) => (startsWithRows(node, length as number) ? { shape } : undefined),
  transpose: (node) => (integers(node, "axes")[0] === 0 ? { axes: behindFirst(integers(node, "axes")) } : undefined),
  slice: (node, [, ...shape]) =>
    integers(node, "step")[0] === 1
      ? { shape, start: integers(node, "start").slice(1), step: integers(node, "step").slice(1) }
      : undefined,
};

function attrsOf(node: Node): Attrs | undefined {
  const { shape } = typeOf(node);
  if (!(node.op in table) || (shape[0] ?? 0) === 0) return undefined;
  const op = node.op as OpName;
  if (table[op].kind === "elementwise") return node.attrs;
  if (folds[op]) return integers(node, "axes").includes(0) ? undefined : { axes: behindFirst(integers(node, "axes")) };
  return rowAttrs[op]?.(node, shape);
}

/** Known before the loop begins. */
const isBefore = (node: Node, loop: Node): boolean => node.value !== undefined || node.id < loop.id;

/** The same for every row, and known before the loop begins. */
function isRepeated(node: Node, loop: Node): boolean {
  if (typeOf(node).shape.length === 0) return isBefore(node, loop);
  return node.op === "broadcast" && !integers(node, "axes").includes(0) && isBefore(node.operands[0] as Node, loop);
}

/** Of a node whose operands are `known`; `undefined` for one that is not made row by row. */
export function rowsOf(node: Node, known: ReadonlyMap<Node, Rows>): Rows | undefined {
  if (node.op === "result") return stackOf(node);
  if (!attrsOf(node)) return undefined;
  const [first, ...more] = node.operands.flatMap((operand) => known.get(operand) ?? []);
  if (!first || node.region !== first.loop.region) return undefined;
  const { loop, from } = first;
  if (more.some((rows) => rows.loop !== loop || rows.from !== from)) return undefined;
  if (!node.operands.every((operand) => known.has(operand) || isRepeated(operand, loop))) return undefined;
  return node.op === "slice" ? { loop, from: from + (integers(node, "start")[0] as number) } : first;
}

function stackOf({ operands, attrs }: Node): Rows | undefined {
  const loop = operands[0] as Node;
  const { reverse, carries } = loop.attrs;
  if (loop.op !== "loop" || reverse || (attrs.index as number) < (carries as number)) return undefined;
  return { loop, from: 0 };
}

/** Writes what makes one row of a node: `stacked` gives the turn's own, `before` what was known before the loop. */
export class RowWriter {
  private readonly written = new Map<Node, Node>();
  private readonly builder: Builder;
  private readonly stacked: (index: number) => Node;
  private readonly before: (node: Node) => Node;

  constructor(builder: Builder, stacked: (index: number) => Node, before: (node: Node) => Node) {
    this.builder = builder;
    this.stacked = stacked;
    this.before = before;
  }

  /** In the order of `nodes`, which has operands before their users. */
  write(nodes: readonly Node[]): void {
    for (const node of nodes) this.written.set(node, this.row(node));
  }

  of(node: Node): Node {
    return this.written.get(node) ?? this.repeated(node);
  }

  private row(node: Node): Node {
    if (node.op === "result") return this.stacked(node.attrs.index as number);
    return this.builder.apply(
      node.op as OpName,
      node.operands.map((operand) => this.of(operand)),
      attrsOf(node) as Attrs,
    );
  }

  private repeated(node: Node): Node {
    const { shape } = typeOf(node);
    if (shape.length === 0) return this.before(node);
    const inner = this.before(node.operands[0] as Node);
    return this.builder.apply("broadcast", [inner], {
      shape: shape.slice(1),
      axes: behindFirst(integers(node, "axes")),
    });
  }
}
