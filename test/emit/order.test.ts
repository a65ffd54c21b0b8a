import { describe, expect, it } from "vitest";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import { backends } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";

/** Every point gathers from what all points share; then an element of it changes. */
function gatherThenStore(lanes: number): Kernel {
  const register = (id: number, dtype: Register["dtype"], lane: boolean): Register => ({ id, dtype, lane });
  const [at, gathered, stored] = [
    register(0, "int32", true),
    register(1, "float32", true),
    register(2, "float32", false),
  ];
  const where: Buffer = { id: 0, name: "where", kind: "input", dtype: "int32", lane: true, elements: 1 };
  const shared: Buffer = { id: 1, name: "shared", kind: "scratch", dtype: "float32", lane: false, elements: 2 };
  const out: Buffer = { id: 2, name: "out", kind: "output", dtype: "float32", lane: true, elements: 1 };
  const first = { offset: 0, terms: [] };
  const body: Statement[] = [
    { kind: "load", out: at, buffer: where, index: first },
    { kind: "gather", out: gathered, buffer: shared, index: first, lane: at, stride: 1 },
    { kind: "store", buffer: shared, index: { offset: 1, terms: [] }, value: stored },
    { kind: "store", buffer: out, index: first, value: gathered },
  ];
  return {
    lanes,
    groups: 4,
    buffers: [where, shared, out],
    prologue: [{ kind: "const", out: stored, value: 5 }],
    body,
  };
}

describe("what all points share is stored when the last lane group has read it", () => {
  for (const backend of backends.filter((one) => one.canRun)) {
    it(`on ${backend.target.name}`, () => {
      expect(compareKernel(backend, gatherThenStore(backend.target.lanes), (_, i) => i % 2)).toEqual([]);
    });
  }
});
