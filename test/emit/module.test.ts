import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { emitWasm } from "../../src/emit/wasm/emit.ts";
import { printModule } from "../../src/emit/wasm/print.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { randomKernel } from "./random-kernel.ts";

const features = { simd: true, threads: true, sat_float_to_int: true };

async function textOf(bytes: Uint8Array): Promise<string> {
  const { readWasm } = await wabt();
  const module = readWasm(bytes, { ...features, readDebugNames: false });
  module.validate();
  return module.toText({ foldExprs: false, inlineExport: false });
}

/** Euler's y ← y + 0.1·weights[i]·y over the weights, one output. */
function decay(): Kernel {
  const register = (id: number, lane: boolean, dtype: Register["dtype"] = "float32"): Register => ({ id, lane, dtype });
  const [start, tenth, weight, y, change, step, next] = [
    register(0, true),
    register(1, false),
    register(2, false),
    register(3, true),
    register(4, true),
    register(5, true),
    register(6, true),
  ] as const;
  const counter = register(7, false, "int32");
  const common = { dtype: "float32", elements: 1, lane: true } as const;
  const weights = { id: 0, name: "weights", kind: "constant", dtype: "float32", lane: false, elements: 3 } as const;
  const buffers: Buffer[] = [
    { ...weights, data: new Float32Array([1, 2, 3]) },
    { ...common, id: 1, name: "y0", kind: "input" },
    { ...common, id: 2, name: "y", kind: "output" },
  ];
  const first = { offset: 0, terms: [] };
  const turn: Statement[] = [
    { kind: "load", out: weight, buffer: buffers[0]!, index: { offset: 0, terms: [{ register: counter, stride: 1 }] } },
    { kind: "op", out: change, op: "mul", args: [weight, y] },
    { kind: "op", out: step, op: "mul", args: [tenth, change] },
    { kind: "op", out: next, op: "add", args: [y, step] },
  ];
  const body: Statement[] = [
    { kind: "load", out: start, buffer: buffers[1]!, index: first },
    { kind: "loop", counter, count: 3, phis: [{ register: y, init: start, next }], body: turn },
    { kind: "store", buffer: buffers[2]!, index: first, value: y },
  ];
  return { lanes: 4, groups: 2, buffers, prologue: [{ kind: "const", out: tenth, value: 0.1 }], body };
}

const emit = (kernel: Kernel, options = {}) => emitWasm(kernel, layoutOf(kernel), options);

