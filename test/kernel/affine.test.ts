/** Indices that are sums and multiples of what is known: the address has them, and only the rest is computed. */

import { describe, expect, it } from "vitest";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { lax, type NdArray, np } from "../../src/index.ts";
import type { Kernel, Statement } from "../../src/kernel/kernel.ts";
import { blocksOf } from "../../src/kernel/statement.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import type { Program } from "../../src/program/program.ts";
import { backends } from "../helpers/backends.ts";
import { kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";

const [ROWS, COLUMNS] = [8, 11];
const SIZE = ROWS * COLUMNS;
const POINTS = 9;

type Model = (past: NdArray, d: NdArray, n: NdArray) => NdArray;

/** A model of a matrix, of an integer for each pair of its columns, and of one that all points share. */
function traced(model: Model): Program {
  const inputs = [
    { name: "past", role: "point" as const, type: { dtype: "float32" as const, shape: [ROWS, COLUMNS] } },
    { name: "d", role: "point" as const, type: { dtype: "int32" as const, shape: [COLUMNS, COLUMNS] } },
    { name: "n", role: "shared" as const, type: { dtype: "int32" as const, shape: [] } },
  ];
  const call = (arrays: readonly NdArray[]) => model(...(arrays as [NdArray, NdArray, NdArray]));
  return traceModel(inputs, call, { dtype: "float32" }).program;
}

const points = Array.from({ length: POINTS }, (_, p): Value[] => [
  { dtype: "float32", shape: [ROWS, COLUMNS], data: Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i + p)) },
  {
    dtype: "int32",
    shape: [COLUMNS, COLUMNS],
    data: Int32Array.from({ length: COLUMNS ** 2 }, (_, i) => (i * 7919 + p * 104729) * (i % 3 === 0 ? -1 : 1)),
  },
  { dtype: "int32", shape: [], data: Int32Array.of(5) },
]);

const statementsOf = (block: readonly Statement[]): Statement[] =>
  block.flatMap((s) => [s, ...blocksOf(s).flatMap(statementsOf)]);

/** Strides of the gathers, and whether whole numbers are added or multiplied for each point. */
function lookAt(kernel: Kernel): { strides: number[]; sums: boolean } {
  const all = statementsOf(kernel.body);
  const isSum = (s: Statement): boolean => s.kind === "op" && (s.op === "add" || s.op === "mul");
  return {
    strides: [...new Set(all.flatMap((s) => (s.kind === "gather" ? [s.stride] : [])))],
    sums: all.some((s) => isSum(s) && "out" in s && s.out.dtype === "int32" && s.out.lane),
  };
}

const column = np.arange(COLUMNS);
const row = (d: NdArray): NdArray => np.bitwiseAnd(d, ROWS - 1);
/** For each row of places, the sum of what lies there. */
const totals = (past: NdArray, places: NdArray): NdArray => past.ravel().take(places).sum(1);

/** Models, the stride of what differs by point, and whether sums of it are left to compute. */
const models: readonly (readonly [string, Model, number, boolean])[] = [
  ["a row and a known column", (past, d) => totals(past, row(d).mul(COLUMNS).add(column)), COLUMNS, false],
  ["a known column and a row", (past, d) => totals(past, np.add(column, row(d).mul(COLUMNS))), COLUMNS, false],
  [
    "a known row and a column",
    (past, d) => totals(past, row(d).add(np.arange(COLUMNS).floorDivide(2).mul(COLUMNS))),
    1,
    false,
  ],
  ["a row alone", (past, d) => totals(past, row(d).mul(COLUMNS)), COLUMNS, false],
  ["a multiple of a sum", (past, d) => totals(past, row(d).add(1).mul(3).add(column)), 3, false],
  [
    "what falls",
    (past, d) =>
      totals(
        past,
        row(d)
          .mul(3)
          .add(np.sub(COLUMNS - 1, column)),
      ),
    3,
    false,
  ],
  ["two parts that differ by point", (past, d) => totals(past, row(d).mul(8).add(row(d.T)).add(column)), 1, true],
  ["a part below zero", (past, d) => totals(past, row(d).mul(3).sub(5).add(column.add(5))), 1, true],
  [
    "a number that all points share",
    (past, d, n) => totals(past, row(d).mul(COLUMNS).add(np.bitwiseAnd(n, 7)).add(np.arange(COLUMNS).mod(3))),
    COLUMNS,
    false,
  ],
  ["what may lie outside", (past, d) => totals(past, np.bitwiseAnd(d, 15).mul(COLUMNS).add(column)), 1, true],
  ["what may wrap", (past, d) => totals(past, row(d.mul(2 ** 30).add(column)).mul(COLUMNS)), COLUMNS, true],
  [
    "a ring that is written to",
    (past, d) =>
      lax.foriLoop(
        0,
        20,
        (t, ring: NdArray) => {
          const next = totals(ring, row(np.sub(t, d)).mul(COLUMNS).add(column)).mul(0.1);
          return lax.dynamicUpdateSlice(ring, next.expandDims(0), [row(t.add(1)), 0]);
        },
        past,
      ),
    COLUMNS,
    false,
  ],
];

describe.each(models)("an index of %s", (_, model, stride, sums) => {
  const program = traced(model);
  const expected = runInterpreter(program, points);
  for (const backend of backends.filter(({ canRun }) => canRun)) {
    it(`is computed as far as it must be, with the same bits, on ${backend.target.name}`, () => {
      const kernel = kernelOf(program, { groups: 2, unrolled: 8 }, backend.target);
      verifyKernel(kernel);
      expect(runKernel(backend, program, kernel, points)).toEqual(expected);
      expect(lookAt(kernel)).toEqual({ strides: [stride], sums });
    });
  }
});
