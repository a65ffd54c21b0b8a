/** Machine code in executable memory, run through koffi where it is installed: in the project, or under `KOFFI_PATH`. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type DType, dtypeInfo } from "../../src/base/dtype.ts";
import { emitX64 } from "../../src/emit/x64/emit.ts";
import { evaluateKernel } from "../../src/kernel/evaluate.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { type Layout, layoutOf } from "../../src/kernel/layout.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";

interface Library {
  func(signature: string): (...args: unknown[]) => unknown;
}
interface Koffi {
  load(name: string): Library;
  proto(signature: string): unknown;
  decode(pointer: unknown, type: unknown): (table: BigInt64Array) => void;
  view(pointer: unknown, bytes: number): ArrayBuffer;
  address(view: ArrayBufferView): bigint;
}

/** Without AVX2 the first instruction would end the process. */
function hasAvx2(): boolean {
  if (process.arch !== "x64") return false;
  if (process.platform === "linux") return / avx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  return process.platform === "darwin" && `${execFileSync("sysctl", ["-n", "hw.optional.avx2_0"])}`.trim() === "1";
}

function findKoffi(): Koffi | undefined {
  if (!hasAvx2()) return undefined;
  for (const from of [import.meta.url, process.env.KOFFI_PATH && join(process.env.KOFFI_PATH, "package.json")]) {
    if (!from) continue;
    try {
      return createRequire(from)("koffi") as Koffi;
    } catch {
      // Not there: the next place, or none.
    }
  }
  return undefined;
}

const koffi = findKoffi();
export const canRun = koffi !== undefined;
const READ_WRITE = 3;
const READ_EXECUTE = 5;
const PRIVATE_ANONYMOUS = process.platform === "darwin" ? 0x1002 : 0x22;
const system = koffi?.load(process.platform === "darwin" ? "libSystem.dylib" : "libc.so.6");
const mmap = system?.func("void *mmap(void *address, size_t bytes, int protection, int flags, int file, long offset)");
const mprotect = system?.func("int mprotect(void *address, size_t bytes, int protection)");
const munmap = system?.func("int munmap(void *address, size_t bytes)");
const proto = koffi?.proto("void lanewise_kernel(void *)");

/** Where static buffers, inputs and outputs begin in the memory, in bytes. */
export interface Starts {
  readonly inputs: number;
  readonly outputs: number;
}

/** Loads the code, runs `call` with it, and gives the memory back. */
export function withCode<T>(
  code: Uint8Array,
  call: (run: (memory: Uint8Array, starts: Starts, chunks: number) => void) => T,
): T {
  const pointer = mmap!(null, code.length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
  new Uint8Array(koffi!.view(pointer, code.length)).set(code);
  mprotect!(pointer, code.length, READ_EXECUTE);
  const kernel = koffi!.decode(pointer, proto);
  try {
    return call((memory, { inputs, outputs }, chunks) => {
      const at = BigInt(koffi!.address(memory));
      kernel(new BigInt64Array([at, at + BigInt(inputs), at + BigInt(outputs), BigInt(chunks)]));
    });
  } finally {
    munmap!(pointer, code.length);
  }
}

/** Value `i` of a buffer; of inputs in every chunk. */
export type Fill = (buffer: Buffer, i: number) => number;

const startsOf = (layout: Layout, chunks: number): Starts & { readonly bytes: number } => {
  const inputs = layout.staticBytes;
  const outputs = inputs + chunks * layout.inputBytes;
  return { inputs, outputs, bytes: outputs + chunks * layout.outputBytes };
};

function viewOf(kernel: Kernel, layout: Layout, memory: ArrayBuffer, chunks: number, buffer: Buffer, chunk: number) {
  const { inputs, outputs } = startsOf(layout, chunks);
  const blocks = { input: inputs + chunk * layout.inputBytes, output: outputs + chunk * layout.outputBytes };
  const start = buffer.kind === "input" || buffer.kind === "output" ? blocks[buffer.kind] : 0;
  const length = buffer.elements * (buffer.lane ? kernel.lanes * kernel.groups : 1);
  const storage = (dtype: DType) => (dtype === "bool" ? Int32Array : dtypeInfo[dtype].storage);
  return new (storage(buffer.dtype))(memory, start + layout.offsets.get(buffer.id)!, length);
}

/** Runs a kernel twice on equal memory, by the evaluator and as machine code; gives the differences as text. */
export function compareX64(kernel: Kernel, fill: Fill, chunks = 2): string[] {
  verifyKernel(kernel);
  const layout = layoutOf(kernel);
  const { inputs, outputs, bytes } = startsOf(layout, chunks);
  const memory = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  for (const buffer of kernel.buffers) {
    if (buffer.kind === "output" || buffer.kind === "scratch") continue;
    for (let chunk = 0; chunk < (buffer.kind === "input" ? chunks : 1); chunk++) {
      const target = viewOf(kernel, layout, memory, chunks, buffer, chunk);
      target.forEach((_, i) => {
        const value = buffer.data?.[i] ?? fill(buffer, i + chunk * target.length);
        target[i] = buffer.dtype === "bool" && buffer.lane ? -value : value;
      });
    }
  }
  const wanted = memory.slice(0);
  evaluateKernel(kernel, layout, wanted, chunks, inputs, outputs);
  withCode(emitX64(kernel, layout), (run) => run(new Uint8Array(memory), { inputs, outputs }, chunks));
  const found: string[] = [];
  for (const buffer of kernel.buffers) {
    for (let chunk = 0; chunk < (buffer.kind === "output" ? chunks : 1); chunk++) {
      const a = viewOf(kernel, layout, memory, chunks, buffer, chunk);
      const b = viewOf(kernel, layout, wanted, chunks, buffer, chunk);
      a.forEach((x, i) => {
        if (!Object.is(x, b[i])) found.push(`${buffer.name} chunk ${chunk} value ${i}: ${x}, evaluator ${b[i]}`);
      });
    }
  }
  return found;
}
