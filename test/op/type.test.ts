/** Type rules: what each op refuses, with its message. */

import { describe, expect, test } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { isLanewiseError } from "../../src/base/errors.ts";
import type { Type } from "../../src/base/value.ts";
import type { Attrs, OpRecord } from "../../src/op/record.ts";
import { isNative, isOpName, type OpName, resultType, table } from "../../src/op/table.ts";

const f = (...shape: number[]): Type => ({ dtype: "float32", shape });
const of = (dtype: DType, ...shape: number[]): Type => ({ dtype, shape });

function message(op: OpName, types: readonly Type[], attrs: Attrs = {}): string {
  try {
    resultType(op, types, attrs);
  } catch (error) {
    if (isLanewiseError(error, "type")) return error.message;
    throw error;
  }
  return "no error";
}

describe("what does not fit is refused", () => {
  test.each<[OpName, Type[], Attrs, string]>([
    ["add", [f(3)], {}, "add: expected 2 operands, got float32[3]; give as many as the op takes"],
    ["concat", [], { axis: 0 }, "concat: expected at least one operand, got nothing; give as many as the op takes"],
    [
      "add",
      [f(3), of("int32", 3)],
      {},
      "add: expected int32, uint32, float32 or float64, the same for all operands, got float32[3], int32[3]; convert first",
    ],
    [
      "add",
      [f(3), f(4)],
      {},
      "add: expected operands of one shape, or scalars, got float32[3], float32[4]; broadcast them first",
    ],
    [
      "div",
      [of("int32"), of("int32")],
      {},
      "div: expected float32 or float64, the same for all operands, got int32[], int32[]; convert first",
    ],
    [
      "convert",
      [f()],
      { dtype: "int8" },
      'convert: expected any dtype, to attrs.dtype, the same for all operands, got float32[] {"dtype":"int8"}; convert first',
    ],
    [
      "broadcast",
      [f(3)],
      { shape: [4], axes: [0] },
      "broadcast: expected sizes that are 1 or those of [4] at axes [0], got [3]; give arrays whose shapes broadcast",
    ],
    [
      "broadcast",
      [f(2, 2)],
      { shape: [2, 2], axes: [1, 0] },
      "broadcast: expected rising axes of the result, got [1, 0]; transpose first",
    ],
    [
      "reshape",
      [f(3)],
      { shape: [4] },
      "reshape: expected a shape of 3 elements for [3], got [4]; keep the number of elements",
    ],
    [
      "reshape",
      [f(3)],
      { shape: [-3] },
      "reshape: expected sizes of at least 0 as shape, got [-3]; give the result's shape",
    ],
    [
      "transpose",
      [f(2, 3)],
      { axes: [0] },
      "transpose: expected every axis of [2, 3] once, got [0]; give a permutation of the axes",
    ],
    [
      "transpose",
      [f(2, 3)],
      { axes: [0, 0] },
      "transpose: expected distinct axes from 0 to 1, got [0,0]; name axes that the operand has, each once",
    ],
    [
      "slice",
      [f(3)],
      { start: [1], step: [1], shape: [3] },
      "slice: expected elements 0 to 2 along axis 0 of float32[3], got 3 from 1 in steps of 1; stay inside the array",
    ],
    [
      "slice",
      [f(3)],
      { start: [1], shape: [1] },
      "slice: expected a list of 1 integer as step, got nothing; give one for each axis",
    ],
    [
      "concat",
      [f(2, 3), f(3, 3)],
      { axis: 1 },
      "concat: expected one dtype, and one shape beside axis 1, got float32[2,3], float32[3,3]; convert or reshape them first",
    ],
    ["sum", [of("bool", 3)], { axes: [0] }, "sum: expected an array of numbers, got bool[3]; convert it first"],
    ["reduceOr", [f(3)], { axes: [0] }, "reduceOr: expected a bool array, got float32[3]; convert it first"],
    [
      "reduceMin",
      [f(2, 0)],
      { axes: [1] },
      "reduceMin: expected at least one element, got none along axes [1]; reduce arrays with elements",
    ],
    ["cumsum", [f(3)], { axis: 1 }, "cumsum: expected an axis from 0 to 0, got 1; name an axis that the operand has"],
    ["cumsum", [f(3)], { axis: 0.5 }, "cumsum: expected an integer as axis, got 0.5; give one"],
    [
      "dot",
      [f(2, 3), f(2, 3)],
      {},
      "dot: expected numbers of one dtype and shapes [...batch, m, k] and [...batch, k, n], got float32[2,3], float32[2,3]; convert or reshape them first",
    ],
    ["gather", [f(3), f(2)], { axis: 0 }, "gather: expected int32 indices, got float32[2]; convert them first"],
    [
      "gather",
      [f(0), of("int32")],
      { axis: 0 },
      "gather: expected elements along axis 0, got float32[0]; take from an array with elements",
    ],
    [
      "scatterAdd",
      [f(3, 2), of("int32", 4), f(4)],
      {},
      "scatterAdd: expected numbers [n, ...rest], int32 indices [e] and updates [e, ...rest] of the numbers' dtype, got float32[3,2], int32[4], float32[4]; give updates of shape [4, 2]",
    ],
    [
      "dynamicSlice",
      [f(3)],
      { shape: [2] },
      "dynamicSlice: expected 1 int32 scalar as starts, got nothing; give one for each axis",
    ],
    [
      "dynamicSlice",
      [f(3), of("int32")],
      { shape: [4] },
      "dynamicSlice: expected a block inside [3], got [4]; take a smaller one",
    ],
    [
      "dynamicUpdateSlice",
      [f(3), of("int32", 1), of("int32")],
      {},
      "dynamicUpdateSlice: expected an update of float32 that fits inside [3], got int32[1]; convert or cut it first",
    ],
  ])("%s: %#", (op, types, attrs, wanted) => {
    expect(message(op, types, attrs)).toBe(wanted);
  });
});

describe("the table", () => {
  const records = Object.entries(table) as [OpName, OpRecord][];

  test("gives every elementwise op a native definition or an expansion, never both", () => {
    const definitions = (record: OpRecord): number =>
      record.kind === "array" ? 1 : [record.scalar, record.cast, record.expand].filter(Boolean).length;
    expect(records.filter(([, record]) => definitions(record) !== 1)).toEqual([]);
  });

  test("calls natives what has no expansion", () => {
    expect(isNative(table.add)).toBe(true);
    expect(isNative(table.exp)).toBe(false);
    expect(isNative(table.sum)).toBe(false);
  });

  test("knows its own names and no inherited ones", () => {
    expect(isOpName("add")).toBe(true);
    expect(isOpName("toString")).toBe(false);
  });
});
