import fc from "fast-check";
import { expect, test } from "vitest";
import { type ColumnSource, columnOf, elementOf, fillColumn, type Source, sliceWalk } from "../../src/base/column.ts";
import { allocate, type DType, type TypedArray } from "../../src/base/dtype.ts";
import { geometric } from "../../src/base/geometric.ts";
import { splitAt, uniformAt } from "../../src/base/key.ts";
import { threefry2x32 } from "../../src/base/threefry.ts";

const seed = 20260101;

const read = (column: ColumnSource, start: number, count: number): TypedArray => {
  const out = allocate(column.dtype, count * column.elementSize);
  fillColumn(column, start, count, out);
  return out;
};

const source = (count: number, size: number): fc.Arbitrary<Source> =>
  fc.oneof(
    fc.constant({ kind: "table", values: Float64Array.from({ length: count * size }, (_, i) => 7 * i + 1) } as const),
    fc.constantFrom("linear", "geometric").map((kind) => ({ kind, low: 0.5, high: 3, n: count }) as const),
    fc.constant({ kind: "uniform", key: [1, 2], low: -1, high: 4 } as const),
  );

const column = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }))
  .chain(([count, repeat, size]) =>
    fc
      .tuple(source(count, size), fc.integer({ min: 40, max: 60 }), fc.integer({ min: -3, max: 4 }))
      .filter(([, , step]) => step !== 0)
      .map(([from, start, step]) =>
        columnOf(
          from,
          { count, repeat, start: step < 0 ? 3 * start : start, step },
          "float64",
          size === 1 ? [] : [size],
        ),
      ),
  );

test("a filled column holds the element of every point", () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 25 }), (c, start, count) => {
      const points = Array.from({ length: count }, (_, i) => [...elementOf(c, start + i)]);
      expect([...read(c, start, count)]).toEqual(points.flat());
    }),
    { seed },
  );
});

test("the element of a point is that of its digit", () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 0, max: 25 }), (c, i) => {
      const plain = columnOf(c, { count: c.count, repeat: 1, start: 0, step: 1 }, c.dtype, c.shape);
      const digit = Math.floor((c.start + c.step * i) / c.repeat) % c.count;
      expect(elementOf(c, i)).toEqual(elementOf(plain, digit));
    }),
    { seed },
  );
});

test("a slice of a column is the column at the sliced points", () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 3 }), (c, start, step) => {
      const points = [0, 1, 2].map((i) => elementOf(c, start + step * i)[0]);
      expect([0, 1, 2].map((i) => elementOf(sliceWalk(c, start, step), i)[0])).toEqual(points);
    }),
    { seed },
  );
});

test("long axes are computed, short ones looked up, with the same values", () => {
  const walk = (n: number) => ({ count: n, repeat: 1, start: 0, step: 1 });
  const long = columnOf({ kind: "linear", low: 0, high: 1, n: 1e6 + 1 }, walk(1e6 + 1), "float32", []);
  const short = columnOf({ kind: "linear", low: 0, high: 1, n: 11 }, walk(11), "float32", []);
  expect([long.kind, short.kind]).toEqual(["linear", "table"]);
  for (let i = 0; i <= 10; i++) expect(elementOf(long, i * 1e5)).toEqual(elementOf(short, i));
});

test("columns survive being posted to another thread", () => {
  const c = columnOf(
    { kind: "uniform", key: [0, 5], low: 0, high: 1 },
    { count: 9, repeat: 2, start: 1, step: 1 },
    "float32",
    [],
  );
  expect(read(structuredClone(c), 3, 5)).toEqual(read(c, 3, 5));
});

test("points near 2^53 keep their digit", () => {
  const n = 2 ** 26;
  const c = columnOf(
    { kind: "linear", low: 0, high: n - 1, n },
    { count: n, repeat: n * 2, start: 0, step: 1 },
    "float64",
    [],
  );
  expect([...read(c, n * 2 * 12345678 - 1, 2)]).toEqual([12345677, 12345678]);
  expect([...read(c, 2 ** 53 - 1, 1)]).toEqual([n - 1]);
});

test("integer columns take the nearest spaced value and the floor of a draw", () => {
  const walk = { count: 200, repeat: 1, start: 0, step: 1 };
  const spaced = columnOf({ kind: "linear", low: 0, high: 10, n: 5 }, { ...walk, count: 5 }, "int32", []);
  expect([...read(spaced, 0, 5)]).toEqual([0, 3, 5, 8, 10]);
  const drawn = columnOf({ kind: "uniform", key: [0, 0], low: -2, high: 2 }, walk, "int32" satisfies DType, []);
  expect(new Set(read(drawn, 0, 200))).toEqual(new Set([-2, -1, 0, 1]));
});

test("geometric spacing gives decades and octaves exactly, between the smallest and the largest numbers", () => {
  const values = (low: number, high: number, n: number) =>
    Array.from({ length: n }, (_, k) => geometric(low, high, n)(k));
  expect(values(1, 1000, 4)).toEqual([1, 10, 100, 1000]);
  expect(values(1e-3, 1e3, 7)).toEqual([1e-3, 1e-2, 0.1, 1, 10, 100, 1000]);
  expect(values(2, 2048, 11)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]);
  expect(values(1e-300, 1e300, 7)).toEqual([1e-300, 1e-200, 1e-100, 1, 1e100, 1e200, 1e300]);
  expect(values(5e-324, 1, 3)[1]).toBeCloseTo(2.2227587494850775e-162, 170);
  expect(values(3, 5, 1)).toEqual([3]);
});

// Random123's known answers.
test("threefry2x32 gives the published blocks", () => {
  const block = (key: readonly [number, number], high: number, low: number) => {
    const out = new Uint32Array(2);
    threefry2x32(key, high, low, out);
    return [...out].map((word) => word.toString(16));
  };
  expect(block([0, 0], 0, 0)).toEqual(["6b200159", "99ba4efe"]);
  expect(block([0xffffffff, 0xffffffff], 0xffffffff, 0xffffffff)).toEqual(["1cb996fc", "bb002be7"]);
  expect(block([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3)).toEqual(["c4923a9c", "483df7a0"]);
});

// From jax 0.10.2: random.split(key(0), 3), random.uniform(key(0), [3]) in float32 and float64.
test("sub-keys and draws are those of JAX", () => {
  expect([0, 1, 2].map((i) => splitAt([0, 0], i))).toEqual([
    [1797259609, 2579123966],
    [928981903, 3453687069],
    [4146024105, 2718843009],
  ]);
  expect([0, 1, 2].map((i) => uniformAt([0, 0], i, "float32"))).toEqual([
    0.9476670026779175, 0.9785798788070679, 0.33229148387908936,
  ]);
  expect([0, 1, 2].map((i) => uniformAt([0, 0], i, "float64"))).toEqual([
    0.41845711171638644, 0.21629545460551136, 0.9653214611189975,
  ]);
});
