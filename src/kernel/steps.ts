/** Writes a plan: each step in order, each array into registers or memory, scratch given back after its last use. */

import { type Node, typeOf } from "../program/program.ts";
import type { Context, Slot, View } from "./context.ts";
import { expandPlaces, storeView, writeGroup } from "./group.ts";
import type { Register } from "./kernel.ts";
import { clamp, starts, unravel } from "./move.ts";
import { addPlaces, at, ofRegister, type Place } from "./place.ts";
import type { Plan, Step } from "./plan.ts";
import { pull } from "./pull.ts";
import { selectRare } from "./seldom.ts";
import { elementsOf, isPull, shapeOf, squeeze } from "./shape.ts";
import { isSink } from "./uses.ts";
import { loadView, viewOf, wholeView } from "./view.ts";

/** Where results are wanted in memory, by node. */
export type Destinations = ReadonlyMap<Node, View>;

/** Lowers a control node: gives the slots of its results. */
export type LowerControl = (ctx: Context, node: Node, wanted: readonly (View | undefined)[]) => Slot[];

export function writeSteps(
  ctx: Context,
  plan: Plan,
  nodes: readonly Node[],
  destinations: Destinations,
  lowerControl: LowerControl,
): void {
  const releases = findReleases(plan, destinations);
  const owned = new Map<Node, View>();
  const place = (node: Node): View => {
    const wanted = destinations.get(node);
    if (wanted) return wanted;
    const { dtype } = typeOf(node);
    const buffer = ctx.allocate({
      name: `${node.op}${node.id}`,
      dtype,
      lane: ctx.isLane(node),
      elements: elementsOf(node),
    });
    const view = wholeView(node, buffer);
    owned.set(node, view);
    return view;
  };
  plan.steps.forEach((step, i) => {
    if (step.kind === "group") runGroup(ctx, plan, step, place);
    else if (step.node.regions.length > 0) runControl(ctx, step.node, nodes, destinations, lowerControl);
    else runNode(ctx, plan, step.node, place);
    for (const node of releases.get(i) ?? []) {
      const view = owned.get(node);
      if (view) ctx.release(view.buffer);
    }
  });
}

/** Which arrays are read for the last time in each step; results are not among them. */
function findReleases(plan: Plan, destinations: Destinations): Map<number, Node[]> {
  const last = new Map<Node, number>();
  plan.steps.forEach((step, i) => {
    for (const node of step.kind === "group" ? step.members : [step.node]) {
      for (const { source } of plan.uses.of(node)) last.set(source, i);
    }
  });
  const releases = new Map<number, Node[]>();
  for (const [node, i] of last) {
    if (!plan.results.has(node) && !destinations.has(node)) releases.set(i, [...(releases.get(i) ?? []), node]);
  }
  return releases;
}

function runGroup(ctx: Context, plan: Plan, step: Extract<Step, { kind: "group" }>, place: (node: Node) => View): void {
  const stores = new Map(step.members.filter((node) => plan.stored.has(node)).map((node) => [node, place(node)]));
  const totals = writeGroup(ctx, { shape: step.shape, members: step.members, stores });
  const { block } = ctx.writer;
  step.members
    .filter((node) => isSink(node, plan.uses.isLarge))
    .forEach((node, i) => {
      ctx.slots.set(node, { kind: "registers", registers: [totals[i] as Register], block });
    });
  for (const [node, view] of stores) ctx.slots.set(node, { kind: "memory", view });
}

function runControl(
  ctx: Context,
  node: Node,
  nodes: readonly Node[],
  destinations: Destinations,
  lowerControl: LowerControl,
): void {
  const parts = nodes.filter((part) => part.op === "result" && part.operands[0] === node);
  const wanted = node.types.map((_, i) => {
    const part = parts.find(({ attrs }) => attrs.index === i);
    return part && destinations.get(part);
  });
  const slots = lowerControl(ctx, node, wanted);
  for (const part of parts) ctx.slots.set(part, slots[part.attrs.index as number] as Slot);
}

function runNode(ctx: Context, plan: Plan, node: Node, place: (node: Node) => View): void {
  if (node.value) return;
  if (!plan.uses.isLarge(node)) {
    ctx.slots.set(node, { kind: "registers", registers: elementRegisters(ctx, node), block: ctx.writer.block });
    return;
  }
  const view = place(node);
  assemblers[node.op as keyof typeof assemblers](ctx, node, view);
  ctx.slots.set(node, { kind: "memory", view });
}

/** All elements of a small value, in registers. */
export function elementRegisters(ctx: Context, node: Node): Register[] {
  const shape = shapeOf(node);
  const places = Array.from({ length: elementsOf(node) }, (_, k) => unravel(k, shape).map(at));
  const slot = ctx.slots.get(node);
  if (isPull(node) && !slot && places.length > 1) return pull(ctx, node, places);
  if (node.op === "selectRare" && !slot) return selectRare(ctx, node, places);
  return places.map((p) => ctx.read(node, p));
}

