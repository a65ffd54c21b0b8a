/**
 * CRC-32C (Castagnoli, as in RFC 3720 and in Zarr's codec of that name). In: bytes; out: an unsigned 32-bit number.
 * Sixteen bytes a step by sixteen tables (Kounavis and Berry 2008, DOI 10.1109/TC.2008.85): processors' own CRC
 * instructions are out of reach of JavaScript, and one byte a step would be slower than a disk.
 */

const POLYNOMIAL = 0x82f63b78;
const STEP = 16;

let known: Int32Array | undefined;

/** Table k: what a byte followed by k zero bytes adds. */
function makeTables(): Int32Array {
  const tables = new Int32Array(STEP * 256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}

/** The state after whole steps of 16 bytes, from four words each. */
function steps(t: Int32Array, words: Int32Array, state: number): number {
  let c = state;
  for (let i = 0; i < words.length; i += 4) {
    const x = (words[i] as number) ^ c;
    const y = words[i + 1] as number;
    const z = words[i + 2] as number;
    const w = words[i + 3] as number;
    c =
      (t[3840 | (x & 255)] as number) ^
      (t[3584 | ((x >>> 8) & 255)] as number) ^
      (t[3328 | ((x >>> 16) & 255)] as number) ^
      (t[3072 | (x >>> 24)] as number) ^
      (t[2816 | (y & 255)] as number) ^
      (t[2560 | ((y >>> 8) & 255)] as number) ^
      (t[2304 | ((y >>> 16) & 255)] as number) ^
      (t[2048 | (y >>> 24)] as number) ^
      (t[1792 | (z & 255)] as number) ^
      (t[1536 | ((z >>> 8) & 255)] as number) ^
      (t[1280 | ((z >>> 16) & 255)] as number) ^
      (t[1024 | (z >>> 24)] as number) ^
      (t[768 | (w & 255)] as number) ^
      (t[512 | ((w >>> 8) & 255)] as number) ^
      (t[256 | ((w >>> 16) & 255)] as number) ^
      (t[w >>> 24] as number);
  }
  return c;
}

/** The checksum of `bytes`, or of all of them so far when `before` is that of those in front. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const tables = known ?? makeTables();
  known = tables;
  const single = (state: number, from: number, to: number): number => {
    let c = state;
    for (let i = from; i < to; i++) c = (c >>> 8) ^ (tables[(c ^ (bytes[i] as number)) & 255] as number);
    return c;
  };
  // Words must begin at a multiple of four.
  const head = Math.min((4 - (bytes.byteOffset & 3)) & 3, bytes.length);
  const count = Math.floor((bytes.length - head) / STEP) * 4;
  const begun = single(~before, 0, head);
  // There may be no place for words at all.
  const state =
    count === 0 ? begun : steps(tables, new Int32Array(bytes.buffer, bytes.byteOffset + head, count), begun);
  return ~single(state, head + 4 * count, bytes.length) >>> 0;
}
