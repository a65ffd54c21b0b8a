/** A WebAssembly kernel as a runner: an instance with a memory of its own. */

import type { TypedArray } from "../base/dtype.ts";
import { type KernelCall, KernelRunner, kernelRoom } from "./kernel.ts";
import type { WasmCode } from "./protocol.ts";
import type { Runner } from "./runner.ts";

const PAGE = 65_536;

export function createWasmRunner(code: WasmCode, shared: readonly TypedArray[]): Runner {
  const initial = Math.max(1, Math.ceil(code.staticBytes / PAGE));
  const memory = kernelRoom(code.staticBytes, () => new WebAssembly.Memory({ initial }));
  const instance = new WebAssembly.Instance(code.module, { env: { memory } });
  // The emitter's contract: its one export.
  const call = instance.exports.run as KernelCall;
  const growing = {
    start: 0,
    get buffer() {
      return memory.buffer;
    },
    reserve(bytes: number): void {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) kernelRoom(bytes, () => memory.grow(Math.ceil(missing / PAGE)));
    },
  };
  return new KernelRunner(code, growing, call, shared);
}
