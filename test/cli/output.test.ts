import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkOutput, writeResults } from "../../src/cli/output.ts";
import { summarise, summaryTable } from "../../src/cli/summary.ts";

const folder = mkdtempSync(join(tmpdir(), "output-"));
afterAll(() => rmSync(folder, { recursive: true }));

const columns = [
  { name: "a, b", data: [1, 2], width: 1 },
  { name: "curve", data: [0.5, Number.NaN, 3, 4], width: 2 },
];

test("csv has one row per point, one column per number, and quotes names that need it", async () => {
  const file = join(folder, "results.csv");
  await writeResults(file, columns, 2);
  expect(readFileSync(file, "utf8")).toBe('"a, b",curve[0],curve[1]\n1,0.5,NaN\n2,3,4\n');
});

test("json has one array per column; what is no number is null", async () => {
  const file = join(folder, "results.json");
  await writeResults(file, columns, 2);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    "a, b": [1, 2],
    curve: [
      [0.5, null],
      [3, 4],
    ],
  });
});

test("many rows pass through the stream whole", async () => {
  const file = join(folder, "many.csv");
  const data = Float64Array.from({ length: 200_000 }, (_, i) => i);
  await writeResults(file, [{ name: "i", data, width: 1 }], data.length);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines).toHaveLength(200_001);
  expect(lines.at(-1)).toBe("199999");
});

test("a file that cannot be written says so", async () => {
  await expect(writeResults(join(folder, "no/such/x.csv"), columns, 2)).rejects.toThrow(/--out: .*x\.csv \(ENOENT/);
});

test("an unknown ending is refused before the run", () => {
  expect(() => checkOutput("results.xlsx")).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: --out: expected a file name that ends in .csv or .json, got "results.xlsx"; add the ending]`,
  );
});

test("the summary leaves out what is not finite, and counts it", () => {
  const summary = summarise({ name: "x", data: [1, Number.NaN, 3, Number.POSITIVE_INFINITY] });
  expect(summary).toEqual({ name: "x", min: 1, mean: 2, max: 3, notFinite: 2 });
  expect(summaryTable([summary])).toMatchInlineSnapshot(`
    "output  min  mean  max  not finite
    ──────  ───  ────  ───  ──────────
    x         1     2    3           2"
  `);
  expect(summaryTable([summarise({ name: "y", data: [Number.NaN] })])).toContain("NaN");
});
