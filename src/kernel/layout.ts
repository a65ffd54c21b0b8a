/** Where each buffer lies in a device's memory. */

import { dtypeInfo } from "../base/dtype.ts";
import type { Buffer, Kernel } from "./kernel.ts";

/** Cache line; the strictest alignment any load wants. */
const ALIGN = 64;

export interface Layout {
  /** Byte offset of each buffer, by id: static ones from address 0, inputs and outputs from their chunk's block. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Constants, shared inputs and scratch, all chunks together. */
  readonly staticBytes: number;
  /** Inputs of one chunk. */
  readonly inputBytes: number;
  /** Outputs of one chunk. */
  readonly outputBytes: number;
}

/** Points of a chunk. */
export const pointsOf = ({ lanes, groups, across }: Pick<Kernel, "lanes" | "groups" | "across">): number =>
  across === "elements" ? 1 : lanes * groups;

/** Bytes of one value in kernel memory: `bool` is as wide as a 32-bit lane. */
export const bytesInKernel = (buffer: Pick<Buffer, "dtype">): number =>
  buffer.dtype === "bool" ? 4 : dtypeInfo[buffer.dtype].bytes;

/** Bytes from one element of a buffer to the next. */
export const elementBytes = (kernel: Pick<Kernel, "lanes" | "groups">, buffer: Buffer): number =>
  bytesInKernel(buffer) * (buffer.lane ? kernel.lanes * kernel.groups : 1);

export function layoutOf(kernel: Kernel): Layout {
  const offsets = new Map<number, number>();
  const end = { static: 0, input: 0, output: 0 };
  for (const buffer of kernel.buffers) {
    const area = buffer.kind === "input" || buffer.kind === "output" ? buffer.kind : "static";
    offsets.set(buffer.id, end[area]);
    const bytes = elementBytes(kernel, buffer) * buffer.elements;
    end[area] += Math.ceil(bytes / ALIGN) * ALIGN;
  }
  return { offsets, staticBytes: end.static, inputBytes: end.input, outputBytes: end.output };
}
