/**
 * Philox4x32 with 10 rounds on plain numbers: a key and a counter in, 128 random bits out.
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 *
 * Keys and counters as this library uses them. A key has four words k0 k1 s0 s1: the first two are the cipher's key, the
 * other two the upper half of every counter (c0, c1, s0, s1). The lower half says what is drawn:
 *
 *     block b of an array    (b, b / 2^32)              below 2^51 blocks, so c1 < 2^19
 *     key i of a split       (i, 2^30 + i / 2^32)       below 2^53 keys, so c1 < 2^30 + 2^21
 *     foldIn of data         (data, 2^31)
 *
 * The block of a split or of foldIn is the new key, all four words. For one cipher key the cipher is one-to-one on
 * counters, so no two of these share a block; keys that come of each other differ in 128 bits, which do not meet by chance
 * however many points and steps there are. Words 4b to 4b + 3 of an array are block b: element i depends on the key and
 * on i alone.
 */

/** The four uint32 words k0 k1 s0 s1 of a key. */
export type PhiloxKey = readonly [number, number, number, number];

/** Multipliers of the words c0 and c2. */
export const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
/** What the words of the cipher's key grow by from round to round: the golden ratio and √3 − 1. */
export const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
export const ROUNDS = 10;

/** Second counter words of what is no array. */
export const SPLIT = 2 ** 30;
export const FOLD = 2 ** 31;

/** Bits 32 to 63 of a product. */
function high(a: number, b: number): number {
  const [low, up] = [b & 0xffff, b >>> 16];
  const part = (a & 0xffff) * up + (((a & 0xffff) * low) >>> 16);
  const middle = (a >>> 16) * low + (part & 0xffff);
  return (a >>> 16) * up + (part >>> 16) + (middle >>> 16);
}

/** Writes the block of the counter (c0, c1, s0, s1) to `out`, four uint32. */
export function philox4x32([k0, k1, s0, s1]: PhiloxKey, c0: number, c1: number, out: Uint32Array): void {
  const [first, second] = MULTIPLIERS;
  let [w, x, y, z] = [c0 >>> 0, c1 >>> 0, s0, s1];
  let [a, b] = [k0, k1];
  for (let round = 0; round < ROUNDS; round++) {
    const next = high(second, y) ^ x ^ a;
    const other = high(first, w) ^ z ^ b;
    x = Math.imul(second, y);
    z = Math.imul(first, w);
    w = next >>> 0;
    y = other >>> 0;
    a += WEYL[0];
    b += WEYL[1];
  }
  out[0] = w;
  out[1] = x;
  out[2] = y;
  out[3] = z;
}
