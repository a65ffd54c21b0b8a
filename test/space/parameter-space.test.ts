import fc from "fast-check";
import { expect, test } from "vitest";
import { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import { elementOf } from "../../src/base/column.ts";
import type { KeyInput } from "../../src/space/key.ts";
import { Parameter } from "../../src/space/parameter.ts";
import { GridSpace, UniformSpace } from "../../src/space/parameter-space.ts";

const seed = 20260102;
const free = (low: number, high: number) => new Parameter("p", 0, { low, high, free: true });
const example = (n: number) => new GridSpace({ param1: free(0, 1), param2: free(-1, 1) }, { n });

test("a grid has every combination, the last parameter in sorted order fastest", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      (z, a, m) => {
        const space = new GridSpace(
          { z: free(0, 1), a: free(1, 2), m: { k: free(2, 4) } },
          { n: { z, a, m: { k: m } } },
        );
        const line = (low: number, high: number, n: number) =>
          Array.from({ length: n }, (_, i) =>
            n === 1 ? low : i === n - 1 ? high : low + (i * (high - low)) / (n - 1),
          );
        const expected = [];
        for (const x of line(1, 2, a)) {
          for (const k of line(2, 4, m)) for (const y of line(0, 1, z)) expected.push({ a: x, m: { k }, z: y });
        }
        expect(space.N).toBe(a * m * z);
        expect(space.asList()).toEqual(expected);
        expect(expected.map((_, i) => space.at(i))).toEqual(expected);
        expect(expected.map((_, i) => space.at(i - expected.length))).toEqual(expected);
      },
    ),
    { seed },
  );
});

test("the counts of a grid are a tree that can be written", () => {
  const grid = example(10);
  expect([grid.N, grid.length]).toEqual([100, 100]);
  const before = grid.slice(90);
  grid.n.param2 = 5;
  expect(grid.N).toBe(50);
  expect(grid.n).toEqual({ param1: 10, param2: 5 });
  expect(grid.at(1)).toEqual({ param1: 0, param2: -0.5 });
  expect(before.length).toBe(10);
  expect(before.at(-1)).toEqual({ param1: 1, param2: 1 });
  grid.n = 3;
  expect(grid.N).toBe(9);
  grid.n = { param1: 1, param2: 2 };
  expect(grid.asList()).toEqual([
    { param1: 0, param2: -1 },
    { param1: 0, param2: 1 },
  ]);
});

test("one point per axis is its lower bound", () => {
  expect(new GridSpace({ x: free(3, 7) }).asList()).toEqual([{ x: 3 }]);
});

test("a bare parameter is a space", () => {
  const grid = new GridSpace(free(0, 1), { n: 3 });
  expect(grid.asList()).toEqual([0, 0.5, 1]);
  expect(grid.toRows()).toEqual([{ value: 0 }, { value: 0.5 }, { value: 1 }]);
  expect(grid.dims).toEqual(["value"]);
});

test("fixed parameters are their value, static leaves pass through untouched", () => {
  const f = () => 1;
  const date = new Date(0);
  const grid = new GridSpace(
    { x: free(0, 1), c: new Parameter("c", 2), s: "text", f, date, on: true, k: 4, none: null },
    { n: 2 },
  );
  const point = grid.at(1);
  expect(point).toEqual({ x: 1, c: 2, s: "text", f, date, on: true, k: 4, none: null });
  expect(point.date).toBe(date);
  const model = grid.materialise([0.5]) as { c: unknown; x: unknown };
  expect(model.c).toMatchObject({ dtype: "float32", shape: [] });
  expect(model.x).toBe(0.5);
});

test("number arrays and typed arrays in a state become arrays, typed arrays keep their dtype", () => {
  const state = { x: free(0, 1), a: [[1, 2]], b: Int32Array.of(1, 2), c: new Float32Array(2), d: [true, false] };
  const grid = new GridSpace(state, { n: 2 });
  const dtypes = (point: unknown) =>
    Object.values(point as object).map((leaf) => (typeof leaf === "object" ? leaf.dtype : typeof leaf));
  expect(dtypes(grid.at(0))).toEqual(["float32", "int32", "float32", "bool", "number"]);
  expect(dtypes(grid.materialise([0], { dtype: "float64" }))).toEqual([
    "float64",
    "int32",
    "float64",
    "bool",
    "number",
  ]);
  expect(grid.at(0).a.shape).toEqual([1, 2]);
});

test("points may be changed without changing each other", () => {
  const grid = new GridSpace({ x: free(0, 1), inner: { k: 1 }, list: ["a", { b: 1 }] }, { n: 2 });
  const first = grid.at(0);
  first.inner.k = 2;
  first.list[0] = "changed";
  expect(grid.at(0)).toEqual({ x: 0, inner: { k: 1 }, list: ["a", { b: 1 }] });
});

test("a parameter with a shape is repeated in a grid", () => {
  const p = new Parameter("p", 0, { low: 0, high: 1, free: true, shape: [2] });
  const grid = new GridSpace({ p }, { n: 3 });
  expect([...grid.at(1).p.data]).toEqual([0.5, 0.5]);
  expect(grid.toColumns()).toEqual({ p: Float64Array.of(0, 0.5, 1) });
});

