import { describe, expect, it } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import type { Buffer, Kernel, KernelOp, Register, Statement } from "../../src/kernel/kernel.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { randomKernel } from "../emit/random-kernel.ts";

const lane = (id: number, dtype: DType = "float32"): Register => ({ id, dtype, lane: true });
const one = (id: number, dtype: DType = "float32"): Register => ({ id, dtype, lane: false });
const input: Buffer = { id: 0, name: "x", kind: "input", dtype: "float32", lane: true, elements: 2 };
const output: Buffer = { id: 1, name: "y", kind: "output", dtype: "float32", lane: true, elements: 2 };
const shared: Buffer = { id: 2, name: "w", kind: "shared", dtype: "float32", lane: false, elements: 4 };
const single: Buffer = { ...shared, kind: "scratch" };

const at = (offset: number, ...terms: [Register, number][]) => ({
  offset,
  terms: terms.map(([register, stride]) => ({ register, stride })),
});
const load = (out: Register, buffer: Buffer = input, index = at(0)): Statement => ({
  kind: "load",
  out,
  buffer,
  index,
});
const op = (out: Register, name: KernelOp, ...args: Register[]): Statement => ({ kind: "op", out, op: name, args });
const constant = (out: Register, value = 1): Statement => ({ kind: "const", out, value });
const store = (value: Register, buffer: Buffer = output, index = at(0)): Statement => ({
  kind: "store",
  buffer,
  index,
  value,
});
const loop = (count: number, counter: Register, ...body: Statement[]): Statement => ({
  kind: "loop",
  counter,
  count,
  phis: [],
  body,
});

const kernel = (body: Statement[], rest: Partial<Kernel> = {}): Kernel => ({
  lanes: 4,
  groups: 1,
  buffers: [input, output, shared],
  prologue: [],
  body,
  ...rest,
});

const x = lane(0);
const c = one(1);
const flag = one(2, "bool");
const i = one(3, "int32");

const broken: { readonly [rule: string]: Kernel } = {
  "lanes and groups are counts": kernel([], { groups: 0 }),
  "buffer ids are unique": kernel([], { buffers: [input, { ...output, id: 0 }] }),
  "inputs are per lane": kernel([], { buffers: [{ ...input, lane: false }] }),
  "constants have data": kernel([], { buffers: [{ ...shared, kind: "constant" }] }),
  "constants have all their data": kernel([], {
    buffers: [{ ...shared, kind: "constant", data: new Float32Array(3) }],
  }),
  "registers are defined before use": kernel([op(lane(5), "neg", x)]),
  "registers are assigned once": kernel([load(x), load(x)]),
  "registers end with their block": kernel([loop(2, i, load(x)), store(x)]),
  "the prologue is uniform": kernel([], { prologue: [load(x)] }),
  "constants are uniform": kernel([constant(x)]),
  "ops are native": kernel([load(x), op(lane(5), "exp", x)]),
  "operands fit the op": kernel([load(x), op(lane(5), "and", x, x)]),
  "results fit the op": kernel([load(x), op(lane(5, "int32"), "neg", x)]),
  "a lane operand gives a lane result": kernel([load(x), op(one(5), "neg", x)]),
  "splat widens a uniform": kernel([load(x), op(lane(5), "splat", x)]),
  "any is of lane bools": kernel([load(x), op(one(5), "any", x)]),
  "loads fit the buffer": kernel([load(one(5))]),
  "buffers belong to the kernel": kernel([load(x)], { buffers: [output] }),
  "indices are uniform integers": kernel([constant(c), load(x, input, at(0, [c, 1]))]),
  "constant indices stay inside": kernel([load(x, input, at(2))]),
  "counted indices stay inside": kernel([loop(3, i, load(x, input, at(0, [i, 1])))]),
  "indices stay above zero": kernel([loop(2, i, load(x, input, at(0, [i, -1])))]),
  "inputs are not written to": kernel([load(x), store(x, input)]),
  "elements side by side stay inside": kernel([load(x), store(x, single, at(1))], { buffers: [input, single] }),
  "lanes are either points or elements": kernel([], { across: "elements" }),
  "gathers go by lane integers": kernel([
    load(x),
    { kind: "gather", out: lane(5), buffer: shared, index: at(0), lane: x, stride: 1 },
  ]),
  "loops count turns": kernel([loop(-1, i)]),
  "counters are uniform integers": kernel([loop(1, c)]),
  "phis keep their type": kernel([
    constant(c),
    load(x),
    { kind: "loop", counter: i, count: 1, phis: [{ register: lane(6), init: x, next: c }], body: [] },
  ]),
  "first values have the phi's type": kernel([
    constant(c),
    { kind: "loop", counter: i, count: 1, phis: [{ register: lane(6), init: c, next: lane(6) }], body: [] },
  ]),
  "conditions are uniform bools": kernel([
    constant(c),
    { kind: "if", condition: c, then: [], otherwise: [], merges: [] },
  ]),
  "while tests a uniform bool": kernel([{ kind: "while", phis: [], test: [constant(c)], condition: c, body: [] }]),
  "merges take from their own blocks": kernel([
    constant(flag),
    {
      kind: "if",
      condition: flag,
      then: [load(x)],
      otherwise: [],
      merges: [{ register: lane(6), then: x, otherwise: x }],
    },
  ]),
};

