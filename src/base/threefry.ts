/**
 * threefry2x32 with 20 rounds on plain numbers: a key and an index in, random bits out.
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 * The use of counters is JAX's partitionable one: element i of an array is the block of counter i.
 */

/** The two uint32 words of a key. */
export type ThreefryKey = readonly [number, number];

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Writes the block of the 64-bit counter (high, low) to `out`, as two uint32. */
export function threefry2x32(key: ThreefryKey, high: number, low: number, out: Uint32Array): void {
  let a = key[0] | 0;
  let b = key[1] | 0;
  let c = a ^ b ^ 0x1bd11bda;
  let x = (high + a) | 0;
  let y = (low + b) | 0;
  for (let group = 1; group <= 5; group++) {
    const odd = (group & 1) === 1;
    x = (x + y) | 0;
    y = rotate(y, odd ? 13 : 17) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 15 : 29) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 26 : 16) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 6 : 24) ^ x;
    // The three words of the key schedule take turns.
    const first = a;
    a = b;
    b = c;
    c = first;
    x = (x + a) | 0;
    y = (y + b + group) | 0;
  }
  out[0] = x;
  out[1] = y;
}
