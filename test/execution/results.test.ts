import { describe, expect, test } from "vitest";
import { resultNames } from "../../src/execution/table.ts";
import {
  GridAxis,
  GridSpace,
  type NdArray,
  np,
  Parameter,
  SequentialExecution,
  Space,
  UniformSpace,
} from "../../src/index.ts";

const space = new Space(
  { G: new GridAxis(0, 1, 3), coupling: { tau: new GridAxis(10, 40, 4) }, w: new GridAxis(-1, 1, 2), label: "x" },
  { mode: "product" },
);
const model = (s: { G: NdArray; coupling: { tau: NdArray }; w: NdArray }) => {
  const peak = s.G.mul(100).add(s.coupling.tau).add(s.w.mul(0.5));
  return { peak, curve: np.stack([peak, s.w]), positive: s.w.greater(0), G: s.G };
};
type Point = { peak: number; curve: NdArray; positive: boolean; G: number };
const results = await new SequentialExecution(model, space).run();
const peaks = [...results].map((r) => r.peak);

describe("a list of results", () => {
  test("gives scalars as numbers and booleans, and arrays as arrays", () => {
    const { peak, curve, positive } = results.at<Point>(1);
    expect(peak).toBe(10.5);
    expect([curve.shape, curve.dtype, [...curve.data]]).toEqual([[2], "float32", [10.5, 1]]);
    expect(positive).toBe(true);
  });

  test("counts from the end for negative indices, and throws outside", () => {
    expect(results.at(-1)).toEqual(results.at(23));
    expect(() => results.at(24)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: results.at: expected an index from -24 to 23, got 24; check it against length]`,
    );
    expect(() => results.at(-25)).toThrow(RangeError);
    expect(() => results.at(0.5)).toThrow(RangeError);
    expect(() => results.slice(3, 3).at(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: results.at: expected nothing in an empty one, got 0; check it against length]`,
    );
  });

  test.each([
    [undefined, undefined, undefined],
    [10, 20, undefined],
    [-5, undefined, undefined],
    [1, -1, 3],
    [undefined, undefined, -1],
    [20, 3, -4],
    [5, 5, 1],
    [3, 100, 7],
  ])("slices as Python does: [%s:%s:%s]", (start, stop, step) => {
    const indices = Array.from({ length: 24 }, (_, i) => i);
    const from = start ?? 0;
    const picked = results.slice(start, stop, step);
    expect([...picked].map((r) => r.peak)).toEqual(pythonSlice(indices, start, stop, step).map((i) => peaks[i]));
    expect(picked.toColumns().G).toHaveLength(picked.length);
    expect(from).toBeDefined();
  });

  test("slices of slices are slices", () => {
    const twice = results.slice(2, 20).slice(1, 10, 3);
    expect([...twice].map((r) => r.peak)).toEqual([peaks[3], peaks[6], peaks[9]]);
    expect([...twice.stacked.peak]).toEqual([peaks[3], peaks[6], peaks[9]]);
  });

  test("stacks without copying what lies together", () => {
    expect(results.slice(4, 8).stacked.peak.buffer).toBe(results.stacked.peak.buffer);
    expect(results.stacked.curve).toHaveLength(48);
  });
});

describe("a table of results", () => {
  test("has parameters first, then results; taken names get `result.`", () => {
    expect(Object.keys(results.toColumns())).toEqual([
      "G",
      "coupling.tau",
      "w",
      "result.G",
      "curve",
      "peak",
      "positive",
    ]);
    expect(results.slice(13, 14).toRows()).toMatchInlineSnapshot(`
      [
        {
          "G": 0.5,
          "coupling.tau": 30,
          "curve": [
            80.5,
            1,
          ],
          "peak": 80.5,
          "positive": true,
          "result.G": 0.5,
          "w": 1,
        },
      ]
    `);
  });

  test("calls a single result `value`, and those of a list by their place", async () => {
    const one = await new SequentialExecution((s: { G: NdArray }) => s.G, space.slice(0, 2)).run();
    expect(Object.keys(one.toColumns())).toEqual(["G", "coupling.tau", "w", "value"]);
    const two = await new SequentialExecution((s: { G: NdArray }) => [s.G, { rate: s.G }], space.slice(0, 2)).run();
    expect(Object.keys(two.toColumns()).slice(3)).toEqual(["[0]", "[1].rate"]);
  });

  test("names never meet", () => {
    expect(resultNames(["", "[0]", "a"], ["value", "[0]", "a", "result.a"])).toEqual([
      "result.value",
      "result[0]",
      "result.result.a",
    ]);
  });
});

