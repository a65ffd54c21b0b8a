/** Random numbers against the published vectors and JAX, and the same three ways. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { threefry2x32 } from "../../src/base/threefry.ts";
import { isLanewiseError, np, random } from "../../src/index.ts";
import { threeWays } from "../helpers/three-ways.ts";

interface Case {
  readonly seed: number;
  readonly key: number[];
  readonly split: number[];
  readonly folded: number[][];
  readonly bits: number[];
  readonly one: number;
  readonly uniform: number[];
  readonly between: number[];
  readonly normal: number[];
  readonly chain: number[];
}

const file = new URL("../fixtures/random.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

test.each<[[number, number], [number, number], string]>([
  [[0, 0], [0, 0], "6b200159 99ba4efe"],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "1cb996fc bb002be7"],
  [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], "c4923a9c 483df7a0"],
])("threefry2x32 of key %j and counter %j is Random123's", (key, [high, low], expected) => {
  const out = new Uint32Array(2);
  threefry2x32(key, high, low, out);
  expect(hex(out)).toBe(expected);
});

/** At most `ulp` float32 neighbours apart. */
function near(found: NdArray, expected: readonly number[], ulp: number): void {
  expect(found.dtype).toBe("float32");
  expected.forEach((x, i) => {
    const step = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23);
    expect(Math.abs(found.data[i]! - x) / step, `element ${i}: ${found.data[i]} for ${x}`).toBeLessThanOrEqual(ulp);
  });
}

test.each(cases.map((c) => [c.seed, c] as const))("key(%i) is JAX's, and all that comes of it", (seed, c) => {
  const key = random.key(seed);
  expect([...key.data]).toEqual(c.key);
  expect([...random.split(key, 3).data]).toEqual(c.split);
  expect([0, 1, 7, 2 ** 31].map((n) => [...random.foldIn(key, n).data])).toEqual(c.folded);
  const bits = random.bits(key, [2, 3]);
  expect([bits.dtype, bits.shape, [...bits.data]]).toEqual(["uint32", [2, 3], c.bits]);
  expect(random.bits(key).item()).toBe(c.one);
  expect([...random.uniform(key, [7]).data]).toEqual(c.uniform);
  near(random.uniform(key, 5, { low: -2.5, high: 7.25 }), c.between, 4);
  near(random.normal(key, [9]), c.normal, 4);
  expect([...random.uniform(random.foldIn(random.split(key, 4).at(2), 11), 2).data]).toEqual(c.chain);
});

const drawn = (key: NdArray, index: NdArray) => {
  const [a, b] = random.split(random.foldIn(key, index)) as Iterable<NdArray> as [NdArray, NdArray];
  return {
    bits: random.bits(a, [3]),
    uniform: random.uniform(b, [2, 2], { low: -1, high: np.asarray([1, 2]) }),
    normal: random.normal(a, 5),
    wide: random.uniform(a, [2], { dtype: "float64" }),
    keys: random.split(b, 3),
  };
};

test.each([0, 1, 12345, -7])("a key folded with %i draws the same three ways", (index) => {
  const key = random.key(index).value!;
  const at = { dtype: "int32", shape: [], data: Int32Array.of(index) } as const;
  threeWays((k, i) => drawn(k!, i!), [key, at]);
  threeWays((k, i) => drawn(k!, i!), [key, at], "float64");
  threeWays((i) => drawn(random.key(3), i!), [at]);
});

test("traced draws are those of concrete keys", () => {
  const key = random.key(9);
  const [traced] = threeWays((k) => random.normal(k!, 4), [key.value!]);
  expect([...traced!.data]).toEqual([...random.normal(key, 4).data]);
});

test("uniform numbers stay in their interval and are spread evenly", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const data = [...random.uniform(random.key(1), 20_000, { low: 2, high: 3, dtype }).data];
    expect(data.every((x) => x >= 2 && x < 3)).toBe(true);
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    // Five standard errors.
    expect(Math.abs(mean - 2.5)).toBeLessThan(5 / Math.sqrt(12 * 20_000));
  }
});

test("normal numbers have mean 0 and variance 1", () => {
  const x = random.normal(random.key(2), 20_000, { dtype: "float64" });
  expect(Math.abs(x.mean().item() as number)).toBeLessThan(5 / Math.sqrt(20_000));
  expect(Math.abs((x.variance().item() as number) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
});

test.each<[string, () => unknown]>([
  ["a seed that is no integer", () => random.key(0.5)],
  ["a key that is none", () => random.uniform(3 as unknown as NdArray)],
  ["keys in the place of one", () => random.uniform(random.split(random.key(0)))],
  ["a part that is no integer", () => random.foldIn(random.key(0), 1.5)],
  ["an integer dtype", () => random.uniform(random.key(0), [], { dtype: "int32" as "float32" })],
  ["a shape that is none", () => random.bits(random.key(0), [2, -3])],
])("%s is refused", (_, draw) => {
  let message = "";
  try {
    draw();
  } catch (error) {
    expect(error instanceof RangeError || isLanewiseError(error)).toBe(true);
    message = (error as Error).message.replace(/\(at .*random\.test\.ts:\d+:\d+\)$/, "(at here)");
  }
  expect(message).toMatchSnapshot();
});
