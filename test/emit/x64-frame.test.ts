import { describe, expect, it } from "vitest";
import { emitX64 } from "../../src/emit/x64/emit.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { x64 } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";

const GROUPS = 8;
/** Of one value of float64, for all lanes and groups. */
const BYTES = 8 * 8 * GROUPS;

/** So many values, all made before the first is used, and used in the order in which they were made. */
function waiting(values: number): Kernel {
  const registers = Array.from({ length: 2 * values }, (_, id): Register => ({ id, dtype: "float64", lane: true }));
  const register = (id: number): Register => registers[id]!;
  const common = { dtype: "float64", lane: true, elements: 1 } as const;
  const input: Buffer = { ...common, id: 0, name: "in", kind: "input" };
  const output: Buffer = { ...common, id: 1, name: "out", kind: "output" };
  const index = { offset: 0, terms: [] };
  const op = (name: "add" | "sub", id: number, a: number, b: number): Statement => {
    return { kind: "op", out: register(id), op: name, args: [register(a), register(b)] };
  };
  const body: Statement[] = [{ kind: "load", out: register(0), buffer: input, index }];
  for (let i = 1; i < values; i++) body.push(op("add", i, i - 1, 0));
  for (let i = 1; i < values; i++) body.push(op("sub", values + i, i === 1 ? 0 : values + i - 1, i));
  body.push({ kind: "store", buffer: output, index, value: register(2 * values - 1) });
  return { lanes: 8, groups: GROUPS, buffers: [input, output], prologue: [], body };
}

describe("a kernel whose values do not fit into registers", () => {
  it.skipIf(!x64.canRun)("keeps them on the stack, over many pages", () => {
    const kernel = waiting(300);
    const found = compareKernel(x64, kernel, (_, i) => i / 7, { chunks: 1 });
    expect(found).toEqual([]);
    const code = emitX64(kernel, layoutOf(kernel));
    // Each page is touched: `test [rsp], rax`.
    const probe = [0x48, 0x85, 0x04, 0x24].join();
    const probes = [...code.keys()].filter((i) => code.subarray(i, i + 4).join() === probe).length;
    expect(probes).toBeGreaterThan((250 * BYTES) / 4096);
  });

  it("is refused where the stack would be too small", () => {
    const kernel = waiting(2200);
    expect(() => emitX64(kernel, layoutOf(kernel))).toThrow(
      /^emitX64: expected values of at most 1048576 bytes to wait on the stack, got \d+; use target "wasm"$/,
    );
  });
});
