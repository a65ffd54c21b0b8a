/** Random kernels that use all of the grammar, from a seed. */

import { type DType, dtypes } from "../../src/base/dtype.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { Buffer, Index, Kernel, Register } from "../../src/kernel/kernel.ts";
import { openBlock, Writer } from "../../src/kernel/writer.ts";
import { recordOf } from "../../src/op/table.ts";
import { edges, type Rng, rngOf } from "../helpers/random.ts";

const natives = [...wasmTarget.native];
/** Elements of every buffer: counters stay below. */
const ELEMENTS = 6;
const MAX_DEPTH = 3;

class Generator {
  readonly writer = new Writer();
  readonly constants: Buffer[] = [];
  readonly inputs: Buffer[] = [];
  readonly targets: Buffer[] = [];
  private readonly rng: Rng;

  constructor(rng: Rng) {
    this.rng = rng;
    for (const dtype of dtypes) {
      const data = new Float64Array(ELEMENTS).map(() => rng.pick(edges[dtype]));
      const common = { dtype, elements: ELEMENTS };
      this.constants.push(this.writer.buffer({ ...common, name: `c_${dtype}`, kind: "constant", lane: false, data }));
      this.inputs.push(this.writer.buffer({ ...common, name: `in_${dtype}`, kind: "input", lane: true }));
      this.targets.push(this.writer.buffer({ ...common, name: `out_${dtype}`, kind: "output", lane: true }));
      this.targets.push(this.writer.buffer({ ...common, name: `lane_${dtype}`, kind: "scratch", lane: true }));
      this.targets.push(this.writer.buffer({ ...common, name: `one_${dtype}`, kind: "scratch", lane: false }));
    }
  }

  /** A register of the pool, or a constant. */
  value(pool: readonly Register[], dtype: DType, lane?: boolean): Register {
    const fitting = pool.filter((r) => r.dtype === dtype && (lane === undefined || r.lane === lane));
    const found = fitting.length > 0 && this.rng.chance(0.9) ? this.rng.pick(fitting) : undefined;
    if (found) return found;
    return this.writer.toLane(this.writer.constant(this.rng.pick(edges[dtype]), dtype), lane ?? false);
  }

  index(counters: readonly Register[]): Index {
    if (counters.length === 0 || this.rng.chance(0.4)) return { offset: this.rng.below(ELEMENTS), terms: [] };
    // Counters run to 2 at most.
    const [a, b] = [this.rng.pick(counters), this.rng.pick(counters)];
    if (a !== b) return { offset: 0, terms: [a, b].map((register) => ({ register, stride: 1 })) };
    const stride = this.rng.pick([1, 2, -1, -2]);
    return { offset: stride < 0 ? ELEMENTS - 1 : this.rng.below(2), terms: [{ register: a, stride }] };
  }

  op(pool: readonly Register[]): Register {
    const { rng, writer } = this;
    for (;;) {
      const op = rng.pick(natives);
      const record = recordOf(op);
      if (record.kind !== "elementwise") continue;
      const operand = rng.pick(dtypes);
      const types: DType[] = op === "select" ? ["bool", operand, operand] : new Array(record.arity).fill(operand);
      const result = record.dtype(types, { dtype: rng.pick(dtypes) });
      if (!result) continue;
      const args = types.map((dtype) => this.value(pool, dtype));
      // What a NaN's bits are is not defined.
      if (op === "bitcast" || op === "mantissaOf") {
        const x = args[0]!;
        const isNumber = writer.op("eq", [x, x], "bool");
        return writer.op(op, [writer.op("select", [isNumber, x, writer.constant(1, x.dtype)], x.dtype)], result);
      }
      return writer.op(op, args, result);
    }
  }

  gather(pool: readonly Register[], counters: readonly Register[]): Register {
    const { rng, writer } = this;
    const buffer = rng.pick([...this.constants, ...this.inputs, ...this.targets]);
    const stride = rng.pick([1, 1, -1]);
    const counter = rng.chance(0.5) ? counters.at(-1) : undefined;
    const last = writer.constant(ELEMENTS - (counter ? 3 : 1), "int32");
    const clamped = writer.op("min", [this.value(pool, "int32", true), last], "int32");
    const lane = writer.op("max", [clamped, writer.constant(0, "int32")], "int32");
    const terms = counter ? [{ register: counter, stride }] : [];
    return writer.gather(buffer, { offset: stride < 0 ? ELEMENTS - 1 : 0, terms }, lane, stride);
  }

  block(outer: readonly Register[], counters: readonly Register[], depth: number, size: number): Register[] {
    const pool = [...outer];
    for (let i = 0; i < size; i++) {
      const roll = this.rng.unit();
      if (roll < 0.55) pool.push(this.op(pool));
      else if (roll < 0.65) pool.push(this.writer.load(this.rng.pick(this.constants), this.index(counters)));
      else if (roll < 0.73)
        pool.push(this.writer.load(this.rng.pick([...this.inputs, ...this.targets]), this.index(counters)));
      else if (roll < 0.78) pool.push(this.gather(pool, counters));
      else if (roll < 0.88) this.store(pool, counters);
      else if (roll < 0.9) pool.push(this.writer.op("any", [this.value(pool, "bool", true)], "bool"));
      else if (depth < MAX_DEPTH) pool.push(...this.nested(pool, counters, depth));
    }
    return pool;
  }

  private store(pool: readonly Register[], counters: readonly Register[]): void {
    const buffer = this.rng.pick(this.targets);
    const value = this.value(pool, buffer.dtype, buffer.lane ? undefined : false);
    this.writer.store(buffer, this.index(counters), value);
  }

