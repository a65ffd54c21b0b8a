/**
 * Reductions, products and segment sums: loops that accumulate in registers, in the defined order. Several
 * elements of one result share the loop, so that what they read in common is read once.
 */

import type { Value } from "../base/value.ts";
import { type Fold, folds, sum } from "../op/fold.ts";
import { constantOf } from "../pass/fold.ts";
import { type Node, typeOf } from "../program/program.ts";
import type { Context, Segments, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import { addIndex, at, ofRegister, type Place } from "./place.ts";
import { shapeOf } from "./shape.ts";
import { loadView } from "./view.ts";

/** Products and segments add. */
export const foldOf = (node: Node): Fold => folds[node.op] ?? sum;

/** Short loops are unrolled whole. */
const UNROLL_WHOLE = 8;

/** The value of each accumulator after the loops over `extents`, row-major. */
function accumulate(
  ctx: Context,
  extents: readonly number[],
  copies: number,
  inits: readonly Register[],
  lanes: readonly boolean[],
  turn: (places: readonly Place[], accumulators: readonly Register[]) => readonly Register[],
  outer: readonly Place[] = [],
): readonly Register[] {
  const [count, ...inner] = extents;
  if (count === undefined) return turn(outer, inits);
  const next = (place: Place, values: readonly Register[]): readonly Register[] =>
    accumulate(ctx, inner, copies, values, lanes, turn, [...outer, place]);
  const straight = (from: number, to: number, values: readonly Register[]): readonly Register[] => {
    for (let i = from; i < to; i++) values = next(at(i), values);
    return values;
  };
  const whole = Math.min(copies, UNROLL_WHOLE);
  if (count <= whole && inner.every((d) => d <= whole)) return straight(0, count, inits);
  const unroll = inner.length > 0 ? 1 : Math.min(copies, ctx.terms);
  const turns = Math.floor(count / unroll);
  const done = ctx.writer.loop(
    turns,
    inits,
    (counter, carried) => {
      let values: readonly Register[] = carried;
      for (let u = 0; u < unroll; u++) {
        values = next({ offset: u, terms: [{ register: counter, stride: unroll }] }, values);
      }
      return values;
    },
    lanes,
  );
  return straight(turns * unroll, count, done);
}

/** Terms of this many ops or more have work of their own to overlap: they are written once, not side by side. */
const HEAVY = 24;

/** Whether much is computed for every term of a sum. */
export function isHeavy(ctx: Context, node: Node): boolean {
  const found = new Set<Node>();
  const visit = (operand: Node): void => {
    if (found.size >= HEAVY || found.has(operand) || operand.value || ctx.slots.has(operand)) return;
    found.add(operand);
    operand.operands.forEach(visit);
  };
  node.operands.forEach(visit);
  return found.size >= HEAVY;
}

/** Several elements of a reduction, product or segment sum. */
export function pull(ctx: Context, node: Node, elements: readonly (readonly Place[])[]): Register[] {
  if (node.op === "scatterAdd") return elements.map((places) => segmentSum(ctx, node, places));
  const { dtype } = typeOf(node);
  const { op, initial } = foldOf(node);
  const extents = node.op === "dot" ? [shapeOf(node.operands[0] as Node).at(-1) as number] : reducedExtents(node);
  const empty = extents.includes(0);
  const start = ctx.writer.constant(empty && op === "add" ? 0 : initial(dtype), dtype);
  const term = node.op === "dot" ? dotTerm : reducedTerm;
  const lane = ctx.isLane(node);
  const totals = accumulate(
    ctx,
    extents,
    isHeavy(ctx, node) ? 1 : UNROLL_WHOLE,
    elements.map(() => start),
    elements.map(() => lane),
    (inner, totals) =>
      elements.map((places, i) => ctx.writer.op(op, [totals[i] as Register, term(ctx, node, places, inner)], dtype)),
  );
  return [...totals];
}

const reducedExtents = (node: Node): number[] =>
  (node.attrs.axes as readonly number[]).map((axis) => shapeOf(node.operands[0] as Node)[axis] as number);

function reducedTerm(ctx: Context, node: Node, places: readonly Place[], inner: readonly Place[]): Register {
  const source = node.operands[0] as Node;
  const axes = node.attrs.axes as readonly number[];
  let outer = 0;
  const all = shapeOf(source).map((_, d) => {
    const reduced = axes.indexOf(d);
    return (reduced >= 0 ? inner[reduced] : places[outer++]) as Place;
  });
  return ctx.read(source, all);
}

function dotTerm(ctx: Context, node: Node, places: readonly Place[], [k]: readonly Place[]): Register {
  const [a, b] = node.operands as readonly [Node, Node];
  const batch = places.slice(0, -2);
  const [i, j] = places.slice(-2) as [Place, Place];
  const left = ctx.read(a, [...batch, i, k as Place]);
  return ctx.writer.op("mul", [left, ctx.read(b, [...batch, k as Place, j])], left.dtype);
}

/** Where each segment's terms begin and how many they are; the terms are sorted by segment, their indices constant. */
function segmentsOf(ctx: Context, indices: Node, rows: number): Segments {
  const key = `${indices.id} ${rows}`;
  const known = ctx.segments.get(key);
  if (known) return known;
  const count = new Int32Array(rows);
  for (const row of (constantOf(indices) as Value).data) count[row] = (count[row] as number) + 1;
  const first = new Int32Array(rows);
  for (let row = 1; row < rows; row++) first[row] = (first[row - 1] as number) + (count[row - 1] as number);
  const table = (name: string, data: Int32Array): View => ({
    buffer: ctx.writer.buffer({ name, kind: "constant", dtype: "int32", lane: false, elements: rows, data }),
    base: at(0),
    strides: [1],
  });
  const segments = { first: table(`first${indices.id}`, first), count: table(`count${indices.id}`, count) };
  ctx.segments.set(key, segments);
  return segments;
}

function segmentSum(ctx: Context, node: Node, places: readonly Place[]): Register {
  const [operand, indices, updates] = node.operands as readonly [Node, Node, Node];
  const [row, ...rest] = places as [Place, ...Place[]];
  const { first, count } = segmentsOf(ctx, indices, shapeOf(operand)[0] as number);
  const start = loadView(ctx, first, [row]);
  const initial = ctx.read(operand, places);
  const [total] = ctx.writer.loop(
    loadView(ctx, count, [row]),
    [initial],
    (counter, [carried]) => {
      const term = addIndex(ofRegister(start), ofRegister(counter));
      return [ctx.writer.op("add", [carried as Register, ctx.read(updates, [term, ...rest])], initial.dtype)];
    },
    [ctx.isLane(node)],
  );
  return total as Register;
}
