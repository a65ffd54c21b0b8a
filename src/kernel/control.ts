/** Loops, whiles and switches of the program as those of the kernel. */

import { sizeOf, stridesOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import { nodesOf } from "../program/order.ts";
import type { Node, Region } from "../program/program.ts";
import {
  bindSlots,
  type Carry,
  carryLanes,
  carrySlots,
  commitCarry,
  deliver,
  initialRegisters,
  nextViews,
  openCarries,
} from "./carry.ts";
import type { Context, Slot, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import { clamp } from "./move.ts";
import { addIndex, at, scaleIndex } from "./place.ts";
import { makePlan, type Plan } from "./plan.ts";
import { elementsOf } from "./shape.ts";
import { combine, elementRegisters, type LowerControl, writeSteps } from "./steps.ts";
import { loadView, viewOf } from "./view.ts";

export const lowerControl: LowerControl = (ctx, node, wanted) =>
  lowerings[node.op as keyof typeof lowerings](ctx, node, wanted);

const planOf = (ctx: Context, region: Region): { nodes: readonly Node[]; plan: Plan } => {
  const nodes = nodesOf(region);
  return { nodes, plan: makePlan(ctx, nodes, region.results) };
};

/** Pairs each node with the first view that wants it; later wishes are copied afterwards. */
function destinationsOf(nodes: readonly Node[], views: readonly (View | undefined)[], ctx: Context): Map<Node, View> {
  const destinations = new Map<Node, View>();
  nodes.forEach((node, i) => {
    const view = views[i];
    if (view && !destinations.has(node) && elementsOf(node) > ctx.unrolled && view.buffer.lane === ctx.isLane(node)) {
      destinations.set(node, view);
    }
  });
  return destinations;
}

/** Memory for a result of control flow: where it is wanted, or new. */
function room(ctx: Context, node: Node, type: Type, lane: boolean, wanted: View | undefined): View {
  if (wanted && wanted.buffer.lane === lane) return wanted;
  const elements = sizeOf(type.shape);
  const buffer = ctx.allocate({ name: `${node.op}${node.id}`, dtype: type.dtype, lane, elements });
  return { buffer, base: at(0), strides: stridesOf(type.shape) };
}

const loop: LowerControl = (ctx, node, wanted) => {
  const [body] = node.regions as readonly [Region];
  const length = node.attrs.length as number;
  const count = node.attrs.carries as number;
  const [counterParameter, ...parameters] = body.parameters as readonly [Node, ...Node[]];
  const inits = node.operands.slice(0, count);
  const carries = openCarries(ctx, parameters.slice(0, count), inits);
  const stacked = body.results.slice(count).map((result, j) => {
    const type = node.types[count + j] as Type;
    return room(ctx, node, type, ctx.isLane(result), wanted[count + j]);
  });
  const slices = node.operands.slice(count).map((xs) => viewOf(ctx, xs) as View);

  const turn = (counter: Register, carried: readonly Register[]): Register[] => {
    const { writer } = ctx;
    const last = writer.constant(length - 1, "int32");
    const index = node.attrs.reverse ? writer.op("sub", [last, counter], "int32") : counter;
    const time = node.attrs.reverse
      ? { offset: length - 1, terms: [{ register: counter, stride: -1 }] }
      : { offset: 0, terms: [{ register: counter, stride: 1 }] };
    const step = ({ buffer, base, strides }: View): View => {
      const [first, ...rest] = strides;
      return { buffer, base: addIndex(base, scaleIndex(time, first as number)), strides: rest };
    };
    bindSlots(ctx, [counterParameter], [{ kind: "registers", registers: [index], block: writer.block }]);
    bindSlots(ctx, parameters.slice(0, count), carrySlots(ctx, carries, carried));
    bindSlots(
      ctx,
      parameters.slice(count),
      slices.map((view) => ({ kind: "memory", view: step(view) })),
    );
    const outputs = stacked.map(step);
    const { nodes, plan } = planOf(ctx, body);
    const views = nextViews(ctx, plan, body, carries, true);
    writeSteps(ctx, plan, nodes, destinationsOf(body.results, [...views, ...outputs], ctx), lowerControl);
    const nexts = body.results
      .slice(0, count)
      .flatMap((next, i) => (carries[i]?.memory ? [] : elementRegisters(ctx, next)));
    for (const [j, y] of body.results.slice(count).entries()) deliver(ctx, y, outputs[j]);
    finishCarries(ctx, body.results, carries, views, undefined);
    return nexts;
  };

  const first = initialRegisters(ctx, carries, inits);
  const final = length > 0 ? ctx.writer.loop(length, first, turn, carryLanes(carries)) : first;
  const ys = stacked.map((view): Slot => ({ kind: "memory", view }));
  return [...carrySlots(ctx, carries, final), ...ys];
};

/** Large next values: first all beside the old ones, then all to their places, so that they may be swapped. */
function finishCarries(
  ctx: Context,
  results: readonly Node[],
  carries: readonly Carry[],
  views: readonly (View | undefined)[],
  taking: Register | undefined,
): void {
  carries.forEach((carry, i) => {
    if (carry.memory && results[i] !== carry.parameter) deliver(ctx, results[i] as Node, views[i]);
  });
  carries.forEach((carry, i) => {
    commitCarry(ctx, carry, views[i], taking);
  });
}

const whileLoop: LowerControl = (ctx, node) => {
  const [test, body] = node.regions as readonly [Region, Region];
  const carries = openCarries(ctx, body.parameters, node.operands);
  const { writer } = ctx;
  const outer = ctx.mask;
  let going: Register | undefined;

  const ends = (carried: readonly Register[]): Register => {
    bindSlots(ctx, test.parameters, carrySlots(ctx, carries, carried));
    const { nodes, plan } = planOf(ctx, test);
    writeSteps(ctx, plan, nodes, new Map(), lowerControl);
    const condition = ctx.read(test.results[0] as Node, []);
    going = condition.lane && outer ? writer.op("and", [condition, outer], "bool") : condition;
    return going.lane ? writer.op("any", [going], "bool") : going;
  };
  const turn = (carried: readonly Register[]): Register[] => {
    const taking = going?.lane ? going : undefined;
    ctx.mask = taking ?? outer;
    bindSlots(ctx, body.parameters, carrySlots(ctx, carries, carried));
    const { nodes, plan } = planOf(ctx, body);
    const views = nextViews(ctx, plan, body, carries, taking === undefined);
    writeSteps(ctx, plan, nodes, destinationsOf(body.results, views, ctx), lowerControl);
    const nexts = body.results.flatMap((next, i) => (carries[i]?.memory ? [] : elementRegisters(ctx, next)));
    finishCarries(ctx, body.results, carries, views, taking);
    ctx.mask = outer;
    // A lane that is done keeps its values.
    return nexts.map((next, i) =>
      taking ? writer.op("select", [taking, next, carried[i] as Register], next.dtype) : next,
    );
  };
  const final = writer.while(initialRegisters(ctx, carries, node.operands), carryLanes(carries), ends, turn);
  return carrySlots(ctx, carries, final);
};

const switchOf: LowerControl = (ctx, node, wanted) => {
  const { writer } = ctx;
  const [indexNode, ...operands] = node.operands as readonly [Node, ...Node[]];
  const last = node.regions.length - 1;
  const index = clamp(ctx, ctx.read(indexNode, []), last);
  const isLarge = (i: number): boolean => sizeOf((node.types[i] as Type).shape) > ctx.unrolled;
  const lane = (i: number): boolean => index.lane || node.regions.some(({ results }) => ctx.isLane(results[i] as Node));
  const memory = node.types.map((type, i) => (isLarge(i) ? room(ctx, node, type, lane(i), wanted[i]) : undefined));
  const given = operands.map((operand): Slot => operandSlot(ctx, operand));

  /** Computes one branch; gives the registers of its small results and writes the large ones. */
  const branch = (k: number, taking: Register | undefined): Register[] => {
    const region = node.regions[k] as Region;
    bindSlots(ctx, region.parameters, given);
    const { nodes, plan } = planOf(ctx, region);
    writeSteps(ctx, plan, nodes, new Map(), lowerControl);
    region.results.forEach((result, i) => {
      const view = memory[i];
      if (!view) return;
      combine(ctx, result, view, (places) => {
        const value = ctx.read(result, places);
        return taking ? writer.op("select", [taking, value, loadView(ctx, view, places)], value.dtype) : value;
      });
    });
    return region.results.flatMap((result, i) => (memory[i] ? [] : elementRegisters(ctx, result)));
  };

  const registers = index.lane ? byLane(ctx, index, last, branch) : byOne(ctx, index, last, branch);
  return spread(ctx, node, memory, registers);
};

type Branch = (k: number, taking: Register | undefined) => Register[];

/** All lanes agree: one branch runs. */
function byOne(ctx: Context, index: Register, last: number, branch: Branch, k = 0): Register[] {
  if (k === last) return branch(k, undefined);
  const here = ctx.writer.op("eq", [index, ctx.writer.constant(k, "int32")], "bool");
  return ctx.writer.if(
    here,
    () => branch(k, undefined),
    () => byOne(ctx, index, last, branch, k + 1),
  );
}

/** Lanes differ: every branch that some lane takes runs, and each lane keeps its own. */
function byLane(ctx: Context, index: Register, last: number, branch: Branch): Register[] {
  const { writer, mask } = ctx;
  let chosen: Register[] | undefined;
  for (let k = 0; k <= last; k++) {
    const here = writer.op("eq", [index, writer.constant(k, "int32")], "bool");
    const taking = mask ? writer.op("and", [here, mask], "bool") : here;
    let zeros: Register[] = [];
    const values = writer.if(
      writer.op("any", [taking], "bool"),
      () => {
        ctx.mask = taking;
        const results = branch(k, taking);
        ctx.mask = mask;
        zeros = results;
        return results;
      },
      () => zeros.map(({ dtype }) => writer.constant(0, dtype)),
    );
    chosen = chosen
      ? chosen.map((old, i) => writer.op("select", [taking, values[i] as Register, old], old.dtype))
      : values;
  }
  return chosen ?? [];
}

/** An operand as the branches see it: what they may index at run time lies in memory, scalars stay in registers. */
function operandSlot(ctx: Context, operand: Node): Slot {
  if (elementsOf(operand) <= ctx.unrolled) {
    return { kind: "registers", registers: elementRegisters(ctx, operand), block: ctx.writer.block };
  }
  return { kind: "memory", view: viewOf(ctx, operand) as View };
}

function spread(
  ctx: Context,
  node: Node,
  memory: readonly (View | undefined)[],
  registers: readonly Register[],
): Slot[] {
  let next = 0;
  return node.types.map((type, i): Slot => {
    const view = memory[i];
    if (view) return { kind: "memory", view };
    const size = sizeOf(type.shape);
    next += size;
    return { kind: "registers", registers: registers.slice(next - size, next), block: ctx.writer.block };
  });
}

const lowerings = { loop, while: whileLoop, switch: switchOf };