  /** As many carried values of random types as a loop or branch may have. */
  private nested(pool: readonly Register[], counters: readonly Register[], depth: number): Register[] {
    const { rng, writer } = this;
    const types = Array.from({ length: rng.below(4) }, () => ({ dtype: rng.pick(dtypes), lane: rng.chance(0.7) }));
    const values = (from: readonly Register[]) => types.map(({ dtype, lane }) => this.value(from, dtype, lane));
    const size = 2 + rng.below(8);
    const kind = rng.pick(["loop", "loop", "counted", "while", "if"]);
    if (kind === "if") {
      const side = () => values(this.block(pool, counters, depth + 1, size));
      return writer.if(this.value(pool, "bool", false), side, side);
    }
    const lanes = types.map((t) => t.lane);
    if (kind === "while") {
      const one = writer.constant(1, "int32");
      const test = (carried: readonly Register[]) => {
        const more = writer.op("lt", [carried[0]!, writer.constant(3, "int32")], "bool");
        return writer.op("and", [more, this.value(pool, "bool", false)], "bool");
      };
      const body = (carried: readonly Register[]) => {
        const inside = this.block([...pool, ...carried], [...counters, carried[0]!], depth + 1, size);
        return [writer.op("add", [carried[0]!, one], "int32"), ...values(inside)];
      };
      return writer.while([writer.constant(0, "int32"), ...values(pool)], [false, ...lanes], test, body);
    }
    const turns = rng.pick([0, 1, 2, 3, 3]);
    const count =
      kind === "counted"
        ? writer.op("min", [this.value(pool, "int32", false), writer.constant(turns, "int32")], "int32")
        : turns;
    const body = (counter: Register, carried: readonly Register[]) =>
      values(this.block([...pool, counter, ...carried], [...counters, counter], depth + 1, size));
    return writer.loop(count, values(pool), body, lanes);
  }
}

/**
 * What a random kernel is to have: a bit of everything, more loops inside each other than there are registers for
 * their counters, more values at once than a page of stack holds, or very many statements.
 */
export const kernelKinds = ["mixed", "deep", "wide", "long"] as const;
export type KernelKind = (typeof kernelKinds)[number];

const NESTED = 12;
/** Loops of a deep nest that take two turns; all others take one, or none. */
const TURNING = 4;
const WIDE = 90;
const LONG = 1500;

/** Loops inside each other; elements are named by up to five counters, which are 0 or 1. */
function deep(generator: Generator, pool: readonly Register[], rng: Rng): void {
  const { writer } = generator;
  const types = dtypes.filter(() => rng.chance(0.4));
  const values = (from: readonly Register[]) => types.map((dtype) => generator.value(from, dtype, true));
  const counters: Register[] = [];
  const nest = (outer: readonly Register[], at: number): Register[] => {
    const turns = at < TURNING ? 2 : rng.chance(0.05) ? 0 : 1;
    return writer.loop(turns, values(outer), (counter, carried) => {
      counters.push(counter);
      const some = counters.filter(() => rng.chance(0.4)).slice(-5);
      const index = { offset: 0, terms: some.map((register) => ({ register, stride: 1 })) };
      const inside = [...outer, counter, ...carried];
      inside.push(writer.load(rng.pick(generator.inputs), index), writer.load(rng.pick(generator.targets), index));
      inside.push(generator.op(inside), generator.op(inside));
      if (at + 1 < NESTED) inside.push(...nest(inside, at + 1));
      const target = rng.pick(generator.targets);
      writer.store(target, index, generator.value(inside, target.dtype, target.lane ? undefined : false));
      counters.pop();
      return values(inside);
    });
  };
  nest(pool, 0);
}

/** Values that are all made before the first of them is used, and used in the same order. */
function wide(generator: Generator, pool: readonly Register[], rng: Rng): void {
  const { writer } = generator;
  const dtype = rng.pick(["float32", "float64", "int32"] as const);
  const start = generator.value(pool, dtype, true);
  const made: Register[] = [];
  for (let i = 0; i < WIDE; i++) {
    made.push(writer.op(rng.pick(["add", "mul", "sub"]), [made.at(-1) ?? start, generator.value(pool, dtype)], dtype));
  }
  const sum = made.reduce((a, b) => writer.op(rng.pick(["sub", "max"]), [a, b], dtype));
  const target = generator.targets.find((buffer) => buffer.kind === "output" && buffer.dtype === dtype) as Buffer;
  writer.store(target, { offset: rng.below(ELEMENTS), terms: [] }, sum);
}

export function randomKernel(seed: number, kind: KernelKind = "mixed"): Kernel {
  const rng = rngOf(seed);
  const generator = new Generator(rng);
  const { writer } = generator;
  const [prologue, body] = [openBlock(), openBlock()];
  let uniform: Register[] = [];
  writer.within(prologue, () => {
    const constants = dtypes.map((dtype) => writer.constant(rng.pick(edges[dtype]), dtype));
    const loads = generator.constants.map((buffer) => writer.load(buffer, { offset: rng.below(ELEMENTS), terms: [] }));
    uniform = [...constants, ...loads];
    for (let i = 0; i < 5; i++) uniform.push(generator.op(uniform));
    writer.within(body, () => {
      const loaded = generator.inputs.map((buffer) => writer.load(buffer, { offset: 0, terms: [] }));
      const pool = generator.block([...uniform, ...loaded], [], 0, kind === "long" ? LONG : 25);
      if (kind === "deep") deep(generator, pool, rng);
      if (kind === "wide") wide(generator, pool, rng);
    });
  });
  return {
    lanes: 4,
    groups: kind === "wide" ? 4 : 1 + rng.below(4),
    buffers: writer.buffers,
    prologue: prologue.statements,
    body: body.statements,
  };
}
