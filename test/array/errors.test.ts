/** What models are told when they go wrong, each with its sentence and the user's line. */

import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { traceModel } from "../../src/array/trace.ts";
import type { DType } from "../../src/base/dtype.ts";
import { isLanewiseError, lax, np } from "../../src/index.ts";

const here = /\(at [^()]*\/test\/array\/errors\.test\.ts:\d+:\d+\)$/;

/** The sentence, with this file's line as `here`. */
function said(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    const { name, message } = error as Error;
    const kind = isLanewiseError(error) ? `${name}(${error.kind})` : name;
    return `${kind}: ${message.replace(here, "(at here)")}`;
  }
  return "nothing";
}

/** The sentence when a model of a float32 scalar and a float32[3] is traced. */
const traced = (model: (x: NdArray, v: NdArray) => unknown): string =>
  said(() =>
    traceModel(
      [
        { name: "x", role: "point", type: { dtype: "float32", shape: [] } },
        { name: "v", role: "point", type: { dtype: "float32", shape: [3] } },
      ],
      ([x, v]) => model(x!, v!),
      { dtype: "float32" },
    ),
  );

let kept: NdArray | undefined;

// What JavaScript does with a traced value: no types hold it back.
// biome-ignore lint/suspicious/noExplicitAny: see above
const js = (x: NdArray): any => x;

test.each<[string, (x: NdArray, v: NdArray) => unknown]>([
  ["a comparison", (x) => (js(x) > 1 ? x : x.neg())],
  ["arithmetic operators", (x) => js(x) * 2],
  ["the number of an array", (x) => x.valueOf()],
  ["Math on an array", (x) => Math.sin(js(x))],
  ["an array as an index", (x, v) => [1, 2, 3][js(v.sum())] ?? js(x) + 1],
  ["reading numbers", (x) => x.item()],
  ["reading elements", (_, v) => v.data[0]],
  ["nested lists", (_, v) => v.toArray()],
  ["JSON", (x) => JSON.stringify({ x })],
])("%s of a traced value", (_, model) => {
  expect(traced(model)).toMatchSnapshot();
});

describe("an array that escapes", () => {
  test("from a trace", () => {
    traced((x) => {
      kept = x;
      return x;
    });
    expect([said(() => kept!.add(1)), traced((x) => x.add(kept!)), traced(() => kept)]).toMatchSnapshot();
  });

  test("from a loop", () => {
    let inner: NdArray | undefined;
    const leak = (use: (leaked: NdArray) => unknown) =>
      traced((x) => {
        lax.foriLoop(
          0,
          3,
          (_, c) => {
            inner = c.mul(2);
            return inner;
          },
          x,
        );
        return use(inner!);
      });
    expect([leak((leaked) => leaked.add(1)), leak((leaked) => leaked)]).toMatchSnapshot();
  });
});

const ints = np.arange(4);

test.each<[string, (x: NdArray, v: NdArray) => unknown]>([
  ["add", (_, v) => v.add([1, 2])],
  ["greater", (_, v) => v.greater(np.zeros(4))],
  ["where", (_, v) => np.where(v.less(1), np.zeros(2), v)],
  ["matmul", (_, v) => v.matmul(np.eye(4))],
  ["dot", (_, v) => v.dot(np.zeros([2]))],
  ["reshape", (_, v) => v.reshape([2, 2])],
  ["concatenate", (_, v) => np.concatenate([v, np.eye(2)])],
  ["stack", (_, v) => np.stack([v, np.zeros(2)])],
  ["broadcastTo", (_, v) => v.broadcastTo([2])],
  ["squeeze", (_, v) => v.squeeze(0)],
  ["segmentSum", (_, v) => np.segmentSum(v, [0, 1], 2)],
  ["dynamicSlice", (_, v) => lax.dynamicSlice(v, [0], [5])],
  ["dynamicUpdateSlice", (_, v) => lax.dynamicUpdateSlice(v, np.zeros(5), [0])],
  ["rows", (x, v) => np.asarray([[1, 2], [v]] as never).add(x)],
])("shapes that do not fit: %s", (_, model) => {
  expect(traced(model)).toMatchSnapshot();
});

