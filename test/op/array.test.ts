/** Ops on whole arrays, on examples small enough to check by eye, and in the cases where an order or an edge shows. */

import { describe, expect, test } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import { type Value, zerosOf } from "../../src/base/value.ts";
import type { Attrs } from "../../src/op/record.ts";
import type { OpName } from "../../src/op/table.ts";
import { evaluateOp } from "../../src/program/evaluate.ts";

function array(dtype: DType, shape: readonly number[], elements: readonly number[]): Value {
  const out = zerosOf({ dtype, shape });
  out.data.set(elements);
  return out;
}
const ints = (shape: readonly number[], elements: readonly number[]): Value => array("int32", shape, elements);
const count = (shape: readonly number[]): Value => ints(shape, [...Array(sizeOf(shape)).keys()]);
const int = (x: number): Value => ints([], [x]);

type Case = [what: string, op: OpName, operands: Value[], attrs: Attrs, wanted: Value];

const moves: Case[] = [
  ["repeats a scalar", "broadcast", [int(7)], { shape: [2, 2], axes: [] }, ints([2, 2], [7, 7, 7, 7])],
  ["repeats rows", "broadcast", [count([2])], { shape: [2, 2], axes: [1] }, ints([2, 2], [0, 1, 0, 1])],
  ["repeats columns", "broadcast", [count([2, 1])], { shape: [2, 3], axes: [0, 1] }, ints([2, 3], [0, 0, 0, 1, 1, 1])],
  ["keeps the order of elements", "reshape", [count([2, 3])], { shape: [3, 2] }, count([3, 2])],
  ["swaps axes", "transpose", [count([2, 3])], { axes: [1, 0] }, ints([3, 2], [0, 3, 1, 4, 2, 5])],
  ["turns three axes", "transpose", [count([2, 1, 3])], { axes: [2, 0, 1] }, ints([3, 2, 1], [0, 3, 1, 4, 2, 5])],
  ["takes every second", "slice", [count([7])], { start: [1], step: [2], shape: [3] }, ints([3], [1, 3, 5])],
  ["takes backwards", "slice", [count([4])], { start: [3], step: [-1], shape: [4] }, ints([4], [3, 2, 1, 0])],
  ["takes nothing", "slice", [count([4])], { start: [9], step: [1], shape: [0] }, ints([0], [])],
  [
    "cuts both axes",
    "slice",
    [count([3, 4])],
    { start: [2, 0], step: [-2, 3], shape: [2, 2] },
    ints([2, 2], [8, 11, 0, 3]),
  ],
  [
    "joins along the last axis",
    "concat",
    [count([2, 2]), ints([2, 1], [8, 9])],
    { axis: 1 },
    ints([2, 3], [0, 1, 8, 2, 3, 9]),
  ],
  ["joins along the first", "concat", [count([1, 2]), count([2, 2])], { axis: 0 }, ints([3, 2], [0, 1, 0, 1, 2, 3])],
  ["takes a block", "dynamicSlice", [count([3, 3]), int(1), int(0)], { shape: [2, 2] }, ints([2, 2], [3, 4, 6, 7])],
  ["clamps a block's start", "dynamicSlice", [count([5]), int(9)], { shape: [2] }, ints([2], [3, 4])],
  ["clamps a negative start", "dynamicSlice", [count([5]), int(-3)], { shape: [2] }, ints([2], [0, 1])],
  [
    "replaces a block, clamped",
    "dynamicUpdateSlice",
    [count([2, 3]), ints([2, 1], [8, 9]), int(5), int(5)],
    {},
    ints([2, 3], [0, 1, 8, 3, 4, 9]),
  ],
  [
    "takes rows by clamped index",
    "gather",
    [count([3, 2]), ints([3], [2, -1, 7])],
    { axis: 0 },
    ints([3, 2], [4, 5, 0, 1, 4, 5]),
  ],
  [
    "takes with two-dimensional indices",
    "gather",
    [count([2, 3]), ints([2, 2], [0, 2, 1, 1])],
    { axis: 1 },
    ints([2, 2, 2], [0, 2, 1, 1, 3, 5, 4, 4]),
  ],
  ["drops the axis of a scalar index", "gather", [count([3, 2]), int(1)], { axis: 0 }, ints([2], [2, 3])],
  [
    "adds rows and skips those outside",
    "scatterAdd",
    [count([3, 2]), ints([4], [2, 0, 3, 2]), ints([4, 2], [10, 20, 30, 40, 50, 60, 70, 80])],
    {},
    ints([3, 2], [30, 41, 2, 3, 84, 105]),
  ],
];

