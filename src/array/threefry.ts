/**
 * threefry2x32 with 20 rounds as ops, with JAX's bits. Salmon et al. 2011, doi:10.1145/2063384.2063405.
 * The use of counters is JAX's partitionable one: element i of an array is the block of counter i.
 */

import { threefry2x32 } from "../base/threefry.ts";
import { counters, type Generator, knownWords, type Words, word } from "./generator.ts";
import { apply, type Handle, ofValue } from "./handle.ts";

export const threefry: Generator = {
  words: 2,
  seed: (high, low) => [high, low],
  split: blocks,
  foldIn: (key, data) => encrypt(key, word(0), data),
  bits32: (key, count) => apply("xor", [...blocks(key, count)]),
  bits64: blocks,
};

/** The two output words of the blocks of counters 0, 1, …, count - 1. */
function blocks(key: Words, count: number): readonly [Handle, Handle] {
  const known = knownWords(key);
  if (known) return concreteBlocks(known as readonly [number, number], count);
  const { high, low } = counters(count);
  return encrypt(key, high, low);
}

function concreteBlocks(key: readonly [number, number], count: number): readonly [Handle, Handle] {
  const out = new Uint32Array(2);
  const words = [new Uint32Array(count), new Uint32Array(count)] as const;
  for (let i = 0; i < count; i++) {
    threefry2x32(key, Math.floor(i / 2 ** 32), i >>> 0, out);
    words[0][i] = out[0] as number;
    words[1][i] = out[1] as number;
  }
  const array = (data: Uint32Array): Handle => ofValue({ dtype: "uint32", shape: [count], data });
  return [array(words[0]), array(words[1])];
}

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

function encrypt(key: Words, high: Handle, low: Handle): readonly [Handle, Handle] {
  const [a, b] = key as readonly [Handle, Handle];
  const add = (x: Handle, y: Handle): Handle => apply("add", [x, y]);
  const rotate = (x: Handle, by: number): Handle => apply("rotl", [x, word(by)]);
  const schedule = [a, b, apply("xor", [apply("xor", [a, b]), word(0x1bd11bda)])] as const;
  let x = add(high, a);
  let y = add(low, b);
  for (let group = 0; group < 5; group++) {
    for (const by of rotations[(group % 2) as 0 | 1]) {
      x = add(x, y);
      y = apply("xor", [rotate(y, by), x]);
    }
    x = add(x, schedule[(group + 1) % 3] as Handle);
    y = add(y, add(schedule[(group + 2) % 3] as Handle, word(group + 1)));
  }
  return [x, y];
}
