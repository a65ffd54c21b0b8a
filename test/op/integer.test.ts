/** Division with remainder: integers exact, with nothing trapping; floats as NumPy. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, worst } from "../helpers/ulp.ts";

const MIN = -(2 ** 31);
const MAX = 2 ** 31 - 1;
const FULL = 2 ** 32 - 1;
const signed = fc.oneof(
  fc.constantFrom(0, 1, -1, 2, -2, MIN, MIN + 1, MAX, MAX - 1),
  fc.integer({ min: -99, max: 99 }),
  fc.integer(),
);
const unsigned = signed.map((x) => x >>> 0);
const options = { seed: 5, numRuns: 3000 };

/** Floors of exact quotients. */
function down(x: bigint, y: bigint): bigint {
  const q = x / y;
  return q * y !== x && x < 0n !== y < 0n ? q - 1n : q;
}

describe("integers divide exactly", () => {
  for (const [dtype, numbers] of [
    ["int32", signed],
    ["uint32", unsigned],
  ] as const) {
    const wrap = (x: bigint) => Number(dtype === "int32" ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x));

    test(dtype, () => {
      fc.assert(
        fc.property(numbers, numbers, (a, b) => {
          const one = (op: "quotient" | "remainder" | "floorDivide" | "mod") => evaluate(op, dtype, [a], [b])[0];
          const [x, y] = [BigInt(a), BigInt(b)];
          const none = wrap(-1n);
          expect(one("quotient")).toBe(b === 0 ? none : wrap(x / y));
          expect(one("remainder")).toBe(b === 0 ? a : wrap(x % y));
          expect(one("floorDivide")).toBe(b === 0 ? none : wrap(down(x, y)));
          expect(one("mod")).toBe(b === 0 ? a : wrap(x - down(x, y) * y));
        }),
        options,
      );
    });
  }

  test("the cases a machine would trap on", () => {
    expect(evaluate("quotient", "int32", [7, -7, 0, MIN], [0, 0, 0, -1])).toEqual([-1, -1, -1, MIN]);
    expect(evaluate("remainder", "int32", [7, -7, 0, MIN], [0, 0, 0, -1])).toEqual([7, -7, 0, 0]);
    expect(evaluate("quotient", "uint32", [7, 0, FULL, FULL], [0, 0, 1, FULL])).toEqual([FULL, FULL, FULL, 1]);
  });
});

describe("floats divide as in NumPy", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const op of ["mod", "floorDivide"] as const) {
      test(`${op} of ${dtype}`, () => {
        const found = worst(op, dtype);
        expect(found.ulp, JSON.stringify(found)).toBe(0);
      });
    }

    test(`mod of ${dtype} has no answer where x/y has no last digit`, () => {
      expect(evaluate("mod", dtype, [2 ** 60, -(2 ** 80)], [3, 1])).toEqual([NaN, NaN]);
      expect(evaluate("floorDivide", dtype, [2 ** 60, -(2 ** 80)], [1, 1])).toEqual([2 ** 60, -(2 ** 80)]);
    });
  }
});
