/**
 * Philox4x32-10 as ops. How keys and counters are used, and why draws never meet, is said in `base/philox.ts`.
 *
 * Element i of an array of bits is word i mod 4 of block i / 4. A float64 takes two words, so element i has words 2i and
 * 2i + 1. Normal numbers come in pairs: elements 2j and 2j + 1 are of words 2j and 2j + 1, in float64 of words 4j to
 * 4j + 3. So a single number is the first of any array drawn with its key, and costs a block of its own.
 */

import { FOLD, MULTIPLIERS, type PhiloxKey, philox4x32, ROUNDS, SPLIT, WEYL } from "../base/philox.ts";
import { counters, type Generator, inTurn, knownWords, type Words, word } from "./generator.ts";
import { apply, type Handle, ofValue } from "./handle.ts";
import { pair32, pair64 } from "./normal.ts";

export const philox: Generator = {
  words: 4,
  seed: (high, low) => [low, high, word(0), word(0)],
  split: (key, count) => blocks(key, count, SPLIT),
  foldIn: (key, data) => encrypt(key, data, word(FOLD)),
  bits32: (key, count) => inTurn(ofFour(key, count), count),
  bits64: (key, count) => {
    const [a, b, c, d] = blocks(key, Math.ceil(count / 2)) as Four;
    return [inTurn([a, c], count), inTurn([b, d], count)];
  },
  normal: {
    float32: (key, count) => {
      const [a, b, c, d] = ofFour(key, count) as Four;
      return inTurn([...pair32(a, b), ...(count > 2 ? pair32(c, d) : [])], count);
    },
    float64: (key, count) => inTurn(pair64(blocks(key, Math.ceil(count / 2)) as Four), count),
  },
};

type Four = readonly [Handle, Handle, Handle, Handle];

/** As many blocks as `count` elements of one word need. */
const ofFour = (key: Words, count: number): Words => blocks(key, Math.ceil(count / 4));

/** The four words of the blocks 0, 1, …, count - 1 of a domain. */
function blocks(key: Words, count: number, domain = 0): Words {
  const known = knownWords(key);
  if (known) return concreteBlocks(known as readonly number[] as PhiloxKey, count, domain);
  const { high, low } = counters(count);
  return encrypt(key, low, domain === 0 ? high : apply("add", [high, word(domain)]));
}

function concreteBlocks(key: PhiloxKey, count: number, domain: number): Words {
  const out = new Uint32Array(4);
  const words = Array.from(out, () => new Uint32Array(count));
  for (let i = 0; i < count; i++) {
    philox4x32(key, i >>> 0, domain + Math.floor(i / 2 ** 32), out);
    words.forEach((data, w) => {
      data[i] = out[w] as number;
    });
  }
  return words.map((data) => ofValue({ dtype: "uint32", shape: [count], data }));
}

/** Words c0 and c1 of the counter may be arrays; the key and with it c2 and c3 are scalars. */
function encrypt(key: Words, c0: Handle, c1: Handle): Words {
  let [a, b, y, z] = key as Four;
  let [w, x] = [c0, c1];
  const [first, second] = [word(MULTIPLIERS[0]), word(MULTIPLIERS[1])];
  const mix = (multiplier: Handle, factor: Handle, text: Handle, key: Handle): Handle =>
    apply("xor", [apply("xor", [text, key]), apply("mulHigh", [factor, multiplier])]);
  for (let round = 0; round < ROUNDS; round++) {
    [w, x, y, z] = [mix(second, y, x, a), apply("mul", [y, second]), mix(first, w, z, b), apply("mul", [w, first])];
    a = apply("add", [a, word(WEYL[0])]);
    b = apply("add", [b, word(WEYL[1])]);
  }
  return [w, x, y, z];
}
