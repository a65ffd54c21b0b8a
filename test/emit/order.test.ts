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

/** Elements are written side by side, then the last of them is read, by all. */
function storeThenLoad(lanes: number): Kernel {
  const [made, read] = [0, 1].map((id): Register => ({ id, dtype: "float32", lane: id === 0 })) as [Register, Register];
  const elements = 4 * lanes;
  const buffer = (id: number, kind: Buffer["kind"]): Buffer => ({
    id,
    name: kind,
    kind,
    dtype: "float32",
    lane: false,
    elements,
  });
  const [input, scratch, output] = [buffer(0, "input"), buffer(1, "scratch"), buffer(2, "output")];
  const at = (offset: number) => ({ offset, terms: [] });
  const body: Statement[] = [
    { kind: "load", out: made, buffer: input, index: at(0) },
    { kind: "store", buffer: scratch, index: at(0), value: made },
    { kind: "load", out: read, buffer: scratch, index: at(elements - 1) },
    { kind: "store", buffer: output, index: at(0), value: read },
  ];
  return { lanes, groups: 4, across: "elements", buffers: [input, scratch, output], prologue: [], body };
}

describe("elements that lanes write are read when the last lane group has written them", () => {
  for (const backend of backends.filter((one) => one.canRun)) {
    it(`on ${backend.target.name}`, () => {
      expect(compareKernel(backend, storeThenLoad(backend.target.lanes), (_, i) => i + 1)).toEqual([]);
    });
  }
});

describe("what all points share is stored when the last lane group has read it", () => {
  for (const backend of backends.filter((one) => one.canRun)) {
    it(`on ${backend.target.name}`, () => {
      expect(compareKernel(backend, gatherThenStore(backend.target.lanes), (_, i) => i % 2)).toEqual([]);
    });
  }
});
