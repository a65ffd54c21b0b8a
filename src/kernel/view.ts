/** Arrays in memory seen through index maps: broadcast, transpose, slice and reshape cost nothing. */

import { stridesOf } from "../base/shape.ts";
import type { Value } from "../base/value.ts";
import { type Node, typeOf } from "../program/program.ts";
import type { Context, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import { sideBySide } from "./permute.ts";
import { addIndex, at, type Place, scaleIndex, scalePlace } from "./place.ts";
import { elementsOf, isMerge, isView, shapeOf, splits } from "./shape.ts";

/** The memory behind a node, if it has any; registers are copied there when they must be indexed at run time. */
export function viewOf(ctx: Context, node: Node): View | undefined {
  const slot = ctx.slots.get(node);
  if (slot?.kind === "memory") return slot.view;
  if (slot?.kind === "registers") return spill(ctx, node, slot.registers);
  if (node.value) return constantView(ctx, node, node.value);
  if (!isView(node) && !isMerge(node)) return undefined;
  const source = viewOf(ctx, node.operands[0] as Node);
  return source && remap[node.op as keyof typeof remap](node, source);
}

const remap = {
  broadcast: (node: Node, source: View): View => {
    const from = shapeOf(node.operands[0] as Node);
    const axes = node.attrs.axes as readonly number[];
    const strides = shapeOf(node).map(() => 0);
    axes.forEach((axis, j) => {
      if (from[j] !== 1) strides[axis] = source.strides[j] as number;
    });
    return { ...source, strides };
  },
  transpose: (node: Node, source: View): View => {
    const axes = node.attrs.axes as readonly number[];
    return { ...source, strides: axes.map((axis) => source.strides[axis] as number) };
  },
  slice: (node: Node, source: View): View => {
    const start = node.attrs.start as readonly number[];
    const step = node.attrs.step as readonly number[];
    const shift = start.reduce((sum, s, i) => sum + s * (source.strides[i] as number), 0);
    const strides = source.strides.map((stride, i) => stride * (step[i] as number));
    return { ...source, base: addIndex(source.base, at(shift)), strides };
  },
  reshape: (node: Node, source: View): View => ({ ...source, strides: reshapedStrides(node, source) }),
};

function reshapedStrides(node: Node, source: View): number[] {
  const from = shapeOf(node.operands[0] as Node);
  const to = shapeOf(node);
  const groups = splits(from, to);
  const strides = stridesOf(to);
  if (isMerge(node)) return strides;
  if (!groups) return alignUnits(from, to, source.strides);
  groups.forEach(([first, end], j) => {
    const inner = strides[end - 1] ?? 1;
    for (let i = first; i < end; i++) strides[i] = ((strides[i] as number) / inner) * (source.strides[j] as number);
  });
  return strides;
}

/** The strides of an alias: those of the dimensions above one, in order. */
function alignUnits(from: readonly number[], to: readonly number[], strides: readonly number[]): number[] {
  const kept = strides.filter((_, i) => from[i] !== 1);
  let next = 0;
  return to.map((d) => (d === 1 ? 0 : (kept[next++] as number)));
}

function constantView(ctx: Context, node: Node, value: Value): View {
  const { dtype } = typeOf(node);
  const elements = elementsOf(node);
  const buffer = ctx.writer.buffer({
    name: `constant${node.id}`,
    kind: "constant",
    dtype,
    lane: false,
    elements,
    data: value.data,
  });
  const view = { buffer, base: at(0), strides: stridesOf(shapeOf(node)) };
  ctx.slots.set(node, { kind: "memory", view });
  return view;
}

/** Writes registers to memory, at the end of the block that computed them: once, before all that reads them. */
function spill(ctx: Context, node: Node, registers: readonly Register[]): View {
  const known = ctx.spills.get(node);
  if (known) return known;
  const slot = ctx.slots.get(node);
  const lane = registers.some((r) => r.lane);
  const elements = registers.length;
  const { dtype } = typeOf(node);
  // Not one that was given back: that may be in use in the inner blocks that are being written, which run later.
  const buffer = ctx.writer.buffer({ name: `spill${node.id}`, kind: "scratch", dtype, lane, elements });
  const write = (): void => {
    for (const [i, register] of registers.entries()) ctx.writer.store(buffer, at(i), register);
  };
  if (slot?.kind === "registers") ctx.writer.inBlock(slot.block, write);
  else write();
  const view = { buffer, base: at(0), strides: stridesOf(shapeOf(node)) };
  ctx.spills.set(node, view);
  return view;
}

/** One element of an array in memory. */
export function loadView(ctx: Context, view: View, places: readonly Place[]): Register {
  const { writer } = ctx;
  const { buffer, base, strides } = sideBySide(ctx, view, places);
  let index = base;
  const lanes: { register: Register; stride: number }[] = [];
  places.forEach((place, d) => {
    const stride = strides[d] as number;
    index = addIndex(index, scaleIndex(place, stride));
    const { lane } = scalePlace(place, stride);
    if (lane) lanes.push(lane);
  });
  const [first, ...others] = lanes;
  if (!first) return writer.load(buffer, index);
  if (others.length === 0) return writer.gather(buffer, index, first.register, first.stride);
  const scaled = lanes.map(({ register, stride }) =>
    writer.op("mul", [register, writer.constant(stride, "int32")], "int32"),
  );
  return writer.gather(
    buffer,
    index,
    scaled.reduce((a, b) => writer.op("add", [a, b], "int32")),
    1,
  );
}

/** Whether a value that is there already lies in memory, or would, row-major and without gaps. */
export function isSolid(ctx: Context, node: Node): boolean {
  const slot = ctx.slots.get(node);
  if (slot?.kind !== "memory") return slot !== undefined || node.value !== undefined;
  const whole = stridesOf(shapeOf(node));
  return shapeOf(node).every((d, i) => d === 1 || slot.view.strides[i] === whole[i]);
}

/** Contiguous memory of a buffer as an array of this node's shape. */
export const wholeView = (node: Node, buffer: View["buffer"]): View => ({
  buffer,
  base: at(0),
  strides: stridesOf(shapeOf(node)),
});
