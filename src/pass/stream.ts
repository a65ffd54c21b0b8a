/**
 * Reductions over what a loop stacks become totals that the loop carries, in the same order: nothing of the size of a
 * trajectory is stored. Only where nothing else needs the stack.
 */

import { sizeOf } from "../base/shape.ts";
import { type Fold, folds } from "../op/fold.ts";
import type { OpName } from "../op/table.ts";
import type { Builder } from "../program/builder.ts";
import { schedule } from "../program/order.ts";
import { type Node, type Program, type Region, typeOf } from "../program/program.ts";
import { type Copier, rewrite } from "../program/rewrite.ts";
import { type Rows, RowWriter, rowsOf } from "./rows.ts";

/** A reduction that a loop is to carry, and the turn that the first row of its operand comes of. */
interface Total {
  readonly node: Node;
  readonly from: number;
}

/** What a loop is to do beside its own work. */
interface Plan {
  readonly totals: Total[];
  /** What they are of, operands before their users. */
  readonly rows: Node[];
}

/** Stacks of up to `unrolled` elements are left to be unrolled. */
export function stream(program: Program, unrolled: number): Program {
  const plans = plansOf(program.root, unrolled);
  if (plans.size === 0) return program;
  const totals = new Map<Node, Node>();
  return rewrite(program, (node, operands, copier) => {
    const total = totals.get(node);
    if (total) return [total];
    const plan = plans.get(node);
    return plan && withTotals(node, operands, plan, copier, totals);
  });
}

const axesOf = (node: Node): readonly number[] => node.attrs.axes as readonly number[];

function plansOf(root: Region, unrolled: number): Map<Node, Plan> {
  const regions = schedule(root);
  const nodes = [...regions.values()].flat().sort((a, b) => a.id - b.id);
  const known = new Map<Node, Rows>();
  for (const node of nodes) {
    const rows = rowsOf(node, known);
    const small = node.op === "result" && sizeOf(typeOf(node).shape) <= unrolled;
    if (rows && !small) known.set(node, rows);
  }
  const summed = (node: Node): Rows | undefined =>
    folds[node.op] && axesOf(node).includes(0) ? known.get(node.operands[0] as Node) : undefined;
  const stored = neededWhole(nodes, [...regions.keys()], known, summed);
  const plans = new Map<Node, Plan>();
  for (const node of nodes) {
    const total = summed(node);
    const rows = total ?? known.get(node);
    if (!rows) continue;
    if (node.op !== "result" && node.operands.some((operand) => stored.has(operand))) stored.add(node);
    if (stored.has(node)) continue;
    const plan = plans.get(rows.loop) ?? { totals: [], rows: [] };
    plans.set(rows.loop, plan);
    if (total) plan.totals.push({ node, from: total.from });
    else plan.rows.push(node);
  }
  for (const [loop, { totals }] of plans) if (totals.length === 0) plans.delete(loop);
  return plans;
}

/** Of nodes that are made row by row: those that something needs which is not, nor `summed` over them. */
function neededWhole(
  nodes: readonly Node[],
  regions: readonly Region[],
  known: ReadonlyMap<Node, Rows>,
  summed: (node: Node) => Rows | undefined,
): Set<Node> {
  const needed = new Set(regions.flatMap(({ results }) => results).filter((node) => known.has(node)));
  // Users come before what they use.
  for (const node of nodes.toReversed()) {
    if (summed(node) || (known.has(node) && !needed.has(node))) continue;
    for (const operand of node.operands) if (known.has(operand)) needed.add(operand);
  }
  return needed;
}

/** The loop's own results; the totals' are put into `found`. */
function withTotals(
  loop: Node,
  operands: readonly Node[],
  { totals, rows }: Plan,
  copier: Copier,
  found: Map<Node, Node>,
): readonly Node[] {
  const { builder } = copier;
  const carries = loop.attrs.carries as number;
  const [body] = loop.regions as readonly [Region];
  const types = totals.map(({ node }) => typeOf(node));
  const region = builder.body(body.parameters.map(typeOf).toSpliced(1 + carries, 0, ...types), (given) => {
    const sums = given.slice(1 + carries, 1 + carries + totals.length);
    const results = copier.inline(body, given.toSpliced(1 + carries, totals.length));
    const before = (node: Node): Node => (node.value ? builder.value(node.value) : copier.of(node));
    const writer = new RowWriter(builder, (index) => results[index] as Node, before);
    writer.write(rows);
    const next = totals.map((total, i) => {
      const [x] = total.node.operands as readonly [Node];
      const sum = sums[i] as Node;
      const window = {
        counter: given[0] as Node,
        turns: loop.attrs.length as number,
        rows: typeOf(x).shape[0] as number,
      };
      return within(builder, { ...window, from: total.from }, sum, withRow(builder, total.node, sum, writer.of(x)));
    });
    return results.toSpliced(carries, 0, ...next);
  });
  const inits = totals.map(({ node }) => initialOf(builder, node));
  const attrs = { ...loop.attrs, carries: carries + totals.length };
  const inputs = operands.toSpliced(carries, 0, ...inits);
  const made = builder.results(
    builder.control("loop", inputs, [region], attrs, loop.types.toSpliced(carries, 0, ...types)),
  );
  totals.forEach(({ node }, i) => {
    found.set(node, made[carries + i] as Node);
  });
  return made.toSpliced(carries, totals.length);
}

function initialOf(builder: Builder, node: Node): Node {
  const { dtype, shape } = typeOf(node);
  const one = builder.constant((folds[node.op] as Fold).initial(dtype), dtype);
  return shape.length > 0 ? builder.apply("broadcast", [one], { shape, axes: [] }) : one;
}

/** What a total is after a row. Other axes that are summed come row-major, one element after the other. */
function withRow(builder: Builder, node: Node, sum: Node, row: Node): Node {
  const axes = axesOf(node)
    .filter((axis) => axis > 0)
    .map((axis) => axis - 1)
    .sort((a, b) => a - b);
  if (axes.length === 0) return builder.apply((folds[node.op] as Fold).op, [sum, row]);
  const { shape } = typeOf(row);
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const sizes = kept.map((axis) => shape[axis] as number);
  const last = kept.length;
  const moved = builder.apply("transpose", [row], { axes: [...kept, ...axes] });
  const elements = builder.apply("reshape", [moved], {
    shape: [...sizes, sizeOf(axes.map((a) => shape[a] as number))],
  });
  const first = builder.apply("reshape", [sum], { shape: [...sizes, 1] });
  const joined = builder.apply("concat", [first, elements], { axis: last });
  return builder.apply(node.op as OpName, [joined], { axes: [last] });
}

interface Window {
  readonly counter: Node;
  readonly turns: number;
  /** Turns of the loop whose rows count: so many, from this one on. */
  readonly rows: number;
  readonly from: number;
}

function within(builder: Builder, { counter, turns, rows, from }: Window, before: Node, after: Node): Node {
  const number = (x: number): Node => builder.constant(x, "int32");
  const choose = (condition: Node, then: Node, otherwise: Node): Node =>
    builder.apply("select", [condition, then, otherwise]);
  const begun = from > 0 ? choose(builder.apply("le", [number(from), counter]), after, before) : after;
  return from + rows < turns ? choose(builder.apply("lt", [counter, number(from + rows)]), begun, before) : begun;
}
