import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { NdArray } from "../../src/array/ndarray.ts";
import { DataAxis, GridAxis, UniformAxis } from "../../src/space/axis.ts";
import { Space } from "../../src/space/axis-space.ts";
import { DataSpace } from "../../src/space/data-space.ts";
import { Parameter } from "../../src/space/parameter.ts";
import { GridSpace, UniformSpace } from "../../src/space/parameter-space.ts";
import type { ModelState } from "../../src/space/point.ts";
import { AbstractSpace } from "../../src/space/space.ts";

const seed = 20260104;
const free = (low: number, high: number) => new Parameter("p", 0, { low, high, free: true });

class Circle extends AbstractSpace<{ x: number; y: readonly number[]; name: string }, { x: number; name: string }> {
  override get N() {
    return 12;
  }
  override pointAt(i: number) {
    return { x: i, y: [i, -i], name: "circle" };
  }
}

const spaces = {
  grid: () => new GridSpace({ a: free(0, 1), b: free(0, 2) }, { n: { a: 3, b: 4 } }),
  uniform: () => new UniformSpace({ a: free(0, 1), b: free(0, 2) }, { N: 12 }),
  data: () => new DataSpace({ a: Array.from({ length: 12 }, (_, i) => i) }),
  zip: () => new Space({ a: new GridAxis(0, 1, 12), b: new UniformAxis(0, 1, 12) }),
  product: () =>
    new Space(
      {
        a: new GridAxis(0, 1, 4),
        b: new DataAxis([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      },
      { mode: "product" },
    ),
  own: () => new Circle(),
} as const satisfies { [name: string]: () => AbstractSpace<unknown, unknown> };

const bound = fc.option(fc.integer({ min: -15, max: 15 }), { nil: undefined });
const step = fc.integer({ min: -4, max: 4 }).filter((s) => s !== 0);

/** Python's slice, by its definition. */
function sliced<T>(list: readonly T[], a?: number, b?: number, s = 1): T[] {
  const n = list.length;
  const clamp = (i: number, low: number, high: number) => Math.min(Math.max(i < 0 ? i + n : i, low), high);
  const out: T[] = [];
  if (s > 0)
    for (let i = a === undefined ? 0 : clamp(a, 0, n); i < (b === undefined ? n : clamp(b, 0, n)); i += s)
      out.push(list[i]!);
  else
    for (
      let i = a === undefined ? n - 1 : clamp(a, -1, n - 1);
      i > (b === undefined ? -1 : clamp(b, -1, n - 1));
      i += s
    )
      out.push(list[i]!);
  return out;
}

for (const [name, make] of Object.entries(spaces)) {
  test(`a slice of a slice has the same points as the list (${name})`, () => {
    const space: AbstractSpace<unknown, unknown> = make();
    const list = space.asList();
    fc.assert(
      fc.property(bound, bound, step, bound, bound, step, (a, b, s, c, d, t) => {
        const part = space.slice(a, b, s);
        expect(part.asList()).toEqual(sliced(list, a, b, s));
        const again = part.slice(c, d, t);
        const expected = sliced(sliced(list, a, b, s), c, d, t);
        expect([again.N, again.asList()]).toEqual([expected.length, expected]);
        expect(expected.map((_, i) => again.at(i))).toEqual(expected);
        expect(again.toRows()).toEqual(sliced(sliced(space.toRows(), a, b, s), c, d, t));
      }),
      { seed, numRuns: 60 },
    );
  });

  test(`splits partition the points (${name})`, () => {
    const space: AbstractSpace<unknown, unknown> = make();
    for (const k of [1, 2, 5]) {
      const blocks = Array.from({ length: Math.ceil(12 / k) }, (_, i) => space.slice(i * k, (i + 1) * k).asList());
      expect(blocks.flat()).toEqual(space.asList());
      const turns = Array.from({ length: k }, (_, i) => space.slice(i, undefined, k).asList());
      expect(space.asList().map((_, i) => turns[i % k]?.[Math.floor(i / k)])).toEqual(space.asList());
    }
  });

  test(`columns, rows and points agree, and iterators are fresh (${name})`, () => {
    const space: AbstractSpace<unknown, unknown> = make();
    const [first, second] = [[...space], [...space]];
    expect(first).toEqual(second);
    expect(first).toHaveLength(space.N);
    expect(space.toRows()).toHaveLength(space.length);
    const leaves = space.freeLeaves();
    expect(Object.keys(space.toColumns())).toEqual(leaves.map(({ path }) => path));
    const rows = space.toRows();
    for (const [path, column] of Object.entries(space.toColumns())) {
      expect(rows.flatMap((row) => row[path] as number | number[])).toEqual([...column]);
    }
    for (const index of [space.N, -space.N - 1, 0.5]) expect(() => space.at(index)).toThrow(RangeError);
  });
}

test("an own space is read point by point: every numeric leaf varies, the rest is that of point 0", () => {
  const space = new Circle();
  expect(space.freeLeaves().map(({ path, shape }) => [path, shape])).toEqual([
    ["x", []],
    ["y", [2]],
  ]);
  expect(space.columns("float32").map(({ dtype, count }) => [dtype, count])).toEqual([
    ["float32", 12],
    ["float32", 12],
  ]);
  expect(space.materialise([1, 2])).toEqual({ x: 1, y: 2, name: "circle" });
  expect(space.dims).toEqual([]);
});

test("an own space may also give at(i)", () => {
  class Pair extends AbstractSpace<unknown, number> {
    override get N() {
      return 2;
    }
    override at(i: number) {
      return 10 * i;
    }
  }
  expect(new Pair().asList()).toEqual([0, 10]);
  expect(new Pair().slice(1).toColumns()).toEqual({ value: Float64Array.of(10) });
});

test("collect stacks points in the leading shape of devices and lanes", () => {
  const space = new DataSpace({ x: Array.from({ length: 10 }, (_, i) => i), name: ["a"] });
  const shape = (options: object) => (space.collect(options) as { x: NdArray }).x.shape;
  expect(shape({})).toEqual([10]);
  expect(shape({ nVmap: 4 })).toEqual([4, 3]);
  expect(shape({ nPmap: 4 })).toEqual([4, 3]);
  expect(shape({ nPmap: 2, nVmap: 3 })).toEqual([2, 3, 2]);
  const { x, name } = space.collect({ nPmap: 2, nVmap: 3, fillValue: -1 }) as { x: NdArray; name: unknown };
  expect([...x.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1]);
  expect(name).toEqual(["a"]);
  expect([...(space.collect({ nVmap: 4 }) as { x: NdArray }).x.data].slice(-2)).toEqual([Number.NaN, Number.NaN]);
});

test("collect can keep what varies apart from what does not", () => {
  const space = new GridSpace({ x: free(0, 1), inner: { k: 3, s: "text" } }, { n: 2 });
  const [varying, rest] = space.collect({ combine: false });
  expect(varying).toMatchObject({ x: { data: Float32Array.of(0, 1) }, inner: { k: undefined, s: undefined } });
  expect(rest).toEqual({ x: undefined, inner: { k: 3, s: "text" } });
});

test("collect repeats axes with a shape and keeps integers", () => {
  const space = new Space({ a: new GridAxis(0, 1, 2, { shape: [3] }), b: new DataAxis(Int32Array.of(4, 5)) });
  const { a, b } = space.collect({ nVmap: 3, fillValue: 9 }) as { a: NdArray; b: NdArray };
  expect([a.shape, [...a.data]]).toEqual([
    [3, 1, 3],
    [0, 0, 0, 1, 1, 1, 9, 9, 9],
  ]);
  expect([b.dtype, [...b.data]]).toEqual(["int32", [4, 5, 9]]);
});

test("paths name nested leaves, a bare root is value", () => {
  const axis = () => new GridAxis(0, 1, 2);
  const space = new Space({ coupling: { instant: { G: axis() } }, list: [1, [2, axis()]] });
  expect(space.freeLeaves().map(({ path }) => path)).toEqual(["coupling.instant.G", "list[1][1]"]);
  expect(
    new Space([
      [0, 1],
      ["x", axis()],
    ])
      .freeLeaves()
      .map(({ path }) => path),
  ).toEqual(["[1][1]"]);
  expect(new Space(axis()).toColumns()).toEqual({ value: Float64Array.of(0, 1) });
});

test("types follow the state to points and models", () => {
  const state = { p: free(0, 1), v: new Parameter("v", [1, 2]), w: [1, 2], s: "text", k: 1, f: (x: number) => x };
  const grid = new GridSpace(state, { n: 2 });
  expectTypeOf(grid.at(0).p).toEqualTypeOf<number>();
  expectTypeOf(grid.at(0).v).toEqualTypeOf<NdArray>();
  expectTypeOf(grid.at(0).w).toEqualTypeOf<NdArray>();
  expectTypeOf(grid.at(0).s).toEqualTypeOf<string>();
  expectTypeOf(grid.at(0).f).toEqualTypeOf<(x: number) => number>();
  expectTypeOf<ModelState<typeof state>["p"]>().toEqualTypeOf<NdArray>();
  expectTypeOf<ModelState<typeof state>["k"]>().toEqualTypeOf<number>();
  expectTypeOf(grid.n.p).toEqualTypeOf<number>();
  const axes = {
    a: new GridAxis(0, 1, 2),
    b: new GridAxis(0, 1, 2, { shape: [3] }),
    c: new GridAxis(0, 1, 2, { wrap: () => "text" }),
    d: new DataAxis([1, 2]),
    e: new DataAxis([[1], [2]]),
  };
  const space = new Space(axes);
  expectTypeOf(space.at(0)).toEqualTypeOf<{ a: number; b: NdArray; c: string; d: number; e: NdArray }>();
  expectTypeOf<ModelState<typeof axes>>().toEqualTypeOf<{
    a: NdArray;
    b: NdArray;
    c: string;
    d: NdArray;
    e: NdArray;
  }>();
  expect(space.at(0).b).toBeInstanceOf(NdArray);
});
