/** A kernel with a memory of its own: fills blocks from columns, runs, copies blocks into columns. */

import { type ColumnSource, fillColumn } from "../base/column.ts";
import { allocate, type TypedArray } from "../base/dtype.ts";
import { roomFor } from "../base/memory.ts";
import {
  type Blocks,
  type Columns,
  markLimited,
  type Place,
  readBlocks,
  Views,
  writeBlocks,
  writeUniform,
} from "./batch.ts";
import type { KernelCode } from "./protocol.ts";
import type { Runner } from "./runner.ts";

/** Chunks of one call take at most this many bytes of memory, however large the batch. */
const MOST_BYTES = 2 ** 26;

/** Bytes that a device takes for a kernel before any batch: its buffers, and those of one chunk. */
export const kernelBytes = ({ staticBytes, inputBytes, outputBytes }: KernelCode): number =>
  staticBytes + inputBytes + outputBytes;

/** The same, with room for more chunks where making it later would copy much. */
export const roomyBytes = (code: KernelCode): number =>
  Math.max(kernelBytes(code), code.staticBytes + Math.min(code.staticBytes, MOST_BYTES));

/** Makes room for a kernel's buffers, or says how to do with less. */
export const kernelRoom = <T>(bytes: number, make: () => T): T =>
  roomFor(
    "the model's arrays",
    bytes,
    "use fewer devices (nPmap, --devices), fewer points at a time (nVmap, --batch) or smaller arrays",
    make,
  );

/** Runs `chunks` chunks, whose blocks begin at these addresses of the kernel's memory. */
export type KernelCall = (chunks: number, inputs: number, outputs: number) => void;

/** Memory that a kernel sees from its address 0 on. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  /** Where address 0 lies in the buffer. */
  readonly start: number;
  /** Makes room for so many bytes; what was written stays, in the same buffer or another. */
  reserve(bytes: number): void;
}

export class KernelRunner implements Runner {
  private readonly scratch: TypedArray[] = [];
  /**
   * Chunks of the next call. It begins with one: engines that compile a function again after some calls
   * must get the chance to, and a function that runs is never replaced.
   */
  private chunks = 1;
  private readonly most: number;
  private readonly code: KernelCode;
  private readonly memory: KernelMemory;
  private readonly views: Views;
  private readonly kernel: KernelCall;

  constructor(code: KernelCode, memory: KernelMemory, kernel: KernelCall, shared: readonly TypedArray[]) {
    this.code = code;
    this.memory = memory;
    this.views = new Views(memory);
    this.kernel = kernel;
    this.most = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, code.inputBytes + code.outputBytes)));
    for (const { place, data } of code.constants) writeUniform(this.views.of(place.dtype), place, data);
    code.shared.forEach((place, i) => {
      writeUniform(this.views.of(place.dtype), place, shared[i] as TypedArray);
    });
  }

  run(sources: readonly ColumnSource[], start: number, count: number, columns: Columns, at: number): void {
    for (let done = 0; done < count; ) {
      const part = Math.min(count - done, this.chunks * this.code.points);
      this.call(sources, start + done, part, columns, at + done);
      done += part;
      this.chunks = Math.min(this.chunks * 2, this.most);
    }
  }

  private call(sources: readonly ColumnSource[], start: number, count: number, columns: Columns, at: number): void {
    const { points, inputBytes, outputBytes } = this.code;
    const chunks = Math.ceil(count / points);
    const inputs: Blocks = { address: this.code.staticBytes, stride: inputBytes, points };
    const outputs: Blocks = { address: inputs.address + chunks * inputBytes, stride: outputBytes, points };
    this.memory.reserve(outputs.address + chunks * outputBytes);
    this.code.inputs.forEach((place, i) => {
      const column = this.column(i, place, count);
      fillColumn(sources[i] as ColumnSource, start, count, column);
      writeBlocks(this.views.of(place.dtype), inputs, place, column, count);
    });
    this.kernel(chunks, inputs.address, outputs.address);
    this.code.outputs.forEach((place, i) => {
      readBlocks(this.views.of(place.dtype), outputs, place, columns.data[i] as TypedArray, at, count);
    });
    const { limited } = this.code;
    if (limited === undefined) return;
    const flags = new Uint8Array(count);
    readBlocks(this.views.of(limited.dtype), outputs, limited, flags, 0, count);
    markLimited(columns, at, flags, count);
  }

  private column(index: number, { dtype, elements }: Place, count: number): TypedArray {
    let column = this.scratch[index];
    if (!column || column.length < count * elements) {
      this.scratch[index] = column = allocate(dtype, count * elements);
    }
    return column;
  }
}
