import { describe, expect, test } from "vitest";
import * as lax from "../../src/array/lax.ts";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import * as running from "../../src/array/running.ts";
import { rngOf } from "../helpers/random.ts";
import { threeWays } from "../helpers/three-ways.ts";

const random = rngOf(7);
/** `[steps, n]` float64, around a mean that is large beside the spread. */
const steps = 40;
const values = Float64Array.from({ length: steps * 3 }, (_, i) => 1000 * (i % 3) + 2 * random.unit());
const given = { dtype: "float64", shape: [steps, 3], data: values } as const;

const finished = (xs: NdArray): running.PairMoments =>
  lax.scan((m, x) => running.push(m, x), running.pairMoments(np.zeros([3], { dtype: xs.dtype })), xs)[0];

type Statistic = readonly [name: string, (m: running.PairMoments) => NdArray, (xs: NdArray) => NdArray];

const statistics: readonly Statistic[] = [
  ["mean", running.mean, (xs) => np.mean(xs, 0)],
  ["min", running.min, (xs) => np.min(xs, 0)],
  ["max", running.max, (xs) => np.max(xs, 0)],
  ["variance", running.variance, (xs) => np.variance(xs, 0)],
  ["std of a sample", (m) => running.std(m, { ddof: 1 }), (xs) => np.std(xs, 0, { ddof: 1 })],
  ["cov", running.cov, (xs) => np.cov(xs, { rowvar: false })],
  ["cov of a population", (m) => running.cov(m, { ddof: 0 }), (xs) => np.cov(xs, { rowvar: false, ddof: 0 })],
  ["corrcoef", running.corrcoef, (xs) => np.corrcoef(xs, { rowvar: false })],
];

describe("running statistics", () => {
  test.each(statistics)("give the %s of what was stored, in every way", (_, ofMoments, ofAll) => {
    const [found, wanted] = threeWays((xs) => [ofMoments(finished(xs)), ofAll(xs)], [given], "float64");
    expect(found!.shape).toEqual(wanted!.shape);
    found!.data.forEach((x, i) => {
      expect(Math.abs(x - wanted!.data[i]!), `element ${i}`).toBeLessThan(1e-11 * Math.max(1, Math.abs(x)));
    });
  });

  test("keep their digits in float32 beside a large mean", () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => 10_000 + (i % 2));
    const [found] = threeWays(
      (xs) => {
        const [m] = lax.scan((m, x) => running.push(m, x), running.moments(0), xs);
        return running.variance(m);
      },
      [{ dtype: "float32", shape: [1000], data }],
    );
    expect(found!.data[0]).toBeCloseTo(0.25, 3);
  });

  test("of nothing are not a number", () => {
    const m = running.moments(np.zeros([2]));
    expect([...running.variance(m).data]).toEqual([Number.NaN, Number.NaN]);
    expect([...running.min(m).data]).toEqual([Infinity, Infinity]);
  });

  test("of pairs want vectors", () => {
    expect(() => running.pairMoments(np.zeros([2, 2]))).toThrow(
      /^running\.pairMoments: expected a vector, got .*; ravel it, or use running\.moments/,
    );
  });
});
