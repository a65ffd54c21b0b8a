/** Machine code as a runner: its function, and memory that this thread owns. */

import type { TypedArray } from "../base/dtype.ts";
import { type KernelMemory, KernelRunner, kernelRoom, roomyBytes } from "./kernel.ts";
import { addressOf, nativeFunction } from "./native.ts";
import type { X64Code } from "./protocol.ts";
import type { Runner } from "./runner.ts";

/** Vectors that lie across two cache lines cost twice. */
const LINE = 64;

/** Grows by a copy: machine code knows addresses only from call to call. */
class NativeMemory implements KernelMemory {
  buffer = new ArrayBuffer(0);
  /** Where the first whole cache line begins. */
  start = 0;
  address = 0n;

  reserve(bytes: number): void {
    if (this.start + bytes <= this.buffer.byteLength) return;
    const old = new Uint8Array(this.buffer, this.start);
    this.buffer = kernelRoom(bytes, () => new ArrayBuffer(bytes + LINE));
    const address = addressOf(new Uint8Array(this.buffer));
    this.start = Number(BigInt.asUintN(64, -address) % BigInt(LINE));
    this.address = address + BigInt(this.start);
    new Uint8Array(this.buffer, this.start).set(old.subarray(0, bytes));
  }
}

export function createX64Runner(
  code: X64Code,
  shared: readonly TypedArray[],
  go: BigInt64Array = BigInt64Array.of(-1n),
): Runner {
  const memory = new NativeMemory();
  memory.reserve(roomyBytes(code));
  const kernel = nativeFunction(code.bytes);
  const buffers = new BigInt64Array(5);
  const goAddress = addressOf(go);
  const call = (chunks: number, inputs: number, outputs: number): void => {
    const { address } = memory;
    buffers.set([address, address + BigInt(inputs), address + BigInt(outputs), BigInt(chunks), goAddress]);
    kernel(buffers);
    // What it left in memory is no result.
    if (Atomics.load(go, 0) === 0n) throw new Error("it was stopped");
  };
  return new KernelRunner(code, memory, call, shared);
}
