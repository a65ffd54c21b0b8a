/** Normal numbers of philox keys: how near to exact arithmetic, and whether they are normal and independent. */

import { describe, expect, it, test } from "vitest";
import { ofValue } from "../../src/array/handle.ts";
import type { NdArray } from "../../src/array/ndarray.ts";
import { pair32, pair64 } from "../../src/array/normal.ts";
import { random } from "../../src/index.ts";

const words = (data: readonly number[]) =>
  ofValue({ dtype: "uint32", shape: [data.length], data: Uint32Array.from(data) });

/** Small and large ones, next to powers of two, and some in between. */
const radii = Array.from({ length: 33 }, (_, e) => 2 ** e)
  .flatMap((p) => [p - 1, p, p + 1, Math.floor(p * 1.37)])
  .filter((w) => w < 2 ** 32);
const angles = Array.from({ length: 64 }, (_, i) => (i * 2 ** 26 + i * 12345) >>> 0);
const cases = radii.flatMap((a) => angles.map((b) => [a, b] as const));

describe("a pair of normal numbers is that of exact arithmetic", () => {
  it("to 2^-22 of its radius in float32, the tails included", () => {
    const [first, second] = pair32(words(cases.map(([a]) => a)), words(cases.map(([, b]) => b)));
    let worst = 0;
    let largest = 0;
    cases.forEach(([a, b], k) => {
      const r = Math.sqrt(-2 * Math.log(((a >>> 1) + 0.5) / 2 ** 31));
      const angle = ((b << 2) / 2 ** 32) * (Math.PI / 2);
      const cos = Math.cos(angle) * (b & (2 ** 30) ? -1 : 1);
      const [x, y] = b >= 2 ** 31 ? [Math.sin(angle), cos] : [cos, Math.sin(angle)];
      const [p, q] = [first.value!.data[k]!, second.value!.data[k]!];
      largest = Math.max(largest, Math.abs(p), Math.abs(q));
      const error = Math.max(Math.abs(p - r * x), Math.abs(q - r * y));
      // Small radii are roots of what is left of a float32 next to 1.
      worst = Math.max(worst, error / (r + Math.min(1 / (8 * r), 2 ** 10)));
    });
    expect(worst).toBeLessThan(2 ** -22);
    expect(largest).toBeCloseTo(Math.sqrt(64 * Math.LN2), 4);
  });

  it("to 2^-50 of its radius in float64", () => {
    const low = cases.map(([, b]) => (b * 7 + 99) >>> 0);
    const [first, second] = pair64([
      words(cases.map(([a]) => a)),
      words(low),
      words(cases.map(([, b]) => b)),
      words(low),
    ]);
    cases.forEach(([a, b], k) => {
      const part = (high: number): number => high * 2 ** -32 + (low[k]! >>> 12) * 2 ** -52;
      const r = Math.sqrt(-2 * Math.log(part(a) + 2 ** -53));
      const angle = (part(b) - 0.5) * 2 * Math.PI;
      expect(Math.abs(first.value!.data[k]! - r * Math.cos(angle))).toBeLessThanOrEqual(r * 2 ** -50);
      expect(Math.abs(second.value!.data[k]! - r * Math.sin(angle))).toBeLessThanOrEqual(r * 2 ** -50);
    });
  });
});

/** The normal distribution function: a series near 0, a continued fraction in the tails. */
function normalCdf(x: number): number {
  const z = Math.abs(x);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let above: number;
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let n = 1; n < 80; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    above = 0.5 - density * sum;
  } else {
    let fraction = z;
    for (let n = 60; n > 0; n--) fraction = z + n / fraction;
    above = density / fraction;
  }
  return x > 0 ? 1 - above : above;
}

/** The largest distance of what is found from the distribution, times √n. */
function kolmogorov(data: ArrayLike<number>): number {
  const sorted = Float64Array.from(data).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = normalCdf(x);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  });
  return distance * Math.sqrt(n);
}

const mean = (n: number, of: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(i);
  return sum / n;
};

const N = 100_000;

describe.each([
  ["threefry", "float32"],
  ["philox", "float32"],
  ["philox", "float64"],
] as const)("normal numbers of %s in %s", (impl, dtype) => {
  const key = random.key(20260101, { impl });
  const x = random.normal(key, N, { dtype }).data;

  it("have the moments 0, 1, 0, 3, 0, 15", () => {
    const moments = [1, 2, 3, 4, 5, 6].map((k) => mean(N, (i) => x[i]! ** k));
    // E x^k and the variance of x^k.
    const expected = [
      [0, 1],
      [1, 2],
      [0, 15],
      [3, 96],
      [0, 945],
      [15, 10170],
    ] as const;
    expected.forEach(([moment, variance], k) => {
      expect(Math.abs(moments[k]! - moment) / Math.sqrt(variance / N), `moment ${k + 1}`).toBeLessThan(4);
    });
  });

  it("follow the normal distribution, also the first, second, third and fourth of each block", () => {
    // 1.95 is exceeded once in a thousand times.
    expect(kolmogorov(x)).toBeLessThan(1.95);
    for (const k of [0, 1, 2, 3]) expect(kolmogorov(x.filter((_, i) => i % 4 === k))).toBeLessThan(1.95);
  });

  it("are independent of their neighbours, in size and in square", () => {
    for (const by of [1, 2, 3, 4, 7, 64]) {
      const pairs = N - by;
      expect(Math.abs(mean(pairs, (i) => x[i]! * x[i + by]!)) * Math.sqrt(pairs), `${by} apart`).toBeLessThan(4);
      const squares = mean(pairs, (i) => (x[i]! ** 2 - 1) * (x[i + by]! ** 2 - 1));
      expect((Math.abs(squares) * Math.sqrt(pairs)) / 2, `squares ${by} apart`).toBeLessThan(4);
    }
  });
});

const tails = (x: ArrayLike<number>, above: number): number => {
  let count = 0;
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]!) > above) count++;
  return count;
};

test("as many are far out as there should be", () => {
  const n = 600_000;
  const x = random.normal(random.key(7, { impl: "philox" }), n).data;
  for (const above of [2, 3, 3.5, 4, 4.5]) {
    const expected = 2 * n * normalCdf(-above);
    expect(Math.abs(tails(x, above) - expected) / Math.sqrt(expected), `beyond ${above}`).toBeLessThan(4);
  }
});

const split = random.split(random.key(6, { impl: "philox" }), 1000);

/** Numbers of one place over keys that come of each other, as steps and points of a model draw them. */
const overKeys: readonly [string, (i: number) => NdArray][] = [
  ["steps", (i) => random.foldIn(random.key(5, { impl: "philox" }), i)],
  ["splits", (i) => split.at(i)],
  ["seeds", (i) => random.key(i, { impl: "philox" })],
  ["steps of steps", (i) => random.foldIn(random.foldIn(random.key(5, { impl: "philox" }), i >> 6), i & 63)],
];

test.each(overKeys)("numbers of neighbouring keys are normal and independent: %s", (_, key) => {
  const n = 1000;
  const draws = Array.from({ length: n }, (_, i) => random.normal(key(i), 2).data as Float32Array);
  for (const place of [0, 1]) expect(kolmogorov(draws.map((d) => d[place]!))).toBeLessThan(1.95);
  expect(Math.abs(mean(n - 1, (i) => draws[i]![0]! * draws[i + 1]![0]!)) * Math.sqrt(n - 1)).toBeLessThan(4);
  expect(Math.abs(mean(n, (i) => draws[i]![0]! * draws[i]![1]!)) * Math.sqrt(n)).toBeLessThan(4);
});
