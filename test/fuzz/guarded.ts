/** Memory for machine code in which every buffer lies beside pages that nothing may touch: whoever does, dies. */

import { createRequire } from "node:module";
import { addressOf } from "../../src/device/native.ts";
import { type Backend, x64Over } from "../helpers/backends.ts";
import { PAGE, type Placement } from "../helpers/place-kernel.ts";

interface Koffi {
  load(name: null): { func(name: string, result: string, parameters: string[]): (...args: unknown[]) => unknown };
  view(pointer: unknown, bytes: number): ArrayBuffer;
}

/** More than any kernel of the fuzz needs. */
export const REGION_BYTES = 2 ** 28;
const [NOTHING, READ_WRITE] = [0, 3];
const [PRIVATE, FIXED] = [0x02, 0x10];
const ANONYMOUS = process.platform === "darwin" ? 0x1000 : 0x20;

class Region {
  readonly buffer: ArrayBuffer;
  private readonly address: bigint;
  private readonly mmap: (...args: unknown[]) => unknown;
  private readonly mprotect: (...args: unknown[]) => unknown;
  private used = 0;

  constructor() {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    const system = koffi.load(null);
    this.mmap = system.func("mmap", "void *", ["void *", "size_t", "int", "int", "int", "long"]);
    this.mprotect = system.func("mprotect", "int", ["void *", "size_t", "int"]);
    const pointer = this.mmap(null, REGION_BYTES, NOTHING, PRIVATE | ANONYMOUS, -1, 0);
    this.buffer = koffi.view(pointer, REGION_BYTES);
    this.address = addressOf(new Uint8Array(this.buffer));
  }

  /** Zeros for the kernel's own buffers; all else may not be touched. */
  open({ bytes, own }: Placement): ArrayBuffer {
    if (bytes > REGION_BYTES) throw new Error(`the fuzz has room for ${REGION_BYTES} bytes, not for ${bytes}`);
    if (this.used > 0) this.mmap(this.address, this.used, NOTHING, PRIVATE | ANONYMOUS | FIXED, -1, 0);
    this.used = bytes;
    for (const { start, end } of own) {
      const from = Math.floor(start / PAGE) * PAGE;
      const length = Math.ceil(end / PAGE) * PAGE - from;
      if (this.mprotect(this.address + BigInt(from), length, READ_WRITE) !== 0) throw new Error("mprotect failed");
    }
    return this.buffer;
  }
}

let region: Region | undefined;

/** One kernel at a time: the next one's memory is the same. */
export const guardedX64: Backend = x64Over((placement) => {
  region ??= new Region();
  return region.open(placement);
});
