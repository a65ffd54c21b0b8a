/**
 * Where a kernel's buffers lie in one memory: close together, as devices place them, or guarded, each on pages of its
 * own with a page in between that nothing may touch.
 */

import { type DType, dtypeInfo, type TypedArray } from "../../src/base/dtype.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { elementBytes, type Layout, layoutOf } from "../../src/kernel/layout.ts";

export const PAGE = 4096;

/** Which end of each buffer lies at a page that may not be touched. */
export type Guard = "none" | "before" | "behind";

/** Bytes from `start` up to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Placement {
  readonly kernel: Kernel;
  readonly layout: Layout;
  readonly chunks: number;
  /** Addresses of the first chunk's blocks. */
  readonly inputs: number;
  readonly outputs: number;
  /** Of all buffers together, guards among them. */
  readonly bytes: number;
  /** What is the buffers' own. Empty without guards: all is. */
  readonly own: readonly Range[];
}

type Area = "static" | "input" | "output";
const areaOf = ({ kind }: Buffer): Area => (kind === "input" || kind === "output" ? kind : "static");

export const bytesOf = (kernel: Kernel, buffer: Buffer): number => elementBytes(kernel, buffer) * buffer.elements;

function guardedLayout(kernel: Kernel, guard: Guard): Layout {
  const offsets = new Map<number, number>();
  const end = { static: PAGE, input: PAGE, output: PAGE };
  for (const buffer of kernel.buffers) {
    const area = areaOf(buffer);
    const bytes = bytesOf(kernel, buffer);
    const pages = Math.ceil(bytes / PAGE) * PAGE;
    offsets.set(buffer.id, end[area] + (guard === "behind" ? pages - bytes : 0));
    end[area] += pages + PAGE;
  }
  return { offsets, staticBytes: end.static, inputBytes: end.input, outputBytes: end.output };
}

/** Places the buffers for so many chunks. */
export function placeKernel(kernel: Kernel, chunks: number, guard: Guard = "none"): Placement {
  const layout = guard === "none" ? layoutOf(kernel) : guardedLayout(kernel, guard);
  const inputs = layout.staticBytes;
  const outputs = inputs + chunks * layout.inputBytes;
  const bytes = outputs + chunks * layout.outputBytes;
  const placement: Placement = { kernel, layout, chunks, inputs, outputs, bytes, own: [] };
  if (guard === "none") return placement;
  const own = kernel.buffers.flatMap((buffer) =>
    Array.from({ length: areaOf(buffer) === "static" ? 1 : chunks }, (_, chunk): Range => {
      const start = startOf(placement, buffer, chunk);
      return { start, end: start + bytesOf(kernel, buffer) };
    }),
  );
  return { ...placement, own: own.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start) };
}

function startOf({ layout, inputs, outputs }: Placement, buffer: Buffer, chunk: number): number {
  const block = {
    static: 0,
    input: inputs + chunk * layout.inputBytes,
    output: outputs + chunk * layout.outputBytes,
  };
  return block[areaOf(buffer)] + layout.offsets.get(buffer.id)!;
}

/** A buffer's values in one chunk; static buffers are the same in all. bool is seen as the words it is stored in. */
export function viewOf(placement: Placement, memory: ArrayBufferLike, buffer: Buffer, chunk: number): TypedArray {
  const storage = (dtype: DType) => (dtype === "bool" ? Int32Array : dtypeInfo[dtype].storage);
  const { kernel } = placement;
  const length = buffer.elements * (buffer.lane ? kernel.lanes * kernel.groups : 1);
  return new (storage(buffer.dtype))(memory as ArrayBuffer, startOf(placement, buffer, chunk), length);
}

/** Where something was written beside the buffers, in a memory that held zeros; as text. */
export function strayWrites({ own, bytes }: Placement, memory: ArrayBufferLike): string[] {
  if (own.length === 0) return [];
  const words = new Int32Array(memory as ArrayBuffer, 0, bytes / 4);
  let from = 0;
  for (const { start, end } of [...own, { start: bytes, end: bytes }]) {
    const found = words.subarray(from / 4, start / 4).findIndex((word) => word !== 0);
    if (found >= 0) return [`byte ${from + 4 * found} beside the buffers was written`];
    from = end;
  }
  return [];
}
