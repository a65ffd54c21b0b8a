/** A group's loop nest: its members' elements computed together, stored or accumulated at the end of each turn. */

import { type Node, typeOf } from "../program/program.ts";
import type { Context, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import { addIndex, at, type Place, scaleIndex } from "./place.ts";
import { foldOf, isHeavy, pull } from "./pull.ts";
import { elementsOf, isPull, shapeOf } from "./shape.ts";
import { isSink } from "./uses.ts";

export interface Group {
  /** Extents of the loops; dimensions of one have none. */
  readonly shape: readonly number[];
  readonly members: readonly Node[];
  /** Where members go that others read. */
  readonly stores: ReadonlyMap<Node, View>;
}

/** Loops of so many times the lanes are done side by side where lanes are elements. */
const LONG = 4;

/** Gives the totals of the members that reduce to one value, in order. */
export function writeGroup(ctx: Context, group: Group): Register[] {
  const sinks = group.members.filter((node) => isSinkOf(ctx, node));
  const inits = sinks.map((node) => ctx.writer.constant(foldOf(node).initial(typeOf(node).dtype), typeOf(node).dtype));
  const pulls = group.members.filter((node) => isPull(node) && node.op !== "scatterAdd" && !isSinkOf(ctx, node));
  const wide =
    sinks.length === 0 && (group.shape.at(-1) as number) >= LONG * (ctx.elementLanes ?? Number.POSITIVE_INFINITY);
  const rows = pulls.length > 0 && !wide && !pulls.some((node) => isHeavy(ctx, node)) ? ctx.rows : 1;
  const { block } = ctx.writer;
  const again = block !== ctx.prologue && block !== ctx.body;
  const setting = { sinks, rows, again: wide ? again : undefined };
  return [...nest(ctx, group, setting, inits, [])];
}

interface Setting {
  readonly sinks: readonly Node[];
  /** Elements computed at once. */
  readonly rows: number;
  /** Of loops whose turns are to be done side by side: whether they run again and again. */
  readonly again: boolean | undefined;
}

const isSinkOf = (ctx: Context, node: Node): boolean => isSink(node, (n) => elementsOf(n) > ctx.unrolled);

function nest(
  ctx: Context,
  group: Group,
  setting: Setting,
  inits: readonly Register[],
  outer: readonly Place[],
): readonly Register[] {
  const { sinks, rows, again } = setting;
  const extent = group.shape[outer.length] as number;
  const lanes = sinks.map(ctx.isLane);
  const innermost = outer.length === group.shape.length - 1;
  if (!innermost) {
    return ctx.writer.loop(
      extent,
      inits,
      (counter, totals) =>
        nest(ctx, group, setting, totals, [...outer, { offset: 0, terms: [{ register: counter, stride: 1 }] }]),
      lanes,
    );
  }
  const turns = Math.floor(extent / rows);
  const block = (first: Place, count: number, totals: readonly Register[]): readonly Register[] => {
    const elements = Array.from({ length: count }, (_, r) => [...outer, addIndex(first, at(r))]);
    return turn(ctx, group, sinks, totals, elements);
  };
  const totals = ctx.writer.loop(
    turns,
    inits,
    (counter, carried) => {
      if (again !== undefined) ctx.along = { counter, again };
      return block(scaleIndex({ offset: 0, terms: [{ register: counter, stride: 1 }] }, rows), rows, carried);
    },
    lanes,
  );
  ctx.along = undefined;
  const rest = extent - turns * rows;
  return rest > 0 ? block(at(turns * rows), rest, totals) : totals;
}

/** Computes the members at some places; stores come last, so that all see the arrays as they were. */
function turn(
  ctx: Context,
  { members, stores }: Group,
  sinks: readonly Node[],
  totals: readonly Register[],
  elements: readonly (readonly Place[])[],
): readonly Register[] {
  for (const node of members) {
    if (isPull(node) && !sinks.includes(node)) readPulls(ctx, node, elements);
  }
  let sums = totals;
  const writes: (() => void)[] = [];
  for (const element of elements) {
    for (const node of members) {
      if (sinks.includes(node)) continue;
      const places = expandPlaces(node, element);
      const value = ctx.read(node, places);
      const view = stores.get(node);
      if (view) writes.push(() => storeView(ctx, view, places, value));
    }
    sums = sums.map((total, i) => {
      const node = sinks[i] as Node;
      const source = node.operands[0] as Node;
      return ctx.writer.op(foldOf(node).op, [total, ctx.read(source, expandPlaces(source, element))], total.dtype);
    });
  }
  for (const write of writes) write();
  return sums;
}

/** Computes several elements in one loop; `read` finds them where they are then asked for. */
function readPulls(ctx: Context, node: Node, elements: readonly (readonly Place[])[]): void {
  const places = elements.map((element) => expandPlaces(node, element));
  const values = pull(ctx, node, places);
  places.forEach((place, i) => {
    ctx.writer.once(ctx.fusedKey(node, place), () => values[i] as Register);
  });
}

/** A loop nest's places as places of a node's own dimensions. */
export function expandPlaces(node: Node, element: readonly Place[]): Place[] {
  let next = 0;
  return shapeOf(node).map((d) => (d === 1 ? at(0) : (element[next++] as Place)));
}

export function storeView(
  ctx: Context,
  { buffer, base, strides }: View,
  places: readonly Place[],
  value: Register,
): void {
  let index = base;
  places.forEach((place, d) => {
    index = addIndex(index, scaleIndex(place, strides[d] as number));
  });
  ctx.writer.store(buffer, index, value);
}