const folds: Case[] = [
  ["sums one axis", "sum", [count([2, 3])], { axes: [0] }, ints([3], [3, 5, 7])],
  ["sums axes that are apart", "sum", [count([2, 2, 2])], { axes: [0, 2] }, ints([2], [10, 18])],
  ["sums no axis", "sum", [count([2])], { axes: [] }, count([2])],
  ["wraps sums", "sum", [ints([2], [2 ** 31 - 1, 1])], { axes: [0] }, int(-(2 ** 31))],
  ["sums nothing to 0", "sum", [ints([2, 0], [])], { axes: [1] }, ints([2], [0, 0])],
  ["multiplies nothing to 1", "prod", [ints([0], [])], { axes: [0] }, int(1)],
  ["multiplies", "prod", [ints([2, 2], [2, 3, 4, 5])], { axes: [1] }, ints([2], [6, 20])],
  ["finds the least", "reduceMin", [ints([2, 2], [2, -3, 4, 5])], { axes: [1] }, ints([2], [-3, 4])],
  ["lets NaN win", "reduceMax", [array("float32", [3], [1, NaN, 2])], { axes: [0] }, array("float32", [], [NaN])],
  [
    "asks whether all hold",
    "reduceAnd",
    [array("bool", [2, 2], [1, 1, 1, 0])],
    { axes: [1] },
    array("bool", [2], [1, 0]),
  ],
  [
    "asks whether any holds",
    "reduceOr",
    [array("bool", [2, 2], [0, 0, 1, 0])],
    { axes: [1] },
    array("bool", [2], [0, 1]),
  ],
  ["holds for all of nothing", "reduceAnd", [array("bool", [0], [])], { axes: [0] }, array("bool", [], [1])],
  ["holds for none of nothing", "reduceOr", [array("bool", [0], [])], { axes: [0] }, array("bool", [], [0])],
  ["runs sums along an axis", "cumsum", [count([2, 3])], { axis: 1 }, ints([2, 3], [0, 1, 3, 3, 7, 12])],
  ["runs sums across rows", "cumsum", [count([2, 2])], { axis: 0 }, ints([2, 2], [0, 1, 2, 4])],
  ["multiplies matrices", "dot", [count([2, 3]), count([3, 2])], {}, ints([2, 2], [10, 13, 28, 40])],
  ["multiplies a batch", "dot", [count([2, 1, 2]), count([2, 2, 1])], {}, ints([2, 1, 1], [1, 13])],
  ["gives 0 without products", "dot", [ints([1, 0], []), ints([0, 2], [])], {}, ints([1, 2], [0, 0])],
];

describe("ops that move elements", () => {
  test.each(moves)("%s (%s)", (_, op, operands, attrs, wanted) => {
    expect(evaluateOp(op, operands, attrs)).toEqual(wanted);
  });
});

describe("ops that fold elements", () => {
  test.each(folds)("%s (%s)", (_, op, operands, attrs, wanted) => {
    expect(evaluateOp(op, operands, attrs)).toEqual(wanted);
  });

  test("a sum starts from its first element, so that -0 stays", () => {
    const negative = array("float32", [2], [-0, -0]);
    expect(Object.is(evaluateOp("sum", [negative], { axes: [0] }).data[0], -0)).toBe(true);
    const product = evaluateOp("dot", [array("float32", [1, 1], [-0]), array("float32", [1, 1], [1])]);
    expect(Object.is(product.data[0], -0)).toBe(true);
  });

  test("a float32 sum is rounded after each step, in row-major order", () => {
    const data = Float32Array.from([1e8, 1, -1e8, 1, 3, 0.1]);
    let total = data[0]!;
    for (const x of data.subarray(1)) total = Math.fround(total + x);
    const value: Value = { dtype: "float32", shape: [2, 3], data };
    expect(evaluateOp("sum", [value], { axes: [0, 1] }).data[0]).toBe(total);
    expect(evaluateOp("sum", [value], { axes: [1, 0] }).data[0]).toBe(total);
    expect(evaluateOp("cumsum", [{ ...value, shape: [6] }], { axis: 0 }).data[5]).toBe(total);
  });

  test("products of a float32 dot are rounded before they are added", () => {
    const a = array("float32", [1, 2], [1.1, 1.3]);
    const b = array("float32", [2, 1], [1.7, -1.9]);
    const f = Math.fround;
    const wanted = f(f(f(1.1) * f(1.7)) + f(f(1.3) * f(-1.9)));
    expect(evaluateOp("dot", [a, b]).data[0]).toBe(wanted);
  });

  test("scattered terms are added in their order", () => {
    const updates = array("float32", [3], [1e8, 1, -1e8]);
    const result = evaluateOp("scatterAdd", [array("float32", [1], [0]), ints([3], [0, 0, 0]), updates]);
    expect(result.data[0]).toBe(0);
  });
});

test("ops leave their operands as they were", () => {
  const x = count([2, 3]);
  evaluateOp("scatterAdd", [x, ints([1], [0]), ints([1, 3], [5, 5, 5])]);
  evaluateOp("dynamicUpdateSlice", [x, ints([1, 1], [9]), int(0), int(0)]);
  expect(x).toEqual(count([2, 3]));
});
