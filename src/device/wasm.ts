/** A WebAssembly kernel as a runner: an instance with a memory of its own. */

import type { TypedArray } from "../base/dtype.ts";
import { FasterOfTwo } from "./faster.ts";
import { type KernelCall, KernelRunner, kernelRoom } from "./kernel.ts";
import type { WasmCode } from "./protocol.ts";
import type { Runner } from "./runner.ts";

const PAGE = 65_536;

export function createWasmRunner(code: WasmCode, shared: readonly TypedArray[]): Runner {
  const initial = Math.max(1, Math.ceil(code.staticBytes / PAGE));
  const memory = kernelRoom(code.staticBytes, () => new WebAssembly.Memory({ initial }));
  const instance = new WebAssembly.Instance(code.module, { env: { memory } });
  // The emitter's contract: its one export.
  const call = onEvenStack(instance.exports.run as KernelCall);
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

/**
 * Engines keep vectors on the stack from wherever the caller's frame ended, which is a multiple of 8 bytes. Where it is none
 * of 16, some vectors lie across two lines of the cache, and a kernel takes up to twice the time. One argument more, which
 * is ignored, moves them by 8 bytes. What is right shows in the time alone, and changes as engines compile the callers.
 */
function onEvenStack(run: KernelCall): KernelCall {
  const ways = new FasterOfTwo();
  return (...numbers) => {
    const way = ways.next();
    const began = performance.now();
    Reflect.apply(run, undefined, way === 0 ? numbers : [...numbers, 0]);
    ways.record(way, (performance.now() - began) / numbers[0]);
  };
}
