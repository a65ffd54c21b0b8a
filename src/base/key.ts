/** Random keys as plain numbers, of either generator: the number of words says which. */

import type { FloatDType } from "./dtype.ts";
import { type PhiloxKey, philox4x32, SPLIT } from "./philox.ts";
import { type ThreefryKey, threefry2x32 } from "./threefry.ts";

/** The words of a key: two of threefry, four of philox. */
export type KeyData = ThreefryKey | PhiloxKey;

const block = new Uint32Array(4);

const upper = (i: number): number => Math.floor(i / 2 ** 32);

/** Key `i` of `random.split(key, n)`, for any n > i. */
export function splitAt(key: KeyData, i: number): KeyData {
  if (key.length === 2) threefry2x32(key, upper(i), i >>> 0, block);
  else philox4x32(key, i >>> 0, SPLIT + upper(i), block);
  const [a, b, c, d] = block as unknown as PhiloxKey;
  return key.length === 2 ? [a, b] : [a, b, c, d];
}

const bits32 = new Uint32Array(1);
const float32 = new Float32Array(bits32.buffer);

/** From 0 to 1 without 1: 23 of 32 bits. */
function unit32(word: number): number {
  bits32[0] = (word >>> 9) | 0x3f800000;
  return (float32[0] as number) - 1;
}

/** From 0 to 1 without 1: the upper 52 of 64 bits. */
const unit64 = (high: number, low: number): number => high * 2 ** -32 + (low >>> 12) * 2 ** -52;

/**
 * Element `index` of `random.uniform(key, shape)`, in [0, 1): 23 random bits for float32, 52 for float64.
 * `index` is the row-major position, an integer below 2^53.
 */
export function uniformAt(key: KeyData, index: number, dtype: FloatDType): number {
  if (key.length === 2) {
    threefry2x32(key, upper(index), index >>> 0, block);
    const [high, low] = block as unknown as ThreefryKey;
    return dtype === "float64" ? unit64(high, low) : unit32(high ^ low);
  }
  const perBlock = dtype === "float64" ? 2 : 4;
  const number = Math.floor(index / perBlock);
  philox4x32(key, number >>> 0, upper(number), block);
  const place = index % perBlock;
  if (dtype === "float32") return unit32(block[place] as number);
  return unit64(block[2 * place] as number, block[2 * place + 1] as number);
}
