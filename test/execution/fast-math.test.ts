import { describe, expect, test } from "vitest";
import { whyNotNative } from "../../src/device/native.ts";
import { DataAxis, lax, type NdArray, nn, np, ParallelExecution, Space } from "../../src/index.ts";

type Function = (x: NdArray) => NdArray;

async function results(f: Function, x: Float32Array, options: object): Promise<Float32Array> {
  using execution = new ParallelExecution((s: { x: NdArray }) => f(s.x), new Space({ x: new DataAxis(x) }), {
    nPmap: 1,
    ...options,
  });
  return (await execution.run()).stacked as unknown as Float32Array;
}

/** Numbers from `low` to `high`, spread evenly by the golden ratio. */
const spread = (low: number, high: number): Float32Array =>
  Float32Array.from({ length: 20_000 }, (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1));

const ulps = (got: number, want: number): number =>
  Object.is(got, Math.fround(want)) ? 0 : Math.abs(got - want) / 2 ** (Math.floor(Math.log2(Math.abs(want))) - 23);

const functions: readonly (readonly [string, Function, (x: number) => number, number, number, number])[] = [
  ["exp", (x) => np.exp(x), Math.exp, -87, 88.3, 1],
  ["sigmoid", (x) => nn.sigmoid(x), (x) => 1 / (1 + Math.exp(-x)), -86, 88, 3],
  ["sin", (x) => np.sin(x), Math.sin, -1e5, 1e5, 2.2],
  ["cos", (x) => np.cos(x), Math.cos, -1e5, 1e5, 2.2],
  ["log", (x) => np.log(x), Math.log, 1e-30, 1000, 2],
  ["tanh", (x) => np.tanh(x), Math.tanh, -10, 10, 4],
];

describe.skipIf(whyNotNative() !== undefined)("fastMath on x64", () => {
  test.each(functions)("%s keeps its digits", async (_, f, reference, low, high, most) => {
    const x = spread(low, high);
    const got = await results(f, x, { fastMath: true, target: "x64" });
    const worst = Math.max(...got.map((y, i) => ulps(y, reference(x[i]!))));
    expect(worst).toBeLessThanOrEqual(most);
    expect(worst).toBeGreaterThan(0);
  });

  test("keeps NaN and the ends of the range", async () => {
    const x = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 100, -100, 0);
    const of = async (f: Function) => [...(await results(f, x, { fastMath: true, target: "x64" }))];
    expect(await of((v) => np.exp(v))).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      0,
      Number.POSITIVE_INFINITY,
      0,
      1,
    ]);
    expect(await of((v) => nn.sigmoid(v))).toEqual([Number.NaN, 1, 0, 1, 0, 0.5]);
    expect((await of((v) => np.sin(v))).slice(0, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect((await of((v) => np.cos(v))).slice(0, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("rounds a product and a sum once", async () => {
    const x = Float32Array.of(1 + 2 ** -12);
    const square: Function = (v) => v.mul(v).sub(1);
    expect((await results(square, x, { fastMath: true, target: "x64" }))[0]).toBe(2 ** -11 + 2 ** -24);
    expect((await results(square, x, { target: "x64" }))[0]).toBe(2 ** -11);
  });

  test("divides once by what is shared, and not at all by constants", async () => {
    const x = spread(-3, 3);
    const both: Function = (v) =>
      v
        .div(v.mul(v).add(1))
        .add(np.cos(v).div(v.mul(v).add(1)))
        .div(3);
    const strict = await results(both, x, { target: "x64" });
    const fast = await results(both, x, { fastMath: true, target: "x64" });
    const apart = Math.max(...fast.map((y, i) => Math.abs(y - strict[i]!)));
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThan(2 ** -22);
  });

  test("gives the same bits for every batching", async () => {
    const x = spread(-3, 3).slice(0, 257);
    const wave: Function = (v) => lax.foriLoop(0, 50, (t, y) => np.sin(y.mul(t)).mul(v).add(np.exp(y.neg())), v);
    const whole = await results(wave, x, { fastMath: true });
    for (const options of [{ nVmap: 1 }, { nVmap: 13, nPmap: 2 }, { nPmap: 2, sharedMemory: false }]) {
      expect(await results(wave, x, { fastMath: true, ...options })).toEqual(whole);
    }
  });
});

test("fastMath is a boolean", () => {
  const space = new Space({ x: new DataAxis(Float32Array.of(1)) });
  expect(() => new ParallelExecution((s: { x: NdArray }) => s.x, space, { fastMath: 1 as never })).toThrow(
    "ParallelExecution: expected fastMath to be true or false, got 1",
  );
});
