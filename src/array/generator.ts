/**
 * What a generator of random bits has to give: one record each, told apart by the number of words that its keys have.
 * All counts are of elements; element i of what is drawn depends on the key and on i alone.
 */

import { filled } from "./convert.ts";
import { apply, type Handle, nodeOf, ofNode, ofNumber, ofValue } from "./handle.ts";
import { concatenate, expandDims, reshape } from "./reshape.ts";

/** The words of a key, uint32 scalars. */
export type Words = readonly Handle[];

export interface Generator {
  /** Words of a key. */
  readonly words: number;
  /** The key that 64 bits begin. */
  seed(high: Handle, low: Handle): Words;
  /** The words of `count` new keys, each word of shape [count]. */
  split(key: Words, count: number): Words;
  /** The new key that belongs to 32 bits. */
  foldIn(key: Words, data: Handle): Words;
  /** uint32[count]. */
  bits32(key: Words, count: number): Handle;
  /** The upper and the lower uint32[count] of 64 bits. */
  bits64(key: Words, count: number): readonly [Handle, Handle];
  /** Standard normal numbers, where the generator has a way of its own; else they are made of uniform ones. */
  readonly normal?: { readonly float32: Draw; readonly float64: Draw };
}

export type Draw = (key: Words, count: number) => Handle;

export const word = (x: number): Handle => ofNumber(x, "uint32");

// A program takes large arrays for one constant when they are one array: draws of the same size share theirs.
const known = new Map<number, Handle>();

function counting(count: number): Handle {
  const found = known.get(count);
  if (found) return found;
  const made = ofValue(filled("uint32", [count], (i) => i >>> 0));
  if (known.size === 64) known.clear();
  if (count <= 2 ** 16) known.set(count, made);
  return made;
}

/**
 * 0, 1, …, count - 1 as 64 bits, for a program: the upper and the lower words. The upper ones are all 0 but for enormous
 * counts.
 */
export function counters(count: number): { readonly high: Handle; readonly low: Handle } {
  const high = count < 2 ** 32 ? word(0) : ofValue(filled("uint32", [count], (i) => Math.floor(i / 2 ** 32)));
  return { high, low: ofNode(nodeOf(counting(count))) };
}

/** The numbers of scalars, if all are known. */
export function knownWords(words: Words): readonly number[] | undefined {
  const known = words.map(({ value }) => value?.data[0]);
  return known.every((x) => x !== undefined) ? known : undefined;
}

/** Arrays of one shape [n] as [n, arrays]. */
export const columns = (arrays: readonly Handle[]): Handle =>
  concatenate(
    arrays.map((array) => expandDims(array, 1)),
    1,
  );

/** The elements of arrays of one shape in turn, the first `count` of them. */
export function inTurn(arrays: readonly Handle[], count: number): Handle {
  const all = reshape(columns(arrays), -1);
  if (all.shape[0] === count) return all;
  return apply("slice", [all], { start: [0], step: [1], shape: [count] });
}
