/** What dtype results have: plain numbers follow arrays, arrays promote, float64 executions widen. */

import { expect, test } from "vitest";
import { fromValue, type NdArray } from "../../src/array/ndarray.ts";
import { allocate, type DType, dtypes, type TypedArray } from "../../src/base/dtype.ts";
import { formatType, type Value } from "../../src/base/value.ts";
import { lax, nn, np } from "../../src/index.ts";
import { threeWays } from "../helpers/three-ways.ts";

const ones = (dtype: DType, shape: number[] = [2]): Value => ({
  dtype,
  shape,
  data: allocate(
    dtype,
    shape.reduce((n, d) => n * d, 1),
  ).fill(1) as TypedArray,
});

const typesOf = (model: (...x: NdArray[]) => unknown, given: Value[], float?: "float64"): string[] =>
  threeWays(model, given, float).map(formatType);

test("arrays promote from bool over uint32 and int32 to float32 and float64", () => {
  const order: DType[] = ["bool", "uint32", "int32", "float32", "float64"];
  for (const a of dtypes) {
    for (const b of dtypes) {
      const wider = order[Math.max(order.indexOf(a), order.indexOf(b))]!;
      const sum = wider === "bool" ? "int32" : wider;
      expect(
        typesOf((x, y) => [x!.add(y!), np.where(true, x!, y!), x!.equal(y!)], [ones(a), ones(b)]),
        `${a}, ${b}`,
      ).toEqual([`${sum}[2]`, `${wider}[2]`, "bool[2]"]);
    }
  }
});

test.each<[DType, string, string, string]>([
  ["bool", "int32[2]", "float32[2]", "float32[2]"],
  ["int32", "int32[2]", "float32[2]", "float32[2]"],
  ["uint32", "uint32[2]", "float32[2]", "float32[2]"],
  ["float32", "float32[2]", "float32[2]", "float32[2]"],
  ["float64", "float64[2]", "float64[2]", "float64[2]"],
])("a plain number beside %s", (dtype, whole, fraction, quotient) => {
  expect(typesOf((x) => [x!.mul(2), np.mul(2, x!), x!.mul(0.5), x!.div(2)], [ones(dtype)])).toEqual([
    whole,
    whole,
    fraction,
    quotient,
  ]);
});

test("float64 makes every float 64-bit: numbers, arrays made outside, typed arrays", () => {
  const outside = np.asarray([0.1]);
  const model = (x: NdArray) => [
    x.add(1),
    outside,
    outside.mul(2),
    np.zeros(2),
    np.asarray(new Float32Array(2)),
    np.asarray([0.1]),
    x.astype("int32").div(3),
    x.astype("float32").exp(),
    0.1,
    true,
    lax.foriLoop(0, 2, (_, c) => c.mul(0.1), outside.at(0)),
    nn.softmax(outside),
  ];
  expect(
    new Set(typesOf((x) => model(x!), [ones("float64", [])], "float64").map((type) => type.replace(/\[.*/, ""))),
  ).toEqual(new Set(["float64", "bool"]));
  const [tenth] = threeWays(() => np.asarray([0.1]).mul(3), [], "float64");
  expect(tenth!.data[0]).toBe(0.1 * 3);
});

test("empty arrays go through everything that has no largest element", () => {
  const given = [ones("float32", [0, 3])];
  expect(
    typesOf(
      (x) => [
        x!.exp(),
        x!.sum(0),
        x!.sum(1),
        x!.T,
        x!.reshape([3, -1]),
        np.concatenate([x!, x!]),
        x!.flip(),
        x!.roll(1),
        x!.tile(2),
        x!.take([], 1),
        x!.cumsum(0),
        x!.mean(0),
        x!.slice({ start: 5 }),
      ],
      given,
    ),
  ).toEqual([
    "float32[0,3]",
    "float32[3]",
    "float32[0]",
    "float32[3,0]",
    "float32[3,0]",
    "float32[0,3]",
    "float32[0,3]",
    "float32[0,3]",
    "float32[0,6]",
    "float32[0,0]",
    "float32[0,3]",
    "float32[3]",
    "float32[0,3]",
  ]);
});

test.each<[(x: NdArray) => NdArray, number[]]>([
  [(x) => nn.sigmoid(x), [0.5, 1, 0, 1 / (1 + Math.exp(-1))]],
  [(x) => nn.softplus(x), [Math.log(2), 100, 0, Math.log1p(Math.E)]],
  [(x) => nn.relu(x), [0, 100, 0, 1]],
  [(x) => nn.softmax(x), [0, 1, 0, 0]],
  [(x) => nn.logSumExp(x), [100]],
  [(x) => nn.logSumExp(x.reshape([2, 2]), 0, { keepdims: true }), [0, 100]],
])("nn: %s", (f, expected) => {
  const x: Value = { dtype: "float64", shape: [4], data: Float64Array.of(0, 100, -100, 1) };
  const [found] = threeWays((v) => f(v!), [x]);
  expect(found!.data.length).toBe(expected.length);
  expected.forEach((y, i) => {
    expect(found!.data[i]).toBeCloseTo(y, 12);
  });
});

test("arrays show their numbers in as many digits as they have", () => {
  expect([
    String(np.array([0.1, 16777216, 1 / 3])),
    String(np.asarray(new Float64Array([0.1, 1 / 3]))),
    String(fromValue({ dtype: "int32", shape: [], data: Int32Array.of(2147483647) })),
    String(np.arange(20)),
    String(np.asarray([[true], [false]])),
    `${np.asarray(2)}`,
    Number(np.asarray(2)),
    JSON.stringify({ x: np.eye(2) }),
  ]).toMatchInlineSnapshot(`
    [
      "float32[3] [0.1, 16777216, 0.33333334]",
      "float64[2] [0.1, 0.3333333333333333]",
      "int32[] 2147483647",
      "int32[20] [0, 1, 2, 3, 4, 5, …, 17, 18, 19]",
      "bool[2,1] [[true], [false]]",
      "float32[] 2",
      2,
      "{"x":[[1,0],[0,1]]}",
    ]
  `);
});
