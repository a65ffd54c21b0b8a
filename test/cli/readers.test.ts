/** Exports as the tools of others read them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeTable } from "../../src/cli/output.ts";
import { tableOf } from "../helpers/table.ts";
import { root } from "../support/command.ts";
import { pythonHas, runPython } from "../support/python.ts";

const folder = mkdtempSync(join(tmpdir(), "readers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const has = pythonHas(["pandas", "pyarrow", "duckdb"]);

const table = tableOf([
  { name: "x", dtype: "float64", data: Float64Array.of(0.1, Number.NEGATIVE_INFINITY, 3) },
  { name: "y", dtype: "float32", data: Float32Array.of(0.5, Number.NaN, Number.POSITIVE_INFINITY) },
  { name: "i", dtype: "int32", data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
  { name: "u", dtype: "uint32", data: Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1) },
  { name: "flag", dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  { name: "curve", dtype: "float32", shape: [2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: "grid", dtype: "int32", shape: [2, 2], data: Int32Array.from({ length: 12 }, (_, i) => i) },
]);

const values = {
  x: [0.1, "-Infinity", 3],
  y: [0.5, "NaN", "Infinity"],
  i: [-(2 ** 31), 0, 2 ** 31 - 1],
  u: [0, 2 ** 31, 2 ** 32 - 1],
  flag: [true, false, true],
  status: [1, 1, 1],
};

const nested = {
  curve: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  grid: [
    [
      [0, 1],
      [2, 3],
    ],
    [
      [4, 5],
      [6, 7],
    ],
    [
      [8, 9],
      [10, 11],
    ],
  ],
};

const flat = {
  "curve[0]": [1, 3, 5],
  "curve[1]": [2, 4, 6],
  "grid[0][0]": [0, 4, 8],
  "grid[0][1]": [1, 5, 9],
  "grid[1][0]": [2, 6, 10],
  "grid[1][1]": [3, 7, 11],
};

interface Seen {
  readonly types: { readonly [name: string]: string };
  readonly values: { readonly [name: string]: unknown };
}

async function seenBy(tool: string, ending: string): Promise<Seen> {
  const file = join(folder, `table-${tool}.${ending}`);
  await writeTable("--out", file, table);
  return (runPython(`${root}test/python/read_table.py`, [file, tool]) as { [tool: string]: Seen })[tool] as Seen;
}

const exact = ["double", "float", "int32", "uint32", "bool"];

test.skipIf(!has.pyarrow).each(["parquet", "arrow", "arrows"])(
  "pyarrow reads .%s: types, lists, infinities",
  async (ending) => {
    const seen = await seenBy("pyarrow", ending);
    expect(seen.values).toEqual({ ...values, ...nested });
    expect(["x", "y", "i", "u", "flag"].map((name) => seen.types[name])).toEqual(exact);
    expect(seen.types.status).toBe("uint8");
  },
);

test.skipIf(!(has.pandas && has.pyarrow)).each(["parquet", "arrow"])("pandas reads .%s", async (ending) => {
  const seen = await seenBy("pandas", ending);
  expect(seen.values).toMatchObject({ ...values, curve: nested.curve });
  expect(["x", "y", "i", "u", "flag"].map((name) => seen.types[name])).toEqual([
    "float64",
    "float32",
    "int32",
    "uint32",
    "bool",
  ]);
});

test.skipIf(!has.pandas)("pandas reads .csv: what is not a number, truth values, one column per number", async () => {
  const seen = await seenBy("pandas", "csv");
  expect(seen.values).toEqual({ ...values, ...flat });
  expect([seen.types.x, seen.types.i, seen.types.flag]).toEqual(["float64", "int64", "bool"]);
});

test.skipIf(!has.duckdb)("DuckDB reads .parquet, and filters large unsigned and infinite values rightly", async () => {
  const seen = await seenBy("duckdb", "parquet");
  expect(seen.values).toEqual({ ...values, ...nested, "u > 2147483647": 2, "finite y": 1 });
  expect(["x", "y", "i", "u", "flag"].map((name) => seen.types[name])).toEqual([
    "DOUBLE",
    "FLOAT",
    "INTEGER",
    "UINTEGER",
    "BOOLEAN",
  ]);
  expect(seen.types.curve).toBe("FLOAT[]");
});

test.skipIf(!has.duckdb)("DuckDB reads .csv", async () => {
  const seen = await seenBy("duckdb", "csv");
  expect(seen.values).toEqual({ ...values, ...flat, "u > 2147483647": 2, "finite y": 1 });
});
