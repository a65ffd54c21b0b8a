/**
 * One chunk of one array, to its file and back: elements as they are, little-endian, and their CRC-32C in four bytes
 * (Zarr's codecs `bytes` and `crc32c`). A chunk at an edge is filled up to full size.
 */

import { crc32c } from "./crc32c.ts";

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const word = (value: number): Uint8Array => {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
};

/** The parts of a chunk's file: `data`, what fills it up to `elements`, the checksum. */
export function encodeChunk(
  data: Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array,
  elements: number,
  fill: number,
): Uint8Array[] {
  const bytes = bytesOf(data);
  const parts = [bytes];
  if (data.length < elements) {
    const Storage = data.constructor as new (length: number) => typeof data;
    parts.push(bytesOf(new Storage(elements - data.length).fill(fill)));
  }
  return [...parts, word(parts.reduce((sum, part) => crc32c(part, sum), 0))];
}

/** Bytes of a chunk's file. */
export const chunkBytes = (elements: number, elementBytes: number): number => elements * elementBytes + 4;

/** What is wrong with a chunk's file, in words; undefined when it is whole. */
export function faultOf(file: Uint8Array, bytes: number): string | undefined {
  if (file.length !== bytes) return `${file.length} bytes instead of ${bytes}`;
  const sum = new DataView(file.buffer, file.byteOffset + file.length - 4, 4).getUint32(0, true);
  return crc32c(file.subarray(0, -4)) === sum ? undefined : "bytes that do not fit its checksum";
}

/** Whether a file is made of these parts. */
export function sameBytes(file: Uint8Array, parts: readonly Uint8Array[]): boolean {
  if (file.length !== parts.reduce((n, part) => n + part.length, 0)) return false;
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) if (file[at + i] !== part[i]) return false;
    at += part.length;
  }
  return true;
}
