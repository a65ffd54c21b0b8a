/** Powers: accuracy, the special cases of C99 F.9.4.4 in both widths, and integer powers. */

import { describe, expect, test } from "vitest";
import { evaluate, worst } from "../helpers/ulp.ts";

const widths = ["float32", "float64"] as const;
const I = Infinity;

const special: readonly (readonly [x: number, y: number, power: number])[] = [
  [0, -1, I],
  [-0, -1, -I],
  [0, -3, I],
  [-0, -3, -I],
  [0, -2, I],
  [-0, -2, I],
  [0, -0.5, I],
  [-0, -0.5, I],
  [0, -I, I],
  [-0, -I, I],
  [0, 3, 0],
  [-0, 3, -0],
  [0, 2, 0],
  [-0, 2, 0],
  [-0, 0.5, 0],
  [-0, I, 0],
  [0, 1e-30, 0],
  [-1, I, 1],
  [-1, -I, 1],
  [1, NaN, 1],
  [1, I, 1],
  [1, -I, 1],
  [NaN, 0, 1],
  [NaN, -0, 1],
  [I, 0, 1],
  [-I, -0, 1],
  [0, 0, 1],
  [-2, 0, 1],
  [-2, 0.5, NaN],
  [-2, -1.5, NaN],
  [-1e-30, 1 / 3, NaN],
  [NaN, 1, NaN],
  [2, NaN, NaN],
  [0, NaN, NaN],
  [I, NaN, NaN],
  [0.5, -I, I],
  [-0.5, -I, I],
  [2, -I, 0],
  [-2, -I, 0],
  [0.5, I, 0],
  [-0.5, I, 0],
  [2, I, I],
  [-2, I, I],
  [-I, -3, -0],
  [-I, -2, 0],
  [-I, -0.5, 0],
  [-I, 3, -I],
  [-I, 2, I],
  [-I, 0.5, I],
  [I, -0.5, 0],
  [I, 0.5, I],
  [-I, I, I],
  [-I, -I, 0],
  [2, 10, 1024],
  [-2, 3, -8],
  [-2, 2, 4],
  [-2, -1, -0.5],
  [9, 0.5, 3],
  [10, 2, 100],
  [2, -149, 2 ** -149],
  [-3, 1, -3],
  [2, 1e30, I],
  [2, -1e30, 0],
  [0.5, 1e30, 0],
  [-1, 2 ** 24, 1],
  [-1, 2 ** 24 - 1, -1],
];

describe("powers of floats", () => {
  for (const dtype of widths) {
    test(`stay within 4 units in the last place in ${dtype}`, () => {
      const found = worst("pow", dtype);
      expect(found.ulp, JSON.stringify(found)).toBeGreaterThanOrEqual(0);
      expect(found.ulp, JSON.stringify(found)).toBeLessThanOrEqual(4);
    });

    test(`follow C99 in special cases in ${dtype}`, () => {
      const got = evaluate(
        "pow",
        dtype,
        special.map(([x]) => x),
        special.map(([, y]) => y),
      );
      expect(got.map((power, i) => [special[i]?.[0], special[i]?.[1], power])).toEqual(special);
    });
  }

  test("reach the ends of the range of float64", () => {
    expect(
      evaluate("pow", "float64", [2, 2, 2, 5e-324, 5e-324, 1 + 2 ** -52, 10], [-1074, -1076, 1024, 1, 2, 1e300, 308]),
    ).toEqual([5e-324, 0, Infinity, 5e-324, 0, Infinity, 1e308]);
  });
});

/** Exact powers, wrapped. */
const wrapped = (x: number, y: number, bits: (n: number, x: bigint) => bigint): number =>
  Number(bits(32, BigInt(x) ** BigInt(y)));

describe("powers of integers", () => {
  const bases = [0, 1, -1, 2, -2, 3, -3, 7, 10, 65537, 2 ** 31 - 1, -(2 ** 31)];
  const exponents = [0, 1, 2, 3, 5, 16, 31, 32, 33, 100, 1000];

  test("wrap at 32 bits", () => {
    for (const y of exponents) {
      expect(
        evaluate(
          "pow",
          "int32",
          bases,
          bases.map(() => y),
        ),
      ).toEqual(bases.map((x) => wrapped(x, y, BigInt.asIntN)));
      const unsigned = bases.map((x) => x >>> 0);
      expect(
        evaluate(
          "pow",
          "uint32",
          unsigned,
          bases.map(() => y),
        ),
      ).toEqual(unsigned.map((x) => wrapped(x, y, BigInt.asUintN)));
    }
  });

  test("take every exponent of uint32", () => {
    expect(evaluate("pow", "uint32", [2 ** 32 - 1, 2 ** 32 - 1, 3], [2 ** 32 - 1, 2 ** 31, 2 ** 31])).toEqual([
      2 ** 32 - 1,
      1,
      1,
    ]);
  });

  test("round towards zero where the exponent is negative", () => {
    const x = [1, -1, -1, 2, -2, 0, 1, -1, 5];
    const y = [-1, -1, -2, -1, -1, -1, -(2 ** 31), -(2 ** 31), -3];
    expect(evaluate("pow", "int32", x, y)).toEqual([1, -1, 1, 0, 0, 0, 1, 1, 0]);
  });
});