test.each<[string, (x: NdArray, v: NdArray) => unknown]>([
  ["an axis that is not there", (_, v) => v.sum(1)],
  ["an axis of a scalar", (x) => x.max(0)],
  ["an axis twice", () => np.eye(3).sum([0, -2])],
  ["an index outside", (_, v) => v.at(3)],
  ["a fraction as index", (_, v) => v.at(0.5)],
  ["a float as index", (x, v) => v.at(x)],
  ["flags as indices", (_, v) => v.take(v.less(0))],
  ["too many indices", (_, v) => v.at(0, 0)],
  ["lists beside indices", () => np.eye(3).at([0, 1], 2)],
  ["a step of 0", (_, v) => v.slice({ step: 0 })],
  ["a negative segment", (_, v) => np.segmentSum(v, [0, -1, 1], 2)],
  ["a segment too many", (_, v) => np.segmentSum(v, [0, 2, 1], 2)],
  ["traced segments", (_, v) => np.segmentSum(v, v.astype("int32"), 2)],
  ["an unknown dtype", (x) => x.astype("float16" as DType)],
  ["an unknown dtype of a new array", () => np.zeros(2, { dtype: "double" as DType })],
  ["floats as bits", (x) => x.bitwiseAnd(1)],
  ["a number that int32 has not", () => ints.add(2 ** 31)],
  ["a negative number for uint32", () => ints.astype("uint32").less(-1)],
  ["an integer to a negative power", () => ints.pow(-1)],
  ["floats written into integers", (x) => lax.dynamicUpdateSlice(ints, x.reshape(1), [0])],
  ["the largest of nothing", () => np.zeros(0).max()],
  ["the place of the largest of nothing", () => np.zeros([2, 0]).argmax(1)],
  ["a word", (x) => x.add("1" as never)],
  ["big integers", () => np.asarray(new BigInt64Array(2) as never)],
  ["rows of a scalar", (x) => [...x]],
  ["lists of different lengths", () => np.asarray([[1, 2], [3]])],
])("%s", (_, model) => {
  expect(traced(model)).toMatchSnapshot();
});

test.each<[string, (x: NdArray, v: NdArray) => unknown]>([
  ["another dtype", (x) => lax.foriLoop(0, 3, (i, { a, b }) => ({ a: i, b: a.add(b) }), { a: x, b: x })],
  ["another shape", (x, v) => lax.scan(({ p: [a] }) => ({ p: [a.add(v)] }), { p: [x] }, v)],
  ["another part", (x) => lax.whileLoop((c) => c.a.less(1), ((c: { a: NdArray }) => ({ b: c.a })) as never, { a: x })],
  ["a fraction for integers", () => lax.foriLoop(0, 3, () => 0.5, ints.at(0))],
  ["a word in the carry", () => lax.foriLoop(0, 3, (_, c) => c, { a: "x" } as never)],
  ["nothing from a step", (x) => lax.scan((() => undefined) as never, x, null, { length: 2 })],
  ["three from a step", (x) => lax.scan(((c: NdArray) => [c, c, c]) as never, x, null, { length: 2 })],
  ["no xs and no length", (x) => lax.scan((c) => c, x, null)],
  ["xs of different lengths", (x, v) => lax.scan((c) => c, x, [v, ints])],
  ["a length that is not that of xs", (x, v) => lax.scan((c) => c, x, v, { length: 4 })],
  ["scalars as xs", (x) => lax.scan((c) => c, x, x)],
  ["a bound that is not whole", (x) => lax.foriLoop(0, 2.5, (_, c) => c, x)],
  ["a float as bound", (x) => lax.foriLoop(0, x, (_, c) => c, x)],
  [
    "a test that is no scalar",
    (_, v) =>
      lax.whileLoop(
        (c) => c.less(1),
        (c) => c,
        v,
      ),
  ],
  [
    "a predicate that is no scalar",
    (_, v) =>
      lax.cond(
        v.less(1),
        () => 1,
        () => 2,
      ),
  ],
  [
    "branches of different dtypes",
    (x) =>
      lax.cond(
        x.less(1),
        () => ({ y: x }),
        () => ({ y: ints.at(0) }),
      ),
  ],
  [
    "branches of different shapes",
    (x, v) =>
      lax.cond(
        x.less(1),
        () => x,
        () => v,
      ),
  ],
  ["branches of different parts", (x) => lax.cond(x.less(1), () => ({ a: x }), (() => ({ b: x })) as never)],
  ["no branches", () => lax.switch(0, [])],
  ["a branch of a float", (x) => lax.switch(x, [() => x])],
])("control flow with %s", (_, model) => {
  expect(traced(model)).toMatchSnapshot();
});

test.each<[string, () => unknown]>([
  ["nothing", () => undefined],
  ["null", () => null],
  ["an empty tree", () => ({ a: [] })],
  ["a word", () => ({ peak: "high" })],
  ["a hole", () => ({ a: 1, rest: [2, undefined] })],
  ["a function", () => () => 1],
  ["a promise", async () => 1],
  ["a promise that fails", () => Promise.reject(new Error("no"))],
  ["a promise in a tree", () => ({ a: Promise.resolve(1) })],
])("a model that returns %s", (_, model) => {
  expect(traced(model)).toMatchSnapshot();
});

test("errors say where outside of models too, through loops of the library", () => {
  expect(
    said(() => lax.map((row) => lax.scan((c) => c.add(np.zeros(2)), np.zeros(3), row)[0], np.eye(3))),
  ).toMatchInlineSnapshot(
    `"LanewiseError(type): add: expected shapes that broadcast together, got [3] and [2]; reshape one of them (NumPy's rules) (at here)"`,
  );
  expect(said(() => np.zeros(3).add(np.zeros(4)))).toMatchInlineSnapshot(
    `"LanewiseError(type): add: expected shapes that broadcast together, got [3] and [4]; reshape one of them (NumPy's rules) (at here)"`,
  );
});
