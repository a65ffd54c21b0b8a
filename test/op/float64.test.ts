/** Elementary functions in 64 bits, against references of sixty digits and at the edges of C99. */

import { describe, expect, test } from "vitest";
import type { OpName } from "../../src/op/table.ts";
import { evaluate, worst } from "../helpers/ulp.ts";

const limits: { readonly [op in OpName]?: number } = {
  exp: 2,
  log: 2,
  sin: 2,
  cos: 2,
  exp2: 4,
  expm1: 4,
  log2: 4,
  log10: 4,
  log1p: 4,
  tan: 4,
  sinh: 4,
  cosh: 4,
  tanh: 4,
  sigmoid: 4,
  softplus: 4,
};

describe("float64 functions stay within their units in the last place", () => {
  for (const [op, limit] of Object.entries(limits)) {
    test(`${op}: ${limit}`, () => {
      const found = worst(op as OpName, "float64");
      expect(found.ulp, JSON.stringify(found)).toBeGreaterThanOrEqual(0);
      expect(found.ulp, JSON.stringify(found)).toBeLessThanOrEqual(limit);
    });
  }
});

const tiny = 5e-324;
const edges: { readonly [op in OpName]?: readonly (readonly [x: number, y: number])[] } = {
  exp: [
    [-Infinity, 0],
    [Infinity, Infinity],
    [NaN, NaN],
    [-0, 1],
    [0, 1],
    [709.782712893384, 1.7976931348622732e308],
    [710, Infinity],
    [-745.1332191019411, tiny],
    [-745.2, 0],
    [1e300, Infinity],
    [-1e300, 0],
  ],
  exp2: [
    [-Infinity, 0],
    [Infinity, Infinity],
    [NaN, NaN],
    [0, 1],
    [10, 1024],
    [-1074, tiny],
    [-1022, 2 ** -1022],
    [1023, 2 ** 1023],
    [1024, Infinity],
    [-1076, 0],
  ],
  expm1: [
    [-0, -0],
    [0, 0],
    [tiny, tiny],
    [-tiny, -tiny],
    [-Infinity, -1],
    [Infinity, Infinity],
    [NaN, NaN],
    [-100, -1],
    [710, Infinity],
  ],
  log: [
    [0, -Infinity],
    [-0, -Infinity],
    [-1, NaN],
    [-tiny, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
    [1, 0],
    [tiny, -744.4400719213812],
  ],
  log2: [
    [0, -Infinity],
    [-0, -Infinity],
    [-1, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
    [1, 0],
    [8, 3],
    [2 ** -1074, -1074],
    [2 ** 1023, 1023],
    [0.5, -1],
  ],
  log10: [
    [0, -Infinity],
    [-1, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
    [1, 0],
    [10, 1],
    [100, 2],
    [1000, 3],
    [1e15, 15],
    [1e22, 22],
    [0.1, -1],
  ],
  log1p: [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [-tiny, -tiny],
    [-1, -Infinity],
    [-1.5, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
  ],
  sin: [
    [0, 0],
    [-0, -0],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
    [tiny, tiny],
    [Math.PI, 1.2246467991473532e-16],
  ],
  cos: [
    [0, 1],
    [-0, 1],
    [Infinity, NaN],
    [NaN, NaN],
    [tiny, 1],
    [Math.PI / 2, 6.123233995736766e-17],
  ],
  tan: [
    [0, 0],
    [-0, -0],
    [Infinity, NaN],
    [NaN, NaN],
    [tiny, tiny],
    [Math.PI / 2, 16331239353195370],
  ],
  sinh: [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
    [711, Infinity],
    [-711, -Infinity],
  ],
  cosh: [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, Infinity],
    [NaN, NaN],
    [711, Infinity],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [30, 1],
    [-30, -1],
  ],
  sigmoid: [
    [0, 0.5],
    [-0, 0.5],
    [Infinity, 1],
    [-Infinity, 0],
    [NaN, NaN],
    [800, 1],
    [-800, 0],
  ],
  softplus: [
    [0, Math.LN2],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    [1000, 1000],
    [-1000, 0],
  ],
};

describe("float64 functions at the edges", () => {
  for (const [op, rows] of Object.entries(edges)) {
    test(op, () => {
      const got = evaluate(
        op as OpName,
        "float64",
        rows.map(([x]) => x),
      );
      expect(got.map((y, i) => [rows[i]?.[0], y])).toEqual(rows);
    });
  }
});

test("beyond 2^41 float64 sines are numbers or NaN by one rule, never out of range", () => {
  const x = [2 ** 41 - 1, 2 ** 41, 1e15, 1e22, -1e300];
  expect(evaluate("sin", "float64", x).map(Number.isNaN)).toEqual([false, true, true, true, true]);
  expect(evaluate("cos", "float64", x).map(Number.isNaN)).toEqual([false, true, true, true, true]);
});
