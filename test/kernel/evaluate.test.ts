import { expect, it } from "vitest";
import { evaluateKernel } from "../../src/kernel/evaluate.ts";
import type { Buffer, Kernel, Register } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";

const lane = (id: number, dtype: Register["dtype"]): Register => ({ id, dtype, lane: true });

/** y[0] = x[0] < table[x[1]], bool out of float32 and an index per point. */
function lookup(first: number): { kernel: Kernel; buffers: readonly Buffer[] } {
  const x: Buffer = { id: 0, name: "x", kind: "input", dtype: "float32", lane: true, elements: 2 };
  const y: Buffer = { id: 1, name: "y", kind: "output", dtype: "bool", lane: true, elements: 1 };
  const data = new Float32Array([10, 20, 30]);
  const table: Buffer = { id: 2, name: "table", kind: "constant", dtype: "float32", lane: false, elements: 3, data };
  const [a, b, i, t, less] = [
    lane(0, "float32"),
    lane(1, "float32"),
    lane(2, "int32"),
    lane(3, "float32"),
    lane(4, "bool"),
  ];
  const at = (offset: number) => ({ offset, terms: [] });
  const kernel: Kernel = {
    lanes: 2,
    groups: 2,
    buffers: [x, y, table],
    prologue: [],
    body: [
      { kind: "load", out: a!, buffer: x, index: at(0) },
      { kind: "load", out: b!, buffer: x, index: at(1) },
      { kind: "op", out: i!, op: "convert", args: [b!] },
      { kind: "gather", out: t!, buffer: table, index: at(first), lane: i!, stride: 1 },
      { kind: "op", out: less!, op: "lt", args: [a!, t!] },
      { kind: "store", buffer: y, index: at(0), value: less! },
    ],
  };
  return { kernel, buffers: [x, y, table] };
}

function run(first: number): number[] {
  const { kernel } = lookup(first);
  const layout = layoutOf(kernel);
  const inputs = layout.staticBytes;
  const outputs = inputs + 2 * layout.inputBytes;
  const memory = new ArrayBuffer(outputs + 2 * layout.outputBytes);
  new Float32Array(memory).set([10, 20, 30], layout.offsets.get(2)! / 4);
  const points = new Float32Array(memory, inputs);
  points.set([5, 15, 25, 35, 0, 1, 2, 0]);
  points.set([9, 20, Number.NaN, 0, 0, 1, 2, 2], layout.inputBytes / 4);
  evaluateKernel(kernel, layout, memory, 2, inputs, outputs);
  const results = new Int32Array(memory, outputs);
  return [...results.subarray(0, 4), ...results.subarray(layout.outputBytes / 4, layout.outputBytes / 4 + 4)];
}

it("every chunk's points get their own results, bool as masks", () => {
  expect(run(0)).toEqual([-1, -1, -1, 0, -1, 0, 0, -1]);
});

it("an index outside of its buffer is an error", () => {
  expect(() => run(1)).toThrowErrorMatchingInlineSnapshot(
    `[LanewiseError: evaluateKernel: expected an element of table from 0 to 2, got 3; the index should have been clamped]`,
  );
});
