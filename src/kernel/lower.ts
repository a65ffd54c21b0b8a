/** Program → kernel: what all points share into the prologue, the rest into the body, for one chunk of points. */

import { sizeOf, stridesOf } from "../base/shape.ts";
import { Ranges } from "../pass/range.ts";
import { freeNodes } from "../program/builder.ts";
import { nodesOf } from "../program/order.ts";
import { type InputRole, type Node, type Program, typeOf } from "../program/program.ts";
import { deliver } from "./carry.ts";
import type { Context, View } from "./context.ts";
import { lowerControl } from "./control.ts";
import type { Buffer, Kernel, Statement } from "./kernel.ts";
import { findLanes } from "./lanes.ts";
import { at, placesKey } from "./place.ts";
import { makePlan } from "./plan.ts";
import { read } from "./read.ts";
import { elementsOf } from "./shape.ts";
import { elementRegisters, writeSteps } from "./steps.ts";
import type { Target } from "./target.ts";
import { TooLong, Writer } from "./writer.ts";

/** Arrays of up to this many elements are unrolled into registers. */
export const UNROLLED = 32;

export interface LowerOptions {
  /** Lane groups interleaved. */
  readonly groups: number;
  /** Arrays of up to this many elements live in registers. Default `UNROLLED`. */
  readonly unrolled?: number;
  /** What lanes are for: `points`, or `elements` of one point's arrays, once the kernel is widened. Default `points`. */
  readonly across?: "points" | "elements";
  /** Products are going to be fused into their sums. Default false. */
  readonly fuses?: boolean;
  /** Statements in a row that the body may have, at whatever depth. */
  readonly longest?: number;
}

