/** Philox keys and their bits: published vectors, a second implementation, and keys wherever they travel. */

import { describe, expect, it, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { traceModel } from "../../src/array/trace.ts";
import { splitAt } from "../../src/base/key.ts";
import { type PhiloxKey, philox4x32 } from "../../src/base/philox.ts";
import {
  DataAxis,
  isLanewiseError,
  lax,
  np,
  ParallelExecution,
  random,
  SequentialExecution,
  Space,
  vmap,
} from "../../src/index.ts";
import { nodesOf } from "../../src/program/order.ts";
import { backends } from "../helpers/backends.ts";
import { kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";
import { threeWays } from "../helpers/three-ways.ts";

const philox = { impl: "philox" } as const;
const hex = (words: Iterable<number>): string => [...words].map((w) => w.toString(16).padStart(8, "0")).join(" ");

const ones = 0xffffffff;
const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0] as const;

test.each<[string, PhiloxKey, number, number, string]>([
  ["zeros", [0, 0, 0, 0], 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  ["ones", [ones, ones, ones, ones], ones, ones, "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  ["digits of pi", [pi[4], pi[5], pi[2], pi[3]], pi[0], pi[1], "d16cfe09 94fdcceb 5001e420 24126ea1"],
])("philox4x32 of counters and keys of %s is Random123's", (_, key, c0, c1, expected) => {
  const out = new Uint32Array(4);
  philox4x32(key, c0, c1, out);
  expect(hex(out)).toBe(expected);
});

/** The same cipher in whole numbers of any size. */
function block(key: readonly number[], low: bigint): number[] {
  const word = (x: bigint): bigint => x & 0xffffffffn;
  let [a, b] = [BigInt(key[0]!), BigInt(key[1]!)];
  let counter = [word(low), low >> 32n, BigInt(key[2]!), BigInt(key[3]!)] as [bigint, bigint, bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [p, q] = [0xd2511f53n * counter[0], 0xcd9e8d57n * counter[2]];
    counter = [(q >> 32n) ^ counter[1] ^ a, word(q), (p >> 32n) ^ counter[3] ^ b, word(p)];
    [a, b] = [word(a + 0x9e3779b9n), word(b + 0xbb67ae85n)];
  }
  return counter.map(Number);
}

describe("the scheme of counters", () => {
  const key = random.key(2 ** 40 + 77, philox);
  const child = random.foldIn(key, 5);

  it("begins with a seed's 64 bits, the lower ones first", () => {
    expect([key.dtype, key.shape, [...key.data]]).toEqual(["uint32", [4], [77, 2 ** 8, 0, 0]]);
    expect([...random.key(-1, philox).data]).toEqual([ones, 0, 0, 0]);
    expect(hex(random.bits(random.key(0, philox), 4).data)).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  });

  it("has block i / 4 in elements i of arrays, 2^30 + i in splits and 2^31 + data in folds", () => {
    for (const from of [key, child]) {
      const words = [...from.data];
      const blocks = (count: number, start = 0n): number[] =>
        Array.from({ length: count }, (_, i) => block(words, start + BigInt(i))).flat();
      expect([...random.bits(from, [2, 5]).data]).toEqual(blocks(3).slice(0, 10));
      expect([...random.split(from, 3).data]).toEqual(blocks(3, 2n ** 62n));
      for (const data of [0, 1, 2 ** 31, ones]) {
        expect([...random.foldIn(from, data).data]).toEqual(blocks(1, 2n ** 63n + BigInt(data)));
      }
    }
  });

  it("knows any key of a split of any size", () => {
    const i = 2 ** 40 + 3;
    expect(splitAt([...child.data] as unknown as PhiloxKey, i)).toEqual(block([...child.data], 2n ** 62n + BigInt(i)));
  });
});

const draws = (key: NdArray, dtype: "float32" | "float64") => ({
  bits: (n: number) => random.bits(key, n),
  uniform: (n: number) => random.uniform(key, n, { dtype }),
  normal: (n: number) => random.normal(key, n, { dtype }),
});

test.each(["float32", "float64"] as const)("an element does not depend on how many are drawn: %s", (dtype) => {
  for (const draw of Object.values(draws(random.key(3, philox), dtype))) {
    const many = [...draw(41).data];
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 33]) expect([...draw(n).data]).toEqual(many.slice(0, n));
  }
});

const drawn = (key: NdArray, index: NdArray) => {
  const [a, b] = random.split(random.foldIn(key, index)) as Iterable<NdArray> as [NdArray, NdArray];
  return {
    bits: random.bits(a, [3]),
    uniform: random.uniform(b, [2, 2], { low: -1, high: np.asarray([1, 2]) }),
    normal: random.normal(a, 5),
    many: random.normal(b, 71),
    one: random.normal(b),
    wide: random.uniform(a, [3], { dtype: "float64" }),
    keys: random.split(b, 3),
  };
};

test.each([0, 12345, -7])("a key folded with %i draws the same three ways", (index) => {
  const key = random.key(index, philox).value!;
  const at = { dtype: "int32", shape: [], data: Int32Array.of(index) } as const;
  threeWays((k, i) => drawn(k!, i!), [key, at]);
  threeWays((k, i) => drawn(k!, i!), [key, at], "float64");
  threeWays((i) => drawn(random.key(3, philox), i!), [at]);
  threeWays((i) => random.normal(random.key(i!, philox), 3), [at]);
});

describe.each(backends.filter(({ canRun }) => canRun).map((backend) => [backend.target.name, backend] as const))(
  "compiled for %s",
  (_, backend) => {
    it.each([
      ["threefry", "float32"],
      ["threefry", "float64"],
      ["philox", "float32"],
      ["philox", "float64"],
    ] as const)("%s keys draw the interpreter's bits in %s", (impl, dtype) => {
      const points = [1, 2, 3, 4, 5].map((seed) => [random.key(seed, { impl }).value!]);
      const inputs = points[0]!.map(({ dtype, shape }) => ({
        name: "key",
        role: "point" as const,
        type: { dtype, shape },
      }));
      const { program } = traceModel(inputs, ([key]) => drawn(key!, np.asarray(new Int32Array([9])).at(0)), { dtype });
      const kernel = kernelOf(program, { groups: 2, unrolled: 16 }, backend.target);
      expect(runKernel(backend, program, kernel, points)).toEqual(runInterpreter(program, points));
    });
  },
);

describe("a key's generator is in its type", () => {
  const seeds = [4, 5, 6];
  const expected = seeds.map((seed) => [...random.normal(random.key(seed, philox), 3).data]);

  it("travels through vmap", () => {
    const keys = np.stack(seeds.map((seed) => random.key(seed, philox)));
    const found = vmap((key: NdArray) => random.normal(key, 3))(keys) as NdArray;
    expect(found.toArray()).toEqual(expected);
  });

  it("travels through points, splits and the carries of loops", async () => {
    const space = new Space({ key: new DataAxis(np.stack(seeds.map((seed) => random.key(seed, philox)))) });
    const model = (state: { key: number | NdArray }) => {
      const key = state.key as NdArray;
      const folded = lax.foriLoop(0, 3, (i, k: NdArray) => random.split(random.foldIn(k, i)).at(1), key);
      return { first: random.normal(key, 3), last: random.bits(folded) };
    };
    const [ones, many] = await Promise.all([
      new SequentialExecution(model, space).run(),
      new ParallelExecution(model, space, { nPmap: 1 }).run(),
    ]);
    const rows = [...many] as unknown as { first: NdArray }[];
    expect(rows.map((row) => [...np.asarray(row.first).data])).toEqual(expected);
    expect(JSON.stringify([...many])).toBe(JSON.stringify([...ones]));
  });

  test.each<[string, () => unknown]>([
    ["in one array", () => np.stack([random.key(0), random.key(0, philox)])],
    [
      "in one carry",
      () => lax.foriLoop(0, 2, (_, k: NdArray) => random.foldIn(random.key(1, philox), k.at(0)), random.key(0)),
    ],
    [
      "in two branches",
      () =>
        branches(
          () => random.key(0),
          () => random.key(0, philox),
        ),
    ],
  ])("of two generators cannot meet %s: the error names both types", (_, mix) => {
    let message = "";
    try {
      mix();
    } catch (error) {
      if (!isLanewiseError(error)) throw error;
      message = error.message;
    }
    expect(message).toMatch(/\[2\].*\[4\]|\[4\].*\[2\]/);
  });
});

const branches = (yes: () => NdArray, no: () => NdArray): unknown => {
  const model = (x: NdArray): unknown => lax.cond(x.greater(0), yes, no);
  return threeWays((x) => model(x!), [np.asarray(1).value!]);
};

test.each(["threefry", "philox"] as const)("the same numbers drawn twice are one part of a program: %s", (impl) => {
  const key = { name: "key", role: "point", type: { dtype: "uint32", shape: [impl === "philox" ? 4 : 2] } } as const;
  const nodes = (model: (key: NdArray) => unknown): number =>
    nodesOf(traceModel([key], ([k]) => model(k!), { dtype: "float32" }).program.root).length;
  const once = nodes((k) => random.normal(k, 999).add(0));
  expect(nodes((k) => random.normal(k, 999).add(random.normal(k, 999)))).toBeLessThanOrEqual(once + 1);
});

test.each<[string, () => unknown]>([
  ["philx", () => random.key(0, { impl: "philx" as "philox" })],
  ["an option that is none", () => random.key(0, { imp: "philox" } as never)],
  ["words that are no key", () => random.normal(np.asarray(new Uint32Array(3)))],
])("%s is refused", (_, make) => {
  let message = "";
  try {
    make();
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    message = error.message.replace(/ \(at .*\)$/, "");
  }
  expect(message).toMatchSnapshot();
});
