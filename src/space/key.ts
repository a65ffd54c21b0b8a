/** Random keys as spaces take them. */

import { describe } from "../array/convert.ts";
import { NdArray } from "../array/ndarray.ts";
import type { KeyData } from "../base/key.ts";
import { readNumbers } from "./arrays.ts";

/** What `random.key` gives: uint32[2] of threefry, uint32[4] of philox; the words as an array will do. */
export type KeyInput = NdArray | Uint32Array | KeyData;

const isWord = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 2 ** 32;

/** The words of a key; `random.key(0)` where none is given. */
export function keyData(where: string, key: KeyInput | undefined): KeyData {
  if (key === undefined) return [0, 0];
  const wrong = (got: string): TypeError =>
    new TypeError(`${where}: expected a key of two uint32 words (philox: four), got ${got}; use random.key(0)`);
  if (!(key instanceof NdArray) && !(key instanceof Uint32Array) && !Array.isArray(key)) throw wrong(describe(key));
  const { data, shape } = readNumbers(where, key);
  if (shape.length !== 1) throw wrong(`an array of shape [${shape}]`);
  const words = [...data];
  if (words.length !== 2 && words.length !== 4) throw wrong(`${words.length} words`);
  if (!words.every(isWord)) throw wrong(words.join(", "));
  return words as readonly number[] as KeyData;
}