/** Large arrays that are put together in memory rather than computed element by element. */
const assemblers = {
  concat: (ctx: Context, node: Node, view: View): void => {
    const axis = node.attrs.axis as number;
    let start = 0;
    for (const piece of node.operands) {
      copyInto(
        ctx,
        piece,
        view,
        shapeOf(node).map((_, d) => at(d === axis ? start : 0)),
      );
      start += shapeOf(piece)[axis] as number;
    }
  },
  dynamicUpdateSlice: (ctx: Context, node: Node, view: View): void => {
    const [array, update] = node.operands as readonly [Node, Node];
    if (viewOf(ctx, array)?.buffer !== view.buffer) copyInto(ctx, array, view);
    const window = starts(ctx, node, 2, shapeOf(update));
    if (window.some((place) => place.lane)) overlay(ctx, node, view, window);
    else copyInto(ctx, update, view, window);
  },
  /** Merges dimensions of an array that is not contiguous. */
  reshape: (ctx: Context, node: Node, view: View): void => {
    const source = node.operands[0] as Node;
    copyInto(ctx, source, { ...view, strides: wholeView(source, view.buffer).strides });
  },
};

/** Loops over a shape; dimensions of one have no loop. */
function forEachPlace(
  ctx: Context,
  shape: readonly number[],
  write: (element: readonly Place[]) => void,
  outer: readonly Place[] = [],
): void {
  const extent = shape[outer.length];
  if (extent === undefined) {
    write(outer);
    return;
  }
  ctx.writer.loop(extent, [], (counter) => {
    forEachPlace(ctx, shape, write, [...outer, { offset: 0, terms: [{ register: counter, stride: 1 }] }]);
    return [];
  });
}

/** Copies a value to memory, shifted by `origin`. Small ones are written one by one. */
export function copyInto(ctx: Context, node: Node, view: View, origin?: readonly Place[]): void {
  const shift = (places: readonly Place[]): Place[] =>
    places.map((p, d) => (origin ? addPlaces(p, origin[d] as Place) : p));
  if (elementsOf(node) <= ctx.unrolled) {
    elementRegisters(ctx, node).forEach((register, k) => {
      storeView(ctx, view, shift(unravel(k, shapeOf(node)).map(at)), register);
    });
    return;
  }
  forEachPlace(ctx, squeeze(shapeOf(node)), (element) => {
    const places = expandPlaces(node, element);
    storeView(ctx, view, shift(places), ctx.read(node, places));
  });
}

/** Gives every element in memory a new value. */
export function combine(ctx: Context, like: Node, to: View, value: (places: readonly Place[]) => Register): void {
  forEachPlace(ctx, squeeze(shapeOf(like)), (element) => {
    const places = expandPlaces(like, element);
    storeView(ctx, to, places, value(places));
  });
}

/** An update whose place differs by point: every element of the array asks whether the update covers it. */
function overlay(ctx: Context, node: Node, view: View, window: readonly Place[]): void {
  const { writer } = ctx;
  const update = node.operands[1] as Node;
  const source = viewOf(ctx, update) as View;
  combine(ctx, node, view, (places) => {
    const offsets = places.map((place, d) =>
      writer.op("sub", [placeRegister(ctx, place), placeRegister(ctx, window[d] as Place)], "int32"),
    );
    const inside = offsets.map((offset, d) => {
      const low = writer.op("le", [writer.constant(0, "int32"), offset], "bool");
      const high = writer.op("lt", [offset, writer.constant(shapeOf(update)[d] as number, "int32")], "bool");
      return writer.op("and", [low, high], "bool");
    });
    const bounded = offsets.map((offset, d) => ofRegister(clamp(ctx, offset, (shapeOf(update)[d] as number) - 1)));
    const covered = inside.reduce((a, b) => writer.op("and", [a, b], "bool"));
    const fresh = loadView(ctx, source, bounded);
    return writer.op("select", [covered, fresh, loadView(ctx, view, places)], typeOf(node).dtype);
  });
}

/** A place as a number in a register. */
function placeRegister({ writer }: Context, { offset, terms, lane }: Place): Register {
  const scaled = [...(lane ? [lane] : []), ...terms].map(({ register, stride }) =>
    stride === 1 ? register : writer.op("mul", [register, writer.constant(stride, "int32")], "int32"),
  );
  const parts = [...scaled, ...(offset !== 0 ? [writer.constant(offset, "int32")] : [])];
  const [first = writer.constant(0, "int32"), ...others] = parts;
  return others.reduce((a, b) => writer.op("add", [a, b], "int32"), first);
}
