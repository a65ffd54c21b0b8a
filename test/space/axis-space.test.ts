import fc from "fast-check";
import { expect, test } from "vitest";
import { DataAxis, GridAxis, LogGridAxis, UniformAxis } from "../../src/space/axis.ts";
import { Space } from "../../src/space/axis-space.ts";
import { Parameter } from "../../src/space/parameter.ts";
import { UniformSpace } from "../../src/space/parameter-space.ts";

const seed = 20260103;
const line = (n: number, group?: string) => new GridAxis(0, n, n + 1, group === undefined ? {} : { group });

test("factors of a product are the ungrouped axes in flat order, the last fastest", () => {
  const space = new Space({ z: line(1), a: line(2), m: line(1) }, { mode: "product" });
  expect(space.dims).toEqual(["a", "m", "z"]);
  expect(space.N).toBe(12);
  expect(space.asList().slice(0, 5)).toEqual([
    { a: 0, m: 0, z: 0 },
    { a: 0, m: 0, z: 1 },
    { a: 0, m: 1, z: 0 },
    { a: 0, m: 1, z: 1 },
    { a: 1, m: 0, z: 0 },
  ]);
});

test("groups are zipped and come before ungrouped axes", () => {
  const space = new Space({ z: line(1, "pair"), a: line(2), m: line(1, "pair") }, { mode: "product" });
  expect(space.dims).toEqual(["pair", "a"]);
  expect(space.asList()).toEqual([
    { a: 0, m: 0, z: 0 },
    { a: 1, m: 0, z: 0 },
    { a: 2, m: 0, z: 0 },
    { a: 0, m: 1, z: 1 },
    { a: 1, m: 1, z: 1 },
    { a: 2, m: 1, z: 1 },
  ]);
  expect(space.coords).toEqual({ m: Float64Array.of(0, 1), z: Float64Array.of(0, 1), a: Float64Array.of(0, 1, 2) });
  expect(space.axes()?.map(({ name, columns }) => [name, columns.map(({ path }) => path)])).toEqual([
    ["pair", ["m", "z"]],
    ["a", ["a"]],
  ]);
});

test("the digits of an index are a bijection in every product", () => {
  const sizes = fc.array(fc.record({ n: fc.integer({ min: 1, max: 4 }), group: fc.constantFrom(undefined, "g") }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(sizes, (axes) => {
      const state = axes.map(({ n, group }) => line(group ? 2 : n, group));
      const space = new Space(state, { mode: "product" });
      const points = space.asList();
      expect(points.length).toBe(space.N);
      expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(space.N);
      const [columns, leaves] = [space.toColumns(), space.freeLeaves()];
      points.forEach((point, i) => {
        expect(leaves.map(({ path }) => columns[path]?.[i])).toEqual(point);
      });
    }),
    { seed, numRuns: 50 },
  );
});

test("zipped axes give element i of each", () => {
  const space = new Space({ a: line(2), b: new DataAxis([5, 6, 7]), c: new LogGridAxis(1, 100, 3) });
  expect(space.asList()).toEqual([
    { a: 0, b: 5, c: 1 },
    { a: 1, b: 6, c: 10 },
    { a: 2, b: 7, c: 100 },
  ]);
  expect([space.dims, space.coords, space.axes()]).toEqual([[], {}, undefined]);
});

test("truncate cuts zipped axes and groups to the shortest", () => {
  expect(new Space({ a: line(4), b: line(1) }, { truncate: true }).toRows()).toEqual([
    { a: 0, b: 0 },
    { a: 1, b: 1 },
  ]);
  const grouped = { a: line(4, "g"), b: new DataAxis([7, 8, 9], { group: "g" }), c: line(1) };
  expect(new Space(grouped, { mode: "product", truncate: true }).N).toBe(6);
});

test("every axis has its own key in flat order, deterministic axes included", () => {
  const axis = () => new UniformAxis(-1, 2.5, 5);
  const free = () => new Parameter("p", 0, { low: -1, high: 2.5, free: true });
  const drawn = new UniformSpace({ a: free(), b: free(), c: free() }, { N: 5, key: [0, 42] }).toColumns();
  const space = new Space({ a: new GridAxis(0, 1, 5), c: axis(), b: axis() }, { key: [0, 42] });
  expect(space.toColumns()).toEqual({ ...drawn, a: Float64Array.of(0, 0.25, 0.5, 0.75, 1) });
});

test("data axes keep the dtype of typed arrays", () => {
  const space = new Space({
    i: new DataAxis(Int32Array.of(1, 2)),
    d: new DataAxis(Float64Array.of(0.1, 0.2)),
    f: new DataAxis([0.1, 0.2]),
    b: new DataAxis([true, false]),
  });
  const dtypes = (float: "float32" | "float64") => space.columns(float).map(({ dtype }) => dtype);
  expect(space.freeLeaves().map(({ path, dtype }) => [path, dtype])).toEqual([
    ["b", "bool"],
    ["d", "float64"],
    ["f", "float"],
    ["i", "int32"],
  ]);
  expect(dtypes("float32")).toEqual(["bool", "float64", "float32", "int32"]);
  expect(dtypes("float64")).toEqual(["bool", "float64", "float64", "int32"]);
  expect(space.at(0)).toEqual({ b: true, d: 0.1, f: 0.1, i: 1 });
});

test("rows of data may have a shape", () => {
  const space = new Space({ w: new DataAxis([[[1, 2]], [[3, 4]]]) });
  expect(space.at(1).w).toMatchObject({ dtype: "float32", shape: [1, 2] });
  expect(space.toRows()).toEqual([{ w: [[1, 2]] }, { w: [[3, 4]] }]);
  expect(space.toColumns().w).toHaveLength(4);
});

test("shape repeats the value of a point and wrap makes of it what it likes", () => {
  const wrap = (value: { shape: readonly number[] }) => ({ kind: "weights", value });
  const space = new Space({ w: new GridAxis(0, 1, 3, { shape: [2, 2], wrap }) });
  const { w } = space.at(1);
  expect(w.kind).toBe("weights");
  expect(w.value).toMatchObject({ shape: [2, 2], data: Float32Array.of(0.5, 0.5, 0.5, 0.5) });
  expect(space.toColumns()).toEqual({ w: Float64Array.of(0, 0.5, 1) });
});

test("parameters beside axes are their value", () => {
  const space = new Space({ a: line(1), p: new Parameter("p", 3, { low: 0, high: 9, free: true }) });
  expect(space.at(1)).toEqual({ a: 1, p: 3 });
});