/** The kernel, unless a block of its body gets too long. */
export function lowerWithin(
  program: Program,
  target: Target,
  options: LowerOptions & { readonly longest: number },
): Kernel | undefined {
  try {
    return lower(program, target, options);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

/** Rows of a product at once. */
const ROWS = 4;
/** Fewer, since a product that is fused needs no register of its own: there is room for the sums of more lane groups. */
const FUSED_ROWS = 3;

/** Expects a program of ops that the target has, as `optimise` gives it. */
export function lower(program: Program, target: Target, options: LowerOptions): Kernel {
  const { groups, unrolled = UNROLLED, across = "points", longest = Number.POSITIVE_INFINITY } = options;
  const isLane = across === "points" ? findLanes(program) : () => false;
  const { lanes, terms, seldomInMemory } = target;
  const elementLanes = across === "elements" ? lanes : undefined;
  const rows = options.fuses ? FUSED_ROWS : ROWS;
  const ctx = makeContext(program, { isLane, unrolled, terms, rows, elementLanes, seldomInMemory });
  const inputs = inputViews(ctx, program);
  const outputs = program.root.results.map((node, i) => {
    const { dtype } = typeOf(node);
    const name = program.outputs[i] ?? "";
    const lane = across === "points";
    const buffer = ctx.writer.buffer({ name, kind: "output", dtype, lane, elements: elementsOf(node) });
    return { buffer, base: at(0), strides: stridesOf(typeOf(node).shape) };
  });
  const { shared, perPoint } = splitByPhase(program);
  const early = new Set(shared);
  let body: Statement[] = [];
  const prologue = ctx.writer.nested(() => {
    ctx.prologue = ctx.writer.block;
    bindInputs(ctx, program, inputs, "shared");
    const needed = [...neededBy(perPoint), ...program.root.results].filter((node) => early.has(node));
    writeSteps(ctx, makePlan(ctx, shared, needed), shared, new Map(), lowerControl);
    for (const node of needed) {
      const slot = ctx.slots.get(node);
      if (slot?.kind === "memory") ctx.settled.add(slot.view.buffer);
    }
    ctx.writer.most = longest;
    body = ctx.writer.nested(() => {
      ctx.body = ctx.writer.block;
      bindInputs(ctx, program, inputs, "point");
      writeBody(ctx, program, perPoint, outputs);
    });
  });
  const kernel = { lanes, groups, buffers: ctx.writer.buffers, prologue, body };
  return across === "elements" ? { ...kernel, across } : kernel;
}

function writeBody(ctx: Context, program: Program, nodes: readonly Node[], outputs: readonly View[]): void {
  const { results } = program.root;
  const plan = makePlan(ctx, nodes, results);
  const destinations = new Map<Node, View>();
  results.forEach((node, i) => {
    const output = outputs[i] as View;
    const fits = ctx.isLane(node) === output.buffer.lane && nodes.includes(node);
    if (fits && elementsOf(node) > ctx.unrolled && !destinations.has(node)) destinations.set(node, output);
  });
  writeSteps(ctx, plan, nodes, destinations, lowerControl);
  for (const [i, node] of results.entries()) deliver(ctx, node, outputs[i]);
}

type Setting = Pick<Context, "isLane" | "unrolled" | "terms" | "rows" | "elementLanes" | "seldomInMemory">;

function makeContext(program: Program, setting: Setting): Context {
  const writer = new Writer();
  const free: Buffer[] = [];
  const ranges = new Ranges(program.root);
  const ctx: Context = {
    ...setting,
    writer,
    slots: new Map(),
    spills: new Map(),
    segments: new Map(),
    along: undefined,
    settled: new Set(),
    copies: new Map(),
    prologue: writer.block,
    body: undefined,
    mask: undefined,
    rangeOf: (node) => ranges.of(node),
    read: (node, places) => read(ctx, node, places),
    fusedKey: (node, places) => `@${node.id} ${placesKey(places)}`,
    allocate: ({ name, dtype, lane, elements }) => {
      const found = free.findIndex((b) => b.dtype === dtype && b.lane === lane && b.elements === elements);
      const [buffer] = found >= 0 ? free.splice(found, 1) : [];
      return buffer ?? writer.buffer({ name, kind: "scratch", dtype, lane, elements });
    },
    release: (buffer) => {
      if (buffer.kind === "scratch") free.push(buffer);
    },
  };
  return ctx;
}

function inputViews(ctx: Context, program: Program): View[] {
  return program.inputs.map(({ name, role, type: { dtype, shape } }, i) => {
    const node = program.root.parameters[i] as Node;
    const kind = role === "point" ? "input" : "shared";
    const lane = ctx.isLane(node);
    const buffer = ctx.writer.buffer({ name, kind, dtype, lane, elements: sizeOf(shape) });
    return { buffer, base: at(0), strides: stridesOf(shape) };
  });
}

/** Small inputs are loaded once, where the block begins that sees them. */
function bindInputs(ctx: Context, program: Program, views: readonly View[], role: InputRole): void {
  program.root.parameters.forEach((node, i) => {
    if (program.inputs[i]?.role !== role) return;
    const view = views[i] as View;
    ctx.slots.set(node, { kind: "memory", view });
    if (elementsOf(node) > ctx.unrolled) return;
    ctx.slots.set(node, { kind: "registers", registers: elementRegisters(ctx, node), block: ctx.writer.block });
  });
}

/** Nodes computed once for all points, and those computed for each: what depends on its inputs, however indirectly. */
function splitByPhase({ root, inputs }: Program): { shared: Node[]; perPoint: Node[] } {
  const late = new Set(root.parameters.filter((_, i) => inputs[i]?.role === "point"));
  const nodes = nodesOf(root);
  for (const node of nodes) {
    const reads = [...node.operands, ...node.regions.flatMap((region) => [...freeNodes(region)])];
    if (reads.some((n) => late.has(n))) late.add(node);
  }
  return { shared: nodes.filter((node) => !late.has(node)), perPoint: nodes.filter((node) => late.has(node)) };
}

const neededBy = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => [...node.operands, ...node.regions.flatMap((region) => [...freeNodes(region)])]);
