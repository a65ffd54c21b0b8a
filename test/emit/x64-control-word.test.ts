import { describe, expect, it } from "vitest";
import { addressOf, nativeFunction } from "../../src/device/native.ts";
import { emitX64 } from "../../src/emit/x64/emit.ts";
import { Assembler, gpr } from "../../src/emit/x64/encoder.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { x64 } from "../helpers/backends.ts";

const LANES = 8;

/** out[0] = in[0] · in[1], out[1] = in[0] + in[1] */
function kernel(): Kernel {
  const register = (id: number): Register => ({ id, dtype: "float32", lane: true });
  const [a, b, product, sum] = [register(0), register(1), register(2), register(3)];
  const common = { dtype: "float32", lane: true, elements: 2 } as const;
  const input: Buffer = { ...common, id: 0, name: "in", kind: "input" };
  const output: Buffer = { ...common, id: 1, name: "out", kind: "output" };
  const at = (offset: number) => ({ offset, terms: [] });
  const body: Statement[] = [
    { kind: "load", out: a, buffer: input, index: at(0) },
    { kind: "load", out: b, buffer: input, index: at(1) },
    { kind: "op", out: product, op: "mul", args: [a, b] },
    { kind: "op", out: sum, op: "add", args: [a, b] },
    { kind: "store", buffer: output, index: at(0), value: product },
    { kind: "store", buffer: output, index: at(1), value: sum },
  ];
  return { lanes: LANES, groups: 1, buffers: [input, output], prologue: [], body };
}

/** The table's words behind those of a kernel: what the thread's control word is to be, was, and is afterwards. */
const [GIVEN, BEFORE, AFTER] = [5 * 8, 6 * 8, 7 * 8];

/** Calls the code behind it as a thread would whose control word is another. */
function underControlWord(code: Uint8Array): Uint8Array {
  const head = new Assembler();
  head.emit("push", gpr.rbx);
  head.emit("mov", gpr.rbx, gpr.rdi);
  head.emit("vstmxcsr", { base: gpr.rbx, offset: BEFORE });
  head.emit("vldmxcsr", { base: gpr.rbx, offset: GIVEN });
  const tail = new Assembler();
  tail.emit("vstmxcsr", { base: gpr.rbx, offset: AFTER });
  tail.emit("vldmxcsr", { base: gpr.rbx, offset: BEFORE });
  tail.emit("pop", gpr.rbx);
  tail.emit("ret");
  const [before, after] = [head, tail].map((part) => part.finish(new Uint8Array()).subarray(0, part.size));
  const call = new Uint8Array(5);
  const start = Math.ceil((before!.length + call.length + after!.length) / 32) * 32;
  call[0] = 0xe8;
  new DataView(call.buffer).setInt32(1, start - before!.length - call.length, true);
  const all = new Uint8Array(start + code.length);
  all.set([...before!, ...call, ...after!]);
  all.set(code, start);
  return all;
}

describe.skipIf(!x64.canRun)("machine code in a thread with another control word", () => {
  const FLUSH = 0x8000;
  const ZEROS = 0x0040;
  const UP = 0x4000;
  const MASKED = 0x1f80;
  for (const [what, word] of [
    ["that flushes denormals", MASKED | FLUSH | ZEROS],
    ["that rounds up", MASKED | UP],
    ["as it should be", MASKED],
  ] as const) {
    it(`gives the same bits ${what}, and leaves it as it was`, () => {
      const code = underControlWord(emitX64(kernel(), layoutOf(kernel())));
      const layout = layoutOf(kernel());
      const memory = new Float32Array((layout.inputBytes + layout.outputBytes) / 4);
      const pairs = [
        [2 ** -100, 2 ** -40],
        [2 ** -149, 2],
        [1.1, 1.3],
        [-1.1, 1.3],
        [2 ** -126, -(2 ** -127)],
        [1e-40, 1e-41],
        [0.1, 0.2],
        [3, 2 ** -140],
      ];
      for (const [lane, [a, b]] of pairs.entries()) memory.set([a!], lane) ?? memory.set([b!], LANES + lane);
      const at = addressOf(memory);
      const table = new BigInt64Array([at, at, at + BigInt(layout.inputBytes), 1n, 0n, BigInt(word), 0n, 0n]);
      nativeFunction(code)(table);
      const out = memory.subarray(layout.inputBytes / 4);
      const wanted = pairs.flatMap(([a, b]) => [Math.fround(Math.fround(a!) * Math.fround(b!))]);
      const sums = pairs.map(([a, b]) => Math.fround(Math.fround(a!) + Math.fround(b!)));
      expect(Array.from(out.subarray(0, 2 * LANES))).toEqual([...wanted, ...sums]);
      expect(wanted.some((x) => x !== 0 && Math.abs(x) < 2 ** -126)).toBe(true);
      expect(table[AFTER / 8]).toBe(BigInt(word));
    });
  }
});