test("integer parameters stay integers", () => {
  const p = new Parameter("p", 0, { low: 0, high: 10, free: true, dtype: "int32" });
  expect(new GridSpace({ p }, { n: 11 }).toColumns()).toEqual({ p: Int32Array.from({ length: 11 }, (_, i) => i) });
});

// From jax 0.10.2: keys = split(key(42), 4); uniform(keys[k], [5], minval=-1, maxval=2.5) for k = 1, 2, 3.
const drawn = [
  [1.5468249320983887, 1.7575364112854004, -0.3640700578689575, -0.08079421520233154, -0.6124473214149475],
  [1.3353421688079834, 1.5252034664154053, -0.5562185645103455, 0.2399691343307495, 0.47382044792175293],
  [0.36154234409332275, -0.6999238729476929, -0.8214282393455505, 1.1760165691375732, 0.22607111930847168],
];

test("uniform draws are those of jax.random, up to the last bit", () => {
  const space = new UniformSpace({ c: free(-1, 2.5), a: free(-1, 2.5), b: free(-1, 2.5) }, { N: 5, key: [0, 42] });
  const { a, b, c } = space.toColumns();
  [a, b, c].forEach((column, k) => {
    expect(column).toBeInstanceOf(Float32Array);
    // JAX fuses the product and the sum, which may round the other way.
    column?.forEach((x, i) => {
      expect(Math.abs(x - drawn[k]![i]!)).toBeLessThanOrEqual(2 ** -23);
    });
  });
});

test("draws under float64 have 52 random bits, as in jax.random", () => {
  const [column] = new UniformSpace({ a: free(-1, 2.5) }, { N: 3, key: [0, 42] }).columns("float64");
  const values = [0, 1, 2].map((i) => elementOf(column!, i)[0]!);
  [1.5974165377219438, 0.9150452229548497, -0.790394041579527].forEach((x, i) => {
    expect(Math.abs(values[i]! - x)).toBeLessThanOrEqual(2 ** -52);
  });
});

test("array-valued parameters are drawn element by element", () => {
  const p = new Parameter("p", [0, 0], { low: 0, high: 1, free: true });
  const space = new UniformSpace({ p }, { N: 3 });
  const flat = new UniformSpace({ p: free(0, 1) }, { N: 6 });
  expect(space.toColumns().p).toEqual(flat.toColumns().p);
  expect([...space.at(1).p.data]).toEqual([...(flat.toColumns().p ?? []).slice(2, 4)]);
});

test("a draw depends on the key and the index alone", () => {
  const space = (N: number) => new UniformSpace({ a: free(0, 1), b: free(0, 1) }, { N, key: [3, 4] });
  expect(space(1e12).at(7)).toEqual(space(8).at(7));
  expect(space(1e12).slice(5, 9).at(2)).toEqual(space(8).at(7));
  expect(space(9).slice(8, 0, -1).at(1)).toEqual(space(8).at(7));
  expect(new UniformSpace({ a: free(0, 1), b: free(0, 1) }, { N: 8 }).at(7)).not.toEqual(space(8).at(7));
});

test("spaces of 10^12 points answer at once", () => {
  const grid = new GridSpace({ a: free(0, 1), b: free(0, 1) }, { n: 1e6 });
  const uniform = new UniformSpace({ a: free(0, 1) }, { N: 1e12 });
  const line = new GridSpace({ a: free(0, 1e12) }, { n: 1e12 + 1 });
  expect([grid.N, uniform.N]).toEqual([1e12, 1e12]);
  const began = performance.now();
  for (let i = 0; i < 1000; i++) {
    grid.at(i * 999_999_937);
    uniform.at(-1 - i);
    line.at(i * 1e6);
  }
  expect((performance.now() - began) / 3000).toBeLessThan(0.05);
  expect(line.at(123456789)).toEqual({ a: 123456789 });
  expect(grid.at(-1)).toEqual({ a: 1, b: 1 });
  let seen = 0;
  const start = performance.now();
  for (const _ of grid) if (++seen === 1e6) break;
  // A second on an idle machine; tests share theirs.
  expect(performance.now() - start).toBeLessThan(3000);
});

test("keys are arrays of two words", () => {
  const key = new NdArray({
    dtype: "uint32",
    shape: [2],
    value: { dtype: "uint32", shape: [2], data: Uint32Array.of(3, 4) },
  });
  const draw = (k: KeyInput) => new UniformSpace({ a: free(0, 1) }, { key: k }).at(0);
  expect(draw(key)).toEqual(draw([3, 4]));
  expect(draw(Uint32Array.of(3, 4))).toEqual(draw([3, 4]));
});

test("array functions take a parameter as its value", () => {
  expect(np.add(new Parameter("p", 2.5), 1).item()).toBe(3.5);
  expect(np.add(new Parameter("p", [1, 2], { dtype: "int32" }), 1)).toMatchObject({ dtype: "int32", shape: [2] });
});
