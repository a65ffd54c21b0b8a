/** Targets that can run a kernel here, one way to run it on each. */

import { addressOf, nativeFunction, whyNotNative } from "../../src/device/native.ts";
import { emitWasm } from "../../src/emit/wasm/emit.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { emitX64 } from "../../src/emit/x64/emit.ts";
import { x64Target } from "../../src/emit/x64/target.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Layout } from "../../src/kernel/layout.ts";
import type { Target } from "../../src/kernel/target.ts";
import type { Placement } from "./place-kernel.ts";

/** A kernel with a memory of zeros for its buffers. */
export interface Loaded {
  readonly buffer: ArrayBuffer;
  /** All of the buffer can be looked at, guards too. */
  readonly readable: boolean;
  run(): void;
}

export interface Backend {
  readonly target: Target;
  readonly canRun: boolean;
  emit(kernel: Kernel, layout: Layout): Uint8Array<ArrayBuffer>;
  load(placement: Placement): Loaded;
}

const WASM_PAGE = 65536;

export const wasm: Backend = {
  target: wasmTarget,
  canRun: true,
  emit: emitWasm,
  load({ kernel, layout, bytes, chunks, inputs, outputs }) {
    const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / WASM_PAGE)) });
    const module = new WebAssembly.Module(emitWasm(kernel, layout));
    const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
      run(chunks: number, inputs: number, outputs: number): void;
    };
    return { buffer: memory.buffer, readable: true, run: () => run(chunks, inputs, outputs) };
  },
};

/** Machine code over memory that `memoryOf` gives; by default any of this process. */
export const x64Over = (memoryOf: (placement: Placement) => ArrayBuffer): Backend => ({
  target: x64Target,
  emit: emitX64,
  canRun: whyNotNative() === undefined,
  load(placement) {
    const { kernel, layout, chunks, inputs, outputs } = placement;
    const buffer = memoryOf(placement);
    const call = nativeFunction(emitX64(kernel, layout));
    const address = addressOf(new Uint8Array(buffer));
    const go = BigInt64Array.of(-1n);
    const table = [address, address + BigInt(inputs), address + BigInt(outputs), BigInt(chunks), addressOf(go)];
    const run = (): void => {
      call(new BigInt64Array(table));
      if (go[0] !== -1n) throw new Error("expected the word to go on as it was");
    };
    return { buffer, readable: placement.own.length === 0, run };
  },
});

export const x64 = x64Over(({ bytes }) => new ArrayBuffer(Math.ceil(bytes / 8) * 8));

export const backends: readonly Backend[] = [wasm, x64];
