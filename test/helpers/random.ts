/** Seeded numbers and values for tests: a small generator, and values with the edges that break things. */

import { allocate, type DType } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import type { Type, Value } from "../../src/base/value.ts";

export interface Rng {
  /** From 0 to 1. */
  unit(): number;
  /** From 0 to n - 1. */
  below(n: number): number;
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function rngOf(seed: number): Rng {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { unit: next, below, chance: (p) => next() < p, pick: (items) => items[below(items.length)]! };
}

/** Values at which definitions differ: signed zeros, denormals, infinities, NaN, the ends of the range. */
export const edges: { readonly [D in DType]: readonly number[] } = {
  bool: [0, 1],
  int32: [0, 1, -1, 2, 31, 32, 33, -(2 ** 31), 2 ** 31 - 1, 0x55555555],
  uint32: [0, 1, 2, 31, 32, 33, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
  float32: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    2 ** -149,
    -(2 ** -149),
    2 ** -126,
    8388607.5,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    Infinity,
    -Infinity,
    NaN,
  ].map(Math.fround),
  float64: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    5e-324,
    -5e-324,
    2 ** -1022,
    2 ** 52 - 0.5,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 53 + 2,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    Infinity,
    -Infinity,
    NaN,
  ],
};

const ordinary: { readonly [D in DType]: (rng: Rng) => number } = {
  bool: (rng) => rng.below(2),
  int32: (rng) => rng.below(41) - 20,
  uint32: (rng) => rng.below(41),
  float32: (rng) => Math.fround(rng.unit() * 8 - 4),
  float64: (rng) => rng.unit() * 8 - 4,
};

/** A value of this type; each element is an edge value with probability `edge`. */
export function randomValue(rng: Rng, { dtype, shape }: Type, edge = 0): Value {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = rng.chance(edge) ? rng.pick(edges[dtype]) : ordinary[dtype](rng);
  return { dtype, shape, data };
}

/** Equal bit for bit, but for the sign and payload of NaN. */
export const sameBits = (a: Value, b: Value): boolean =>
  a.dtype === b.dtype &&
  a.shape.join() === b.shape.join() &&
  a.data.length === b.data.length &&
  a.data.every((x, i) => Object.is(x, b.data[i]));
