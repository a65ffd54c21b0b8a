/** The inverse error function: against references, and in float32 against JAX far out. */

import { describe, expect, test } from "vitest";
import { evaluateOp } from "../../src/program/evaluate.ts";
import { distance, evaluate, worst } from "../helpers/ulp.ts";

for (const [dtype, limit] of [
  ["float32", 5],
  ["float64", 4],
] as const) {
  describe(`erfInv in ${dtype}`, () => {
    test(`stays within ${limit} units in the last place`, () => {
      const found = worst("erfInv", dtype);
      expect(found.ulp, JSON.stringify(found)).toBeGreaterThanOrEqual(0);
      expect(found.ulp, JSON.stringify(found)).toBeLessThanOrEqual(limit);
    });

    test("is infinite at ±1 and NaN beyond", () => {
      const x = [1, -1, 1.5, -2, Infinity, NaN, 0, -0];
      expect(evaluate("erfInv", dtype, x)).toEqual([Infinity, -Infinity, NaN, NaN, NaN, NaN, 0, -0]);
    });
  });
}

/** jax.scipy.special.erfinv of JAX 0.10.2 on a CPU. */
const jax: readonly (readonly [x: number, y: number])[] = [
  [1e-30, 8.862268e-31],
  [-0.001, -0.0008862271],
  [0.1, 0.08885599],
  [-0.3, -0.27246276],
  [0.5, 0.47693628],
  [0.7, 0.7328691],
  [-0.9, -1.163087],
  [0.95, 1.3859037],
  [-0.99, -1.8213867],
  [0.9932, 1.9137732],
  [0.9935, 1.9243423],
  [-0.999, -2.3267577],
  [0.9998276, 2.656159],
  [0.99982667, 2.6552124],
  [-0.99999, -3.123205],
  [0.9999999, 3.7439213],
  [0.99999994, 3.8325067],
  [-0.99999994, -3.8325067],
];

test("float32 erfInv agrees with JAX to 4 units in the last place, also where both are far from the true value", () => {
  const got = evaluate(
    "erfInv",
    "float32",
    jax.map(([x]) => x),
  );
  const apart = jax.map(([, y], i) => distance(got[i] as number, Math.fround(y), "float32"));
  expect(Math.max(...apart), JSON.stringify(apart)).toBeLessThanOrEqual(4);
});

test("what normal numbers take instead has the same bits for every uniform number they are made of", () => {
  const low = -1 + 2 ** -24;
  const steps = Array.from({ length: 80_000 }, (_, i) => (i * 105) % 2 ** 23);
  const ends = Array.from({ length: 600 }, (_, i) => [i, 2 ** 23 - 1 - i, 2 ** 22 - 300 + i]).flat();
  const x = Float32Array.from([...steps, ...ends], (k) => Math.fround(k * 2 ** -22) + low);
  const value = { dtype: "float32", shape: [x.length], data: x } as const;
  expect(evaluateOp("erfInvInside", [value])).toEqual(evaluateOp("erfInv", [value]));
});
