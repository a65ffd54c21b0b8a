/**
 * Between columns (`[N, ...shape]`, one point after the other) and a kernel's memory (per chunk of points, per
 * element, a block of one value per point). Lanes without a point repeat the last one, and are never read back. A chunk of
 * one point has no lanes of points: its arrays lie there as they do in columns.
 */

import { allocate, type DType, dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { NOT_FINITE, OK, STEP_LIMIT } from "../base/status.ts";
import type { Type } from "../base/value.ts";

/** Where one input or output lies inside a chunk's block. */
export interface Place {
  readonly dtype: DType;
  readonly elements: number;
  /** In bytes, from the start of the chunk's block (uniform buffers: from address 0). */
  readonly offset: number;
}

/** One kind of blocks in a kernel's memory: all the inputs, or all the outputs. */
export interface Blocks {
  /** Address of the first chunk's block. */
  readonly address: number;
  /** Bytes from one chunk's block to the next. */
  readonly stride: number;
  /** Points in a chunk. */
  readonly points: number;
}

/** How kernel memory stores a dtype: `bool` as a 32-bit mask per lane. */
const storageDType = (dtype: DType): DType => (dtype === "bool" ? "int32" : dtype);

/** Memory whose buffer may be replaced by a larger one. */
interface Viewed {
  readonly buffer: ArrayBufferLike;
  /** Byte of the buffer at address 0; default 0. */
  readonly start?: number;
}

/** Views of one memory, one per dtype in use; made anew when the memory has grown. */
export class Views {
  private readonly known = new Map<DType, TypedArray>();
  private buffer: ArrayBufferLike;
  private readonly memory: Viewed;

  constructor(memory: Viewed) {
    this.memory = memory;
    this.buffer = memory.buffer;
  }

  of(dtype: DType): TypedArray {
    if (this.buffer !== this.memory.buffer) {
      this.known.clear();
      this.buffer = this.memory.buffer;
    }
    const kind = storageDType(dtype);
    const view = this.known.get(kind) ?? new dtypeInfo[kind].storage(this.buffer, this.memory.start ?? 0);
    this.known.set(kind, view);
    return view;
  }
}

/** Copies `count` points of one input into their chunks, and the last of them into the lanes that remain. */
export function writeBlocks(view: TypedArray, blocks: Blocks, place: Place, column: TypedArray, count: number): void {
  const { points } = blocks;
  const { elements, dtype } = place;
  const bytes = view.BYTES_PER_ELEMENT;
  const sign = dtype === "bool" ? -1 : 1;
  const stride = blocks.stride / bytes;
  let at = (blocks.address + place.offset) / bytes;
  if (points === 1) {
    for (let p = 0; p < count; p++, at += stride) view.set(column.subarray(p * elements, (p + 1) * elements), at);
    return;
  }
  for (let first = 0; first < count; first += points, at += stride) {
    const real = Math.min(points, count - first);
    for (let e = 0; e < elements; e++) {
      const to = at + e * points;
      let from = first * elements + e;
      for (let p = 0; p < real; p++, from += elements) view[to + p] = sign * (column[from] as number);
      for (let p = real; p < points; p++) view[to + p] = view[to + real - 1] as number;
    }
  }
}

/** Copies `count` points of one output from their chunks into a column, from its point `start` on. */
export function readBlocks(
  view: TypedArray,
  blocks: Blocks,
  place: Place,
  column: TypedArray,
  start: number,
  count: number,
): void {
  const { points } = blocks;
  const { elements, dtype } = place;
  const bytes = view.BYTES_PER_ELEMENT;
  const stride = blocks.stride / bytes;
  const mask = dtype === "bool";
  let at = (blocks.address + place.offset) / bytes;
  if (points === 1) {
    for (let p = start; p < start + count; p++, at += stride) {
      column.set(view.subarray(at, at + elements), p * elements);
    }
    return;
  }
  for (let first = 0; first < count; first += points, at += stride) {
    const real = Math.min(points, count - first);
    for (let e = 0; e < elements; e++) {
      const from = at + e * points;
      let to = (start + first) * elements + e;
      if (mask) for (let p = 0; p < real; p++, to += elements) column[to] = view[from + p] === 0 ? 0 : 1;
      else for (let p = 0; p < real; p++, to += elements) column[to] = view[from + p] as number;
    }
  }
}

/** Writes one value for all points: a shared input, a constant. */
export function writeUniform(view: TypedArray, place: Place, data: TypedArray): void {
  view.set(data, place.offset / view.BYTES_PER_ELEMENT);
}

/** The columns that a batch's results go into, with the status of each point. */
export interface Columns {
  readonly data: readonly TypedArray[];
  /** By the numbers of base/status.ts. */
  readonly status: Uint8Array;
}

/** Columns for `count` points in this thread's own memory. */
export const allocateColumns = (types: readonly Type[], count: number): Columns => ({
  data: types.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape) * count)),
  status: new Uint8Array(count),
});

/** What runners leave beside the results where loops have step limits; `limited` is 1 for a point that reached one. */
export function markLimited({ status }: Columns, start: number, limited: ArrayLike<number>, count: number): void {
  for (let p = 0; p < count; p++) if (limited[p] === 1) status[start + p] = STEP_LIMIT;
}

/**
 * Gives points that are computed their status: not finite where a float is not, else ok; a step limit or a
 * failure that is marked stays. Comes after the results, so that a point with a status has them. Gives the number not finite.
 */
export function markFinished({ data, status }: Columns, types: readonly Type[], start: number, count: number): number {
  for (let p = start; p < start + count; p++) if ((status[p] as number) < STEP_LIMIT) status[p] = OK;
  let found = 0;
  data.forEach((column, i) => {
    const { dtype, shape } = types[i] as Type;
    if (!dtypeInfo[dtype].float) return;
    const elements = sizeOf(shape);
    let at = start * elements;
    for (let p = start; p < start + count; p++) {
      for (let e = 0; e < elements; e++, at++) {
        const x = column[at] as number;
        if (x - x === 0 || status[p] !== OK) continue;
        status[p] = NOT_FINITE;
        found++;
      }
    }
  });
  return found;
}
