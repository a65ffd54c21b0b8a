import { describe, expect, test } from "vitest";
import { erfInv as erfInvOf } from "../../src/array/elementwise.ts";
import { wrap } from "../../src/array/ndarray.ts";
import { whyNotNative } from "../../src/device/native.ts";
import { DataAxis, lax, type NdArray, nn, np, ParallelExecution, Space } from "../../src/index.ts";
import { evaluateOp } from "../../src/program/evaluate.ts";

type Function = (x: NdArray) => NdArray;
const erfInv: Function = (x) => wrap(erfInvOf(x));
type Floats = Float32Array | Float64Array;

async function results<X extends Floats>(f: Function, x: X, options: object): Promise<X> {
  using execution = new ParallelExecution((s: { x: NdArray }) => f(s.x), new Space({ x: new DataAxis(x) }), {
    nPmap: 1,
    dtype: x instanceof Float64Array ? "float64" : "float32",
    ...options,
  });
  return (await execution.run()).stacked as unknown as X;
}

/** Numbers from `low` to `high`, spread evenly by the golden ratio. */
const doubles = (low: number, high: number): Float64Array =>
  Float64Array.from({ length: 20_000 }, (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1));
const spread = (low: number, high: number): Float32Array => Float32Array.from(doubles(low, high));

/** In units of numbers of so many bits. */
const ulps = (got: number, want: number, bits: number): number =>
  got === want ? 0 : Math.abs(got - want) / 2 ** (Math.floor(Math.log2(Math.abs(want))) - bits + 1);

type Case = readonly [string, Function, (x: number) => number, number, number, number];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The op in 64 bits, which `test/op/erfinv.test.ts` holds against references. */
const exactErfInv = (x: number): number =>
  evaluateOp("erfInv", [{ dtype: "float64", shape: [], data: Float64Array.of(x) }]).data[0]!;

const inFloat32: readonly Case[] = [
  ["exp", (x) => np.exp(x), Math.exp, -87, 88.3, 1],
  ["sigmoid", (x) => nn.sigmoid(x), sigmoid, -86, 88, 3],
  ["sin", (x) => np.sin(x), Math.sin, -1e5, 1e5, 2.2],
  ["cos", (x) => np.cos(x), Math.cos, -1e5, 1e5, 2.2],
  ["log", (x) => np.log(x), Math.log, 1e-30, 1000, 1],
  ["log1p", (x) => np.log1p(x), Math.log1p, -0.999, 3, 1],
  ["erfInv", (x) => erfInv(x), exactErfInv, -0.9999, 0.9999, 4],
  ["tanh", (x) => np.tanh(x), Math.tanh, -10, 10, 4],
];

/** The reference is a float64 itself: up to a unit more. */
const inFloat64: readonly Case[] = [
  ["exp", (x) => np.exp(x), Math.exp, -708, 709.4, 2],
  ["sigmoid", (x) => nn.sigmoid(x), sigmoid, -708, 40, 4],
  ["sin", (x) => np.sin(x), Math.sin, -1e12, 1e12, 3],
  ["cos", (x) => np.cos(x), Math.cos, -1e12, 1e12, 3],
  ["tanh", (x) => np.tanh(x), Math.tanh, -22, 22, 4],
];

async function worstOf([, f, reference]: Case, x: Floats, bits: number): Promise<number> {
  const got = await results(f, x, { fastMath: true, target: "x64" });
  return Math.max(...Array.from(got, (y, i) => ulps(y, reference(x[i] as number), bits)));
}

describe.skipIf(whyNotNative() !== undefined)("fastMath on x64", () => {
  test.each(inFloat32)("%s keeps its digits", async (...one) => {
    const worst = await worstOf(one, spread(one[3], one[4]), 24);
    expect(worst).toBeLessThanOrEqual(one[5]);
    expect(worst).toBeGreaterThan(0);
  });

  test.each(inFloat64)("%s keeps its digits in float64, and is not the strict one", async (...one) => {
    const x = doubles(one[3], one[4]);
    expect(await worstOf(one, x, 53)).toBeLessThanOrEqual(one[5]);
    expect(await results(one[1], x, { fastMath: true })).not.toEqual(await results(one[1], x, {}));
  });

  test.each([
    ["float32", Float32Array, 100],
    ["float64", Float64Array, 800],
  ] as const)("keeps NaN and the ends of the range of %s", async (_, Floats, large) => {
    const x = Floats.of(NaN, Infinity, -Infinity, large, -large, 0);
    const of = async (f: Function) => [
      ...(await results<Float32Array | Float64Array>(f, x, { fastMath: true, target: "x64" })),
    ];
    expect(await of((v) => np.exp(v))).toEqual([NaN, Infinity, 0, Infinity, 0, 1]);
    expect(await of((v) => nn.sigmoid(v))).toEqual([NaN, 1, 0, 1, 0, 0.5]);
    expect(await of((v) => np.tanh(v))).toEqual([NaN, 1, -1, 1, -1, 0]);
    for (const f of [np.sin, np.cos]) expect((await of((v) => f(v))).slice(0, 3)).toEqual([NaN, NaN, NaN]);
    expect(await of((v) => np.log(v))).toEqual([NaN, Infinity, NaN, Floats.of(Math.log(large))[0], NaN, -Infinity]);
    expect(await of((v) => np.log1p(v))).toEqual([NaN, Infinity, NaN, Floats.of(Math.log1p(large))[0], NaN, 0]);
    expect(await of((v) => erfInv(v))).toEqual([NaN, NaN, NaN, NaN, NaN, 0]);
    expect(await of((v) => erfInv(v.div(large)))).toEqual([NaN, NaN, NaN, Infinity, -Infinity, 0]);
    expect((await of((v) => np.sin(v)))[5]).toBe(0);
    expect((await of((v) => np.cos(v)))[5]).toBe(1);
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