describe("verifyKernel", () => {
  it("accepts kernels of the whole grammar", () => {
    for (let seed = 0; seed < 30; seed++) verifyKernel(randomKernel(seed));
  });

  it("accepts anything in a loop that never turns", () => {
    verifyKernel(kernel([loop(0, i, load(x, input, at(7, [i, 1])))]));
  });

  it("says which rule is broken", () => {
    const messages = Object.entries(broken).map(([rule, k]) => {
      try {
        verifyKernel(k);
      } catch (error) {
        return `${rule} — ${(error as Error).message}`;
      }
      return `${rule} — accepted`;
    });
    expect(messages).toMatchInlineSnapshot(`
      [
        "lanes and groups are counts — verifyKernel, groups: expected a positive integer, got 0; correct what wrote the kernel",
        "buffer ids are unique — verifyKernel, buffer y: expected an id of its own, got 0 again; correct what wrote the kernel",
        "inputs are per lane — verifyKernel, buffer x: expected input to be per lane, got uniform; correct what wrote the kernel",
        "constants have data — verifyKernel, buffer w: expected data for constants alone, got constant float32; correct what wrote the kernel",
        "constants have all their data — verifyKernel, buffer w: expected 4 elements of data, got 3; correct what wrote the kernel",
        "registers are defined before use — verifyKernel, neg: expected a register defined before, got %0 (lane float32); correct what wrote the kernel",
        "registers are assigned once — verifyKernel, load of x: expected a register assigned once, got %0 (lane float32) again; correct what wrote the kernel",
        "registers end with their block — verifyKernel, store of y: expected a register of this block or one around it, got %0 (lane float32); correct what wrote the kernel",
        "the prologue is uniform — verifyKernel, load of x: expected uniform buffers in the prologue, got input; correct what wrote the kernel",
        "constants are uniform — verifyKernel, const: expected a uniform register, got %0 (lane float32); correct what wrote the kernel",
        "ops are native — verifyKernel, exp: expected an op that targets compute, got one to be expanded; correct what wrote the kernel",
        "operands fit the op — verifyKernel, and: expected 2 of bool, int32 or uint32, got %0 (lane float32), %0 (lane float32); correct what wrote the kernel",
        "results fit the op — verifyKernel, neg: expected a lane float32 as result, got %5 (lane int32); correct what wrote the kernel",
        "a lane operand gives a lane result — verifyKernel, neg: expected a lane float32 as result, got %5 (uniform float32); correct what wrote the kernel",
        "splat widens a uniform — verifyKernel, splat: expected a uniform register to a lane one of its dtype, got %0 (lane float32) to %5 (lane float32); correct what wrote the kernel",
        "any is of lane bools — verifyKernel, any: expected a lane bool to a uniform one, got %0 (lane float32) to %5 (uniform float32); correct what wrote the kernel",
        "loads fit the buffer — verifyKernel, load of x: expected a lane float32 as result, got %5 (uniform float32); correct what wrote the kernel",
        "buffers belong to the kernel — verifyKernel, load of x: expected a buffer of the kernel, got another; correct what wrote the kernel",
        "indices are uniform integers — verifyKernel, load of x: expected a uniform int32, got %1 (uniform float32); correct what wrote the kernel",
        "constant indices stay inside — verifyKernel, load of x: expected elements from 0 to 1, got 2; correct what wrote the kernel",
        "counted indices stay inside — verifyKernel, load of x: expected elements from 0 to 1, got 0 to 2; correct what wrote the kernel",
        "indices stay above zero — verifyKernel, load of x: expected elements from 0 to 1, got -1 to 0; correct what wrote the kernel",
        "inputs are not written to — verifyKernel, store of x: expected output or scratch, got input; correct what wrote the kernel",
        "elements side by side stay inside — verifyKernel, store of w: expected elements from 0 to 3, got 1 to 4; correct what wrote the kernel",
        "lanes are either points or elements — verifyKernel, buffer x: expected input to be uniform, got per lane; correct what wrote the kernel",
        "gathers go by lane integers — verifyKernel, gather of w: expected a lane int32, got %0 (lane float32); correct what wrote the kernel",
        "loops count turns — verifyKernel, loop: expected a number of turns, got -1; correct what wrote the kernel",
        "counters are uniform integers — verifyKernel, loop, counter: expected a uniform int32, got %1 (uniform float32); correct what wrote the kernel",
        "phis keep their type — verifyKernel, loop, next value of %6: expected a lane float32, got %1 (uniform float32); correct what wrote the kernel",
        "first values have the phi's type — verifyKernel, loop, first value of %6: expected a lane float32, got %1 (uniform float32); correct what wrote the kernel",
        "conditions are uniform bools — verifyKernel, if, condition: expected a uniform bool, got %1 (uniform float32); correct what wrote the kernel",
        "while tests a uniform bool — verifyKernel, while, condition: expected a uniform bool, got %1 (uniform float32); correct what wrote the kernel",
        "merges take from their own blocks — verifyKernel, if, otherwise of %6: expected a register of this block or one around it, got %0 (lane float32); correct what wrote the kernel",
      ]
    `);
  });
});
