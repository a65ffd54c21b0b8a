/** asin acos atan atan2 in both widths: accuracy, and the special cases of C99 F.9.1. */

import { describe, expect, test } from "vitest";
import { evaluate, worst } from "../helpers/ulp.ts";

const widths = ["float32", "float64"] as const;
const I = Infinity;
const { PI } = Math;

const angles: readonly (readonly [y: number, x: number, angle: number])[] = [
  [0, 0, 0],
  [-0, 0, -0],
  [0, -0, PI],
  [-0, -0, -PI],
  [0, 1, 0],
  [-0, 1, -0],
  [0, -1, PI],
  [-0, -1, -PI],
  [1, 0, PI / 2],
  [1, -0, PI / 2],
  [-1, 0, -PI / 2],
  [-1, -0, -PI / 2],
  [1, I, 0],
  [-1, I, -0],
  [1, -I, PI],
  [-1, -I, -PI],
  [0, I, 0],
  [-0, -I, -PI],
  [I, 1, PI / 2],
  [-I, 1, -PI / 2],
  [I, -1, PI / 2],
  [I, 0, PI / 2],
  [I, I, PI / 4],
  [-I, I, -PI / 4],
  [I, -I, (3 * PI) / 4],
  [-I, -I, (-3 * PI) / 4],
  [1, 1, PI / 4],
  [1, -1, (3 * PI) / 4],
  [-1, -1, (-3 * PI) / 4],
  [NaN, 1, NaN],
  [1, NaN, NaN],
  [NaN, NaN, NaN],
  [NaN, I, NaN],
  [0, NaN, NaN],
  [I, NaN, NaN],
];

const single: { readonly [op in "asin" | "acos" | "atan"]: readonly (readonly [x: number, angle: number])[] } = {
  asin: [
    [0, 0],
    [-0, -0],
    [1, PI / 2],
    [-1, -PI / 2],
    [1.5, NaN],
    [-I, NaN],
    [NaN, NaN],
    [2 ** -149, 2 ** -149],
  ],
  acos: [
    [1, 0],
    [-1, PI],
    [0, PI / 2],
    [-0, PI / 2],
    [1.5, NaN],
    [-1.5, NaN],
    [I, NaN],
    [NaN, NaN],
  ],
  atan: [
    [0, 0],
    [-0, -0],
    [I, PI / 2],
    [-I, -PI / 2],
    [1, PI / 4],
    [NaN, NaN],
    [2 ** -149, 2 ** -149],
    [1e38, PI / 2],
  ],
};

for (const dtype of widths) {
  const round = dtype === "float32" ? Math.fround : (x: number) => x;

  describe(`inverse functions in ${dtype}`, () => {
    for (const op of ["asin", "acos", "atan", "atan2"] as const) {
      test(`${op} stays within 4 units in the last place`, () => {
        const found = worst(op, dtype);
        expect(found.ulp, JSON.stringify(found)).toBeGreaterThanOrEqual(0);
        expect(found.ulp, JSON.stringify(found)).toBeLessThanOrEqual(4);
      });
    }

    for (const op of ["asin", "acos", "atan"] as const) {
      test(`${op} follows C99 in special cases`, () => {
        const rows = single[op];
        expect(
          evaluate(
            op,
            dtype,
            rows.map(([x]) => x),
          ),
        ).toEqual(rows.map(([, angle]) => round(angle)));
      });
    }

    test("atan2 follows C99 in special cases", () => {
      const got = evaluate(
        "atan2",
        dtype,
        angles.map(([y]) => y),
        angles.map(([, x]) => x),
      );
      expect(got.map((angle, i) => [angles[i]?.[0], angles[i]?.[1], angle])).toEqual(
        angles.map(([y, x, angle]) => [y, x, round(angle)]),
      );
    });
  });
}

test("atan2 takes the largest and the smallest lengths", () => {
  const large = Number.MAX_VALUE;
  expect(
    evaluate("atan2", "float64", [large, -large, 5e-324, 5e-324, 5e-324], [large, -large, 1, 5e-324, large]),
  ).toEqual([PI / 4, (-3 * PI) / 4, 5e-324, PI / 4, 0]);
});