describe("an emitted module", () => {
  it("is this text for a small kernel", async () => {
    expect(await textOf(emit(decay()))).toMatchInlineSnapshot(`
      "(module
        (type (;0;) (func (param i32 i32 i32)))
        (import "env" "memory" (memory (;0;) 1))
        (func (;0;) (type 0) (param i32 i32 i32)
          (local v128 v128 v128 v128 v128 i32 i32 v128 v128 v128 v128 v128 v128 v128)
          v128.const i32x4 0x3dcccccd 0x3dcccccd 0x3dcccccd 0x3dcccccd
          local.set 3
          block  ;; label = @1
            local.get 0
            i32.eqz
            br_if 0 (;@1;)
            loop  ;; label = @2
              local.get 1
              v128.load
              local.set 4
              local.get 1
              v128.load offset=16
              local.set 5
              local.get 4
              local.get 5
              local.set 7
              local.set 6
              i32.const 0
              local.set 8
              i32.const 0
              local.set 9
              loop  ;; label = @3
                local.get 9
                v128.load32_splat
                local.set 10
                local.get 10
                local.get 6
                f32x4.mul
                local.set 11
                local.get 3
                local.get 11
                f32x4.mul
                local.set 12
                local.get 6
                local.get 12
                f32x4.add
                local.set 13
                local.get 10
                local.get 7
                f32x4.mul
                local.set 14
                local.get 3
                local.get 14
                f32x4.mul
                local.set 15
                local.get 7
                local.get 15
                f32x4.add
                local.set 16
                local.get 13
                local.get 16
                local.set 7
                local.set 6
                local.get 9
                i32.const 4
                i32.add
                local.set 9
                local.get 8
                i32.const 1
                i32.add
                local.tee 8
                i32.const 3
                i32.lt_s
                br_if 0 (;@3;)
              end
              local.get 2
              local.get 6
              v128.store
              local.get 2
              local.get 7
              v128.store offset=16
              local.get 1
              i32.const 64
              i32.add
              local.set 1
              local.get 2
              i32.const 64
              i32.add
              local.set 2
              local.get 0
              i32.const 1
              i32.sub
              local.set 0
              local.get 0
              br_if 0 (;@2;)
            end
          end)
        (export "run" (func 0)))
      "
    `);
  });

  it("prints as the independent tool prints it", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const bytes = emit(randomKernel(seed));
      const names = (text: string): string[] => text.split("\n").map((line) => line.trim().split(" ")[0]!);
      const ours = names(printModule(bytes)).filter((name) => name !== "local");
      const start = (await textOf(bytes)).split("\n");
      const theirs = names(start.slice(start.findIndex((line) => line.includes("(func"))).join("\n"));
      const isInstruction = (name: string): boolean => /^[a-z]/.test(name);
      expect(ours, `seed ${seed}`).toEqual(theirs.filter(isInstruction).map((name) => name.replace(/\)+$/, "")));
    }
  });

  it("takes a shared memory when told so, and only then", () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    const own = new WebAssembly.Memory({ initial: 1 });
    const start = (sharedMemory: boolean, memory: WebAssembly.Memory) =>
      new WebAssembly.Instance(new WebAssembly.Module(emit(decay(), { sharedMemory })), { env: { memory } });
    expect(start(true, shared).exports.run).toBeTypeOf("function");
    expect(start(false, own).exports.run).toBeTypeOf("function");
    expect(() => start(true, own)).toThrow();
    expect(() => start(false, shared)).toThrow();
  });

  it("does nothing for no chunks", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(emit(decay())), { env: { memory } }).exports as {
      run(chunks: number, inputs: number, outputs: number): void;
    };
    new Uint8Array(memory.buffer).fill(1);
    run(0, 1024, 2048);
    expect(new Uint8Array(memory.buffer).every((x) => x === 1)).toBe(true);
  });

  it("writes integers of all lengths", async () => {
    const { ByteWriter } = await import("../../src/emit/wasm/encoder.ts");
    const bytesOf = (write: (w: InstanceType<typeof ByteWriter>) => void): number[] => {
      const writer = new ByteWriter();
      write(writer);
      return [...writer.view()];
    };
    expect(bytesOf((w) => w.u32(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(bytesOf((w) => w.u32(0xffffffff))).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(bytesOf((w) => w.s32(-123456))).toEqual([0xc0, 0xbb, 0x78]);
    expect(bytesOf((w) => w.s32(64))).toEqual([0xc0, 0x00]);
    expect(bytesOf((w) => w.s64(-(2n ** 63n)))).toEqual([...new Array(9).fill(0x80), 0x7f]);
  });
});

describe("what cannot be emitted", () => {
  it("a kernel of other lanes", () => {
    expect(() => emit({ ...decay(), lanes: 8 })).toThrowErrorMatchingInlineSnapshot(
      `[LanewiseError: emitWasm: expected a kernel of 4 lanes, got 8; lower it for wasmTarget]`,
    );
  });

  it("an op that has to be expanded", () => {
    const kernel = decay();
    const body = kernel.body.map((s): Statement => {
      if (s.kind !== "loop") return s;
      return { ...s, body: s.body.map((t) => (t.kind === "op" && t.op === "add" ? { ...t, op: "pow" } : t)) };
    });
    expect(() => emit({ ...kernel, body })).toThrowErrorMatchingInlineSnapshot(
      `[LanewiseError: emitWasm: expected an op that Wasm has, got pow of float32 to float32; expand it before lowering]`,
    );
  });
});
