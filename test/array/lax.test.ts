/** Control flow: known results, the same with numbers, traced and compiled. */

import { describe, expect, test } from "vitest";
import * as lax from "../../src/array/lax.ts";
import { fromValue, type NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import type { FloatDType } from "../../src/base/dtype.ts";
import { formatType, type Value } from "../../src/base/value.ts";
import { threeWays } from "../helpers/three-ways.ts";

const list = (...x: number[]): Value => ({ dtype: "float32", shape: [x.length], data: Float32Array.from(x) });
const f32 = (x: number): Value => ({ dtype: "float32", shape: [], data: Float32Array.of(x) });
const i32 = (x: number): Value => ({ dtype: "int32", shape: [], data: Int32Array.of(x) });

type Model = (...x: NdArray[]) => unknown;

/** Results as `dtype[shape] numbers`. */
const run = (model: Model, given: readonly Value[], dtype?: FloatDType): string[] =>
  threeWays(model, given, dtype).map((v) => `${formatType(v)} ${[...v.data].join(" ")}`);

test.each<[string, Model, Value[], string[]]>([
  [
    "stacks what every step gives",
    (xs) => lax.scan((c, x) => [c.add(x), c.mul(2)], 0, xs),
    [list(1, 2, 3)],
    ["float32[] 6", "float32[3] 0 2 6"],
  ],
  [
    "runs from the last to the first and keeps the order of outputs",
    (xs) => lax.scan((c, x) => [c.mul(10).add(x), c], 0, xs, { reverse: true }),
    [list(1, 2, 3)],
    ["float32[] 321", "float32[3] 32 3 0"],
  ],
  ["takes the carry alone", (xs) => lax.scan((c, x) => c.sub(x), 10, xs)[0], [list(1, 2)], ["float32[] 7"]],
  [
    "takes a carry of two parts alone",
    (xs) => lax.scan(([a, b], x) => [b, a.add(x)], [0, 1] as [number, number], xs)[0],
    [list(1, 2, 4)],
    ["float32[] 3", "float32[] 5"],
  ],
  [
    "counts steps without xs",
    (x) => lax.scan((c, none) => (none === null ? c.mul(2) : c), x, null, { length: 5 })[0],
    [f32(3)],
    ["float32[] 96"],
  ],
  [
    "walks along trees and carries trees",
    (a, b) =>
      lax.scan(
        ({ s, n }, { a, rest: [b] }) => [
          { s: s.add(a.mul(b)), n: n.add(1) },
          { product: a.mul(b), both: [a, b] },
        ],
        { s: 0, n: 0 },
        { a: a!, rest: [b!] as [NdArray] },
      ),
    [list(1, 2), list(3, 4)],
    ["float32[] 2", "float32[] 11", "float32[2] 1 2", "float32[2] 3 4", "float32[2] 3 8"],
  ],
  [
    "takes rows of matrices and lists of numbers",
    (x) =>
      lax.scan((c, [row, k]) => [c.add(row.mul(k)), row.sum()], x.mul(0), [np.outer(x, [1, 2]).T, [10, 100]] as [
        NdArray,
        number[],
      ]),
    [list(1, 2)],
    ["float32[2] 210 420", "float32[2] 3 6"],
  ],
  [
    "of no steps gives the first carry and empty outputs",
    (x) => lax.scan((c, t) => [c.add(t), { c, t }], x, np.zeros([0, 2]).sum(1)),
    [f32(3)],
    ["float32[] 3", "float32[0] ", "float32[0] "],
  ],
  ["counts from low below high", (x) => lax.foriLoop(2, 5, (i, c) => c.mul(10).add(i), x), [f32(0)], ["float32[] 234"]],
  ["does nothing from high to low", (x) => lax.foriLoop(5, 2, (i, c) => c.add(i), x), [f32(7)], ["float32[] 7"]],
  [
    "counts to a bound of the point",
    (x, n) => lax.foriLoop(1, n!, (i, c) => ({ p: c.p.mul(i), s: c.s.add(i) }), { p: x!, s: 0 }),
    [f32(1), i32(6)],
    ["float32[] 120", "float32[] 15"],
  ],
  ["counts from a bound of the point", (n) => lax.foriLoop(n, 3, (i, c) => c.add(i), 0), [i32(-2)], ["float32[] 0"]],
  [
    "closes over outer values in nested loops",
    (x) => lax.foriLoop(0, 3, (i, a) => lax.foriLoop(0, 2, (j, b) => b.add(x.mul(i)).add(j), a), 0),
    [f32(5)],
    ["float32[] 33"],
  ],
  [
    "goes on while a test is true",
    (x) =>
      lax.whileLoop(
        (c) => c.x.less(100),
        (c) => ({ x: c.x.mul(2), n: c.n.add(1) }),
        { x, n: 0 },
      ),
    [f32(3)],
    ["float32[] 6", "float32[] 192"],
  ],
  [
    "does not begin when the test is false",
    (x) =>
      lax.whileLoop(
        (c) => c.less(0),
        (c) => c.sub(1),
        x,
      ),
    [f32(3)],
    ["float32[] 3"],
  ],
  [
    "maps trees",
    (xs) => lax.map((x) => ({ twice: x.mul(2), odd: x.mod(2).equal(1) }), xs),
    [list(1, 2, 3)],
    ["bool[3] 1 0 1", "float32[3] 2 4 6"],
  ],
])("a loop %s", (_, model, given, expected) => {
  expect(run(model, given)).toEqual(expected);
});

describe("numbers in a first carry take the dtypes of the loop", () => {
  test.each<[string, Model, Value[], string[]]>([
    ["int32 from the counter", () => lax.foriLoop(0, 4, (i, c) => i.add(c.astype("int32")), 0), [], ["int32[] 6"]],
    ["also in a loop of no turns", () => lax.foriLoop(0, 0, (i) => i, 7), [], ["int32[] 7"]],
    [
      "also when the test is false at once",
      (n) =>
        lax.whileLoop(
          (c) => c.less(0),
          () => n!,
          5,
        ),
      [i32(1)],
      ["int32[] 5"],
    ],
    ["and count on from the first turn", (n) => lax.foriLoop(0, n!, (i) => i.mul(2), 0), [i32(4)], ["int32[] 6"]],
    [
      "float64 keeps the number's digits",
      () => lax.foriLoop(0, 1, (_, c) => c.add(np.asarray(new Float64Array([0])).at(0)), 0.1),
      [],
      ["float64[] 0.1"],
    ],
    ["a number that a turn returns follows the carry", (n) => lax.foriLoop(0, 3, () => 4, n!), [i32(1)], ["int32[] 4"]],
    [
      "one carry after another",
      () => lax.foriLoop(0, 3, (i, { a }) => ({ a: i, b: a.astype("int32") }), { a: 0, b: 0 }),
      [],
      ["int32[] 2", "int32[] 1"],
    ],
  ])("%s", (_, model, given, expected) => {
    expect(run(model, given)).toEqual(expected);
  });
});

test("float64 widens all that loops carry and close over", () => {
  const weights = np.asarray(new Float32Array([0.1, 0.2]));
  const found = run(() => lax.foriLoop(0, 2, (_, c) => c.mul(0.1), weights), [], "float64");
  expect(found).toEqual([`float64[2] ${Math.fround(0.1) * 0.1 * 0.1} ${Math.fround(0.2) * 0.1 * 0.1}`]);
});

describe.each([-3, 0, 0.4, 2, 9])("branches for %d", (x) => {
  const k = Math.min(Math.max(Math.trunc(x), 0), 2);
  test.each<[string, Model, Value[], string[]]>([
    [
      "cond",
      (a) =>
        lax.cond(
          a!.greater(0),
          (y) => ({ y: y.mul(2) }),
          (y) => ({ y: y.sub(1) }),
          a!,
        ),
      [f32(x)],
      [`float32[] ${Math.fround(x > 0 ? 2 * x : x - 1)}`],
    ],
    [
      "cond closing over outer values",
      (a, b) =>
        lax.cond(
          a!.less(1),
          () => a!.add(b!),
          () => a!.sub(b!),
        ),
      [f32(x), f32(1)],
      [`float32[] ${Math.fround(x < 1 ? x + 1 : x - 1)}`],
    ],
    [
      "cond with a number in one branch",
      (a, n) =>
        lax.cond(
          a!.greater(0),
          () => n!,
          () => 7,
        ),
      [f32(x), i32(3)],
      [`int32[] ${x > 0 ? 3 : 7}`],
    ],
    [
      "cond with numbers and words as operands",
      (a) =>
        lax.cond(
          a!.greater(0),
          (n, word) => n.add(word.length),
          (n) => n,
          1,
          "four",
        ),
      [f32(x)],
      [`float32[] ${x > 0 ? 5 : 1}`],
    ],
    [
      "switch, clamped",
      (a) => lax.switch(a!.astype("int32"), [(y) => y, (y) => y.mul(2), (y) => y.mul(3)], a!),
      [f32(x)],
      [`float32[] ${Math.fround(x * (k + 1))}`],
    ],
    [
      "switch inside of a loop",
      (a) => lax.foriLoop(0, 4, (i, c) => lax.switch(i, [() => c.add(a!), () => c.mul(2), () => 1]), 0),
      [f32(x)],
      ["float32[] 1"],
    ],
    ["select", (a) => lax.select(a!.greater(1), a!, 0), [f32(x)], [`float32[] ${x > 1 ? x : 0}`]],
  ])("%s", (_, model, given, expected) => {
    expect(run(model, given)).toEqual(expected);
  });
});

test.each([-9, -2, -1, 0, 1, 2, 3, 9])("windows that begin at %i lie inside of the array", (start) => {
  const x = list(10, 11, 12, 13);
  const from = Math.min(Math.max(start < 0 ? start + 4 : start, 0), 2);
  const sliced = `float32[2] ${10 + from} ${11 + from}`;
  const updated = [10, 11, 12, 13].with(from, -1).with(from + 1, -2);
  expect(run((a, i) => lax.dynamicSlice(a!, [i!], [2]), [x, i32(start)])).toEqual([sliced]);
  expect(run((a) => lax.dynamicSlice(a!, [start], [2]), [x])).toEqual([sliced]);
  const change: Model = (a, i) => lax.dynamicUpdateSlice(a!, [-1, -2], [i!]);
  expect(run(change, [x, i32(start)])).toEqual([`float32[4] ${updated.join(" ")}`]);
});

test.each([-9, -4, -1, 0, 3, 9])("an index %i of a point counts from the end and clamps", (index) => {
  const place = Math.min(Math.max(index < 0 ? index + 4 : index, 0), 3);
  const x = list(10, 11, 12, 13);
  expect(run((a, i) => [a!.at(i!), a!.take(i!), a!.at(i!.reshape(1))], [x, i32(index)])).toEqual([
    `float32[] ${10 + place}`,
    `float32[] ${10 + place}`,
    `float32[1] ${10 + place}`,
  ]);
  expect(run((a, i) => a!.reshape([2, 2]).at(1, i!), [x, i32(index)])).toEqual([
    `float32[] ${12 + Math.min(Math.max(index < 0 ? index + 2 : index, 0), 1)}`,
  ]);
});

test("the steps of a loop outside of a model see numbers", () => {
  const seen: unknown[] = [];
  lax.scan(
    (c, x) => {
      seen.push(x.item());
      return c;
    },
    0,
    fromValue(list(1, 2)),
  );
  expect(seen).toEqual([1, 2]);
});