describe("a grid of results", () => {
  test("has the axes of the space", () => {
    expect(results.dims).toEqual(["G", "coupling.tau", "w"]);
    expect(results.coords).toEqual({
      G: Float64Array.of(0, 0.5, 1),
      "coupling.tau": Float64Array.of(10, 20, 30, 40),
      w: Float64Array.of(-1, 1),
    });
    expect(results.grid("peak").shape).toEqual([3, 4, 2]);
    expect([...results.grid("peak").data]).toEqual(peaks);
    expect(results.grid("curve").shape).toEqual([3, 4, 2, 2]);
  });

  test("is cut by value and by position", () => {
    const row = results.sel({ G: 0.5 });
    expect(row.dims).toEqual(["coupling.tau", "w"]);
    expect([...row].map((r) => r.peak)).toEqual(peaks.slice(8, 16));
    expect([...results.isel({ G: 1 })]).toEqual([...row]);
    const column = results.isel({ "coupling.tau": -1 }).sel({ w: 1 + 1e-7 });
    expect([...column].map((r) => r.peak)).toEqual([7, 15, 23].map((i) => peaks[i]));
    expect(column.coords).toEqual({ G: Float64Array.of(0, 0.5, 1) });
    expect(column.slice(1).coords).toEqual({ G: Float64Array.of(0.5, 1) });
    expect(column.slice(1).sel({ G: 1 }).at(0).peak).toBe(peaks[23]);
    expect(column.toColumns().G).toEqual(Float64Array.of(0, 0.5, 1));
    const point = results.isel({ G: 2, "coupling.tau": 1, w: 0 });
    expect([point.length, point.dims, point.at(0).peak]).toEqual([1, [], peaks[18]]);
  });

  test("says what it does not have", () => {
    const attempts = [
      () => results.sel({ G: 0.4 }),
      () => results.sel({ g: 0.5 }),
      () => results.isel({ G: 3 }),
      () => results.grid(),
      () => results.grid("peek"),
      () => results.slice(0, 5).grid("peak"),
      () => results.slice(0, 5).sel({ G: 0 }),
      () => results.isel({ G: 0 }).isel({ G: 0 }),
    ];
    expect(attempts.map(messageOf)).toMatchInlineSnapshot(`
      [
        "RangeError: results.sel: expected a grid value of G, got 0.4; the nearest is 0.5, results.coords has all",
        "RangeError: results.sel: expected G, coupling.tau, w, got g; results.dims names the axes",
        "RangeError: results.isel: expected an integer from -3 to 2 for G, got 3; count along results.coords",
        "RangeError: results.grid: expected one of result.G, curve, peak, positive, got undefined; name one",
        "RangeError: results.grid: expected one of result.G, curve, peak, positive, got peek; name one",
        "RangeError: results.grid: expected results over a product space, got a slice across several axes; use at, slice or toColumns",
        "RangeError: results.sel: expected results over a product space, got a slice across several axes; use at, slice or toColumns",
        "RangeError: results.isel: expected coupling.tau, w, got G; results.dims names the axes",
      ]
    `);
  });

  test("exists over product spaces only", async () => {
    const uniform = new UniformSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { N: 3 });
    const listed = await new SequentialExecution(({ a }: { a: NdArray }) => a, uniform).run();
    expect(listed.dims).toEqual([]);
    expect(listed.coords).toEqual({});
    expect(messageOf(() => listed.grid())).toMatchInlineSnapshot(
      `"RangeError: results.grid: expected results over a product space, got points of a space that is none; use at, slice or toColumns"`,
    );
  });

  test("of one axis is over that axis", async () => {
    const line = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 5 });
    const along = await new SequentialExecution(({ a }: { a: NdArray }) => a.mul(2), line).run();
    expect(along.grid().shape).toEqual([5]);
    expect(along.sel({ a: 0.75 }).at(0)).toBe(1.5);
  });
});

function pythonSlice(list: number[], start?: number, stop?: number, step = 1): number[] {
  const n = list.length;
  const clamp = (i: number, low: number, high: number): number => Math.min(Math.max(i < 0 ? i + n : i, low), high);
  const out: number[] = [];
  if (step > 0) for (let i = clamp(start ?? 0, 0, n); i < clamp(stop ?? n, 0, n); i += step) out.push(list[i]!);
  else {
    const end = stop === undefined ? -1 : clamp(stop, -1, n - 1);
    for (let i = clamp(start ?? n - 1, -1, n - 1); i > end; i += step) out.push(list[i]!);
  }
  return out;
}

function messageOf(f: () => unknown): string {
  try {
    f();
    return "no error";
  } catch (error) {
    return String(error);
  }
}
