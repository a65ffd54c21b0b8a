import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeAxis, encodeColumn, escapeHtml, scriptJson } from "../../src/report/encode.ts";
import { number } from "../../src/report/format.ts";
import { bytesOf, shuffle, through, unshuffle } from "../../src/report/payload.ts";
import { keptRows, sampleTable, stepsFor } from "../../src/report/sample.ts";
import { tableOf } from "../helpers/table.ts";

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

test("what is kept of a product is every step-th position of every axis, in order, and no more than fits", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 400 }),
      (sizes, most) => {
        const steps = stepsFor(sizes, most);
        const rows = [...keptRows(sizes, steps)];
        expect(rows.length).toBeLessThanOrEqual(Math.max(1, most));
        const all = Array.from({ length: product(sizes) }, (_, row) => row).filter((row) =>
          sizes.every((size, k) => (Math.floor(row / product(sizes.slice(k + 1))) % size) % (steps[k] as number) === 0),
        );
        expect(rows).toEqual(all);
        if (product(sizes) <= most) expect(steps.every((step) => step === 1)).toBe(true);
      },
    ),
    { seed: 41 },
  );
});

test("a sample counts all points, and keeps the values of those that fit", async () => {
  const n = 1000;
  const status = new Uint8Array(n).fill(1);
  status[7] = 3;
  status[9] = 2;
  const value = Float64Array.from({ length: n }, (_, i) => (i === 9 ? Number.NaN : i));
  const table = tableOf([
    { name: "p", dtype: "float64", data: Float64Array.from({ length: n }, (_, i) => i / n) },
    { name: "x", dtype: "float64", data: value },
    { name: "status", dtype: "uint8", role: "status", data: status },
  ]);
  const sample = await sampleTable(table, { points: 100, values: 1e6 });
  expect([sample.points, sample.steps]).toEqual([100, [10]]);
  expect(sample.kept.map(({ column }) => column.name)).toEqual(["p", "x", "status"]);
  expect(Array.from(sample.kept[1]?.data.subarray(0, 3) ?? [])).toEqual([0, 10, 20]);
  const [summary] = sample.summaries;
  expect(summary).toMatchObject({ name: "x", min: 0, max: 999, notFinite: 1, failed: 2 });
  expect(sample.failed.map(({ index, status }) => [index, status])).toEqual([
    [7, "step limit"],
    [9, "not finite"],
  ]);
  expect(sample.statusCounts).toEqual([0, 998, 1, 1, 0]);
});

test("the number of values limits the points, too", async () => {
  const table = tableOf([
    { name: "p", dtype: "float64", data: new Float64Array(100) },
    { name: "curve", dtype: "float32", shape: [50], data: new Float32Array(5000) },
  ]);
  const { points } = await sampleTable(table, { points: 1000, values: 520 });
  expect(points).toBe(10);
});

test("parameters of a product are not kept: its axes have them", async () => {
  const axes = [{ name: "a", size: 4, coordinates: [["a", Float64Array.of(1, 2, 3, 4)]] as const }];
  const table = tableOf(
    [
      { name: "a", dtype: "float64", data: Float64Array.of(1, 2, 3, 4) },
      { name: "x", dtype: "int32", data: Int32Array.of(5, 6, 7, 8) },
    ],
    axes,
  );
  const { kept } = await sampleTable(table);
  expect(kept.map(({ column }) => column.name)).toEqual(["x", "status"]);
});

const unpacked = async (text: string, type: keyof typeof bytesOf): Promise<ArrayBuffer> => {
  const packed = Uint8Array.from(Buffer.from(text, "base64"));
  return unshuffle(await through(packed, new DecompressionStream("deflate-raw")), bytesOf[type]).buffer;
};

test("columns come back from their text as they were", async () => {
  const column = { name: "x", dtype: "float32", shape: [], role: "result" } as const;
  const data = Float32Array.from({ length: 70_001 }, (_, i) => (i === 3 ? Number.NaN : Math.sin(i) * 10 ** (i % 30)));
  const encoded = await encodeColumn({ column, data });
  expect(encoded.column).toMatchObject({ type: "float32", bool: false });
  expect(encoded.text).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
  expect(new Float32Array(await unpacked(encoded.text, "float32"))).toEqual(data);
});

test("64-bit floats keep their size only where 32 bits cannot hold them", async () => {
  const column = { name: "x", dtype: "float64", shape: [], role: "result" } as const;
  const type = async (...values: number[]) =>
    (await encodeColumn({ column, data: Float64Array.from(values) })).column.type;
  expect(await type(0.1, -3e5, Number.NaN, Number.POSITIVE_INFINITY, 0)).toBe("float32");
  expect(await type(0.1, 1e300)).toBe("float64");
  expect(await type(1e-200)).toBe("float64");
});

test("shuffling bytes is undone by its inverse", () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
  expect(Array.from(shuffle(bytes, 4).subarray(0, 6))).toEqual([0, 4, 8, 12, 16, 20]);
  for (const width of [1, 4, 8]) expect(unshuffle(shuffle(bytes, width), width)).toEqual(bytes);
});

test("axes are thinned with their values, and what JSON has no number for is a word", () => {
  const values = Float64Array.of(1, 2, Number.POSITIVE_INFINITY, 4, 5);
  expect(encodeAxis({ name: "a", size: 5, coordinates: [["a", values]] }, 2, () => undefined)).toEqual({
    name: "a",
    size: 3,
    step: 2,
    fullSize: 5,
    coordinates: [{ path: "a", values: [1, "Infinity", 5] }],
  });
});

test("nothing in the data can end a script or open a tag", () => {
  const hostile = { name: "</script><!--<script>" };
  expect(scriptJson(hostile)).not.toContain("<");
  expect(JSON.parse(scriptJson(hostile))).toEqual(hostile);
  expect(escapeHtml(`<a href="x" title='y'>&`)).toBe("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
});

test.each([
  [1 / 3, "0.333333"],
  [-2, "−2"],
  [1.25e-7, "1.25e−7"],
  [12_000, "12000"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "−∞"],
  [123_456_789_012, "1.23457e11"],
])("%d is written %s", (x, text) => {
  expect(number(x)).toBe(text);
});
