/** Random keys as spaces take them. */

import { describe } from "../array/convert.ts";
import { NdArray } from "../array/ndarray.ts";
import type { KeyData } from "../base/threefry.ts";
import { readNumbers } from "./arrays.ts";

/** What `random.key` gives: uint32[2]; its two words as an array will do. */
export type KeyInput = NdArray | Uint32Array | KeyData;

/** The two words of a key; `random.key(0)` where none is given. */
export function keyData(where: string, key: KeyInput | undefined): KeyData {
  if (key === undefined) return [0, 0];
  const wrong = (got: string): TypeError =>
    new TypeError(`${where}: expected a key of two uint32 words, got ${got}; use random.key(0)`);
  if (!(key instanceof NdArray) && !(key instanceof Uint32Array) && !Array.isArray(key)) throw wrong(describe(key));
  const { data } = readNumbers(where, key);
  const [a, b] = data;
  if (data.length !== 2 || a === undefined || b === undefined) throw wrong(`${data.length} words`);
  if (![a, b].every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)) throw wrong(`${a}, ${b}`);
  return [a, b];
}
