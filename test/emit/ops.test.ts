import { describe, expect, it } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import type { OpName } from "../../src/op/table.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { natives, signatures } from "../helpers/signatures.ts";
import { compare } from "./run.ts";

const ROUNDS = 24;

/** Which operands are per lane; the others are uniform, read from a constant. */
function kernelOf(op: OpName, operands: DType[], result: DType, lanes: boolean[], groups: number): Kernel {
  let ids = 0;
  const register = (dtype: DType, lane: boolean): Register => ({ id: ids++, dtype, lane });
  const rng = rngOf(7);
  const sources = operands.map((dtype, id): Buffer => {
    const common = { id, name: `operand${id}`, dtype, elements: ROUNDS };
    if (lanes[id]) return { ...common, kind: "input", lane: true };
    const data = new Float64Array(ROUNDS).map(() => rng.pick(edges[dtype]));
    return { ...common, kind: "constant", lane: false, data };
  });
  const lane = lanes.includes(true);
  const out: Buffer = { id: 9, name: "out", kind: "output", dtype: result, lane: true, elements: ROUNDS };
  const counter = register("int32", false);
  const index = { offset: 0, terms: [{ register: counter, stride: 1 }] };
  const args = operands.map((dtype, i) => register(dtype, lanes[i]!));
  const value = register(result, lane);
  const loads = args.map((arg, i): Statement => ({ kind: "load", out: arg, buffer: sources[i]!, index }));
  const body: Statement[] = [
    ...loads,
    { kind: "op", out: value, op, args },
    { kind: "store", buffer: out, index, value },
  ];
  const loop: Statement = { kind: "loop", counter, count: ROUNDS, phis: [], body };
  return { lanes: 4, groups, buffers: [...sources, out], prologue: [], body: [loop] };
}

const masks = (count: number): boolean[][] =>
  Array.from({ length: 2 ** count }, (_, bits) => Array.from({ length: count }, (_, i) => ((bits >> i) & 1) === 1));

describe("every native op gives its reference value in Wasm", () => {
  for (const op of natives) {
    it(op, () => {
      expect(wasmTarget.native.has(op)).toBe(true);
      const rng = rngOf(11);
      for (const { operands, result } of signatures(op)) {
        for (const lanes of masks(operands.length)) {
          const kernel = kernelOf(op, operands, result, lanes, 1 + rng.below(4));
          const found = compare(kernel, (buffer) => rng.pick(edges[buffer.dtype]));
          const where = `${op} ${operands} to ${result}, per lane ${lanes}`;
          expect(found.slice(0, 3), where).toEqual([]);
        }
      }
    });
  }
});

describe("the Wasm target", () => {
  it("has no op that would have to be expanded", () => {
    expect([...wasmTarget.native].filter((op) => !natives.includes(op))).toEqual([]);
  });
});
