import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { afterAll, expect, test } from "vitest";
import { checkOutput, writeTable, writeWhole } from "../../src/cli/output.ts";
import { writeArrow } from "../../src/cli/output-arrow.ts";
import { writeParquet } from "../../src/cli/output-parquet.ts";
import { writeCsv } from "../../src/cli/output-text.ts";
import { filesText, summaryTable } from "../../src/cli/summary.ts";
import type { TableSource } from "../../src/execution/table-source.ts";
import { summarise } from "../../src/execution/table-summary.ts";
import { type GivenColumn, tableOf } from "../helpers/table.ts";
import { node } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "output-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = async (name: string, columns: readonly GivenColumn[]): Promise<string> => {
  const file = join(folder, name);
  const bytes = await writeTable("--out", file, tableOf(columns));
  expect(readFileSync(file).length).toBe(bytes);
  return file;
};

const small: GivenColumn[] = [
  { name: "a, b", dtype: "float64", data: Float64Array.of(1, 2) },
  { name: "curve", dtype: "float32", shape: [2], data: Float32Array.of(0.5, Number.NaN, 3, -0) },
  { name: "stable", dtype: "bool", data: Uint8Array.of(1, 0) },
];

/** Every dtype with its extremes, a vector and a matrix. */
const odd: GivenColumn[] = [
  { name: "x", dtype: "float64", data: Float64Array.of(0.1, Number.NEGATIVE_INFINITY, -0) },
  { name: "y", dtype: "float32", data: Float32Array.of(Math.fround(0.1), Number.NaN, Number.POSITIVE_INFINITY) },
  { name: "i", dtype: "int32", data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
  { name: "u", dtype: "uint32", data: Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1) },
  { name: "flag", dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  { name: "curve", dtype: "float32", shape: [2], data: Float32Array.of(1, 2, 3, 4, 5, Number.NaN) },
  { name: "grid", dtype: "int32", shape: [2, 2], data: Int32Array.from({ length: 12 }, (_, i) => i) },
  { name: "status", dtype: "uint8", role: "status", data: Uint8Array.of(1, 2, 3) },
];

const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value);
  return value !== null && typeof value === "object" ? Array.from(value as Iterable<unknown>, plain) : value;
};

const oddRows = [
  {
    x: 0.1,
    y: Math.fround(0.1),
    i: -(2 ** 31),
    u: 0,
    flag: true,
    curve: [1, 2],
    grid: [
      [0, 1],
      [2, 3],
    ],
    status: 1,
  },
  {
    x: -Infinity,
    y: NaN,
    i: 0,
    u: 2 ** 31,
    flag: false,
    curve: [3, 4],
    grid: [
      [4, 5],
      [6, 7],
    ],
    status: 2,
  },
  {
    x: -0,
    y: Infinity,
    i: 2 ** 31 - 1,
    u: 2 ** 32 - 1,
    flag: true,
    curve: [5, NaN],
    grid: [
      [8, 9],
      [10, 11],
    ],
    status: 3,
  },
];

test("csv has one row per point, one column per number, and quotes names that need it", async () => {
  expect(readFileSync(await write("results.csv", small), "utf8")).toBe(
    '"a, b",curve[0],curve[1],stable,status\n1,0.5,NaN,true,1\n2,3,-0,false,1\n',
  );
});

test("csv names the elements of a matrix by both positions", async () => {
  const [names] = readFileSync(await write("matrix.csv", odd), "utf8").split("\n");
  expect(names).toBe("x,y,i,u,flag,curve[0],curve[1],grid[0][0],grid[0][1],grid[1][0],grid[1][1],status");
});

test("json has one array per column; what is no number is a string", async () => {
  const values = JSON.parse(readFileSync(await write("results.json", odd), "utf8"));
  expect(values).toEqual({
    x: [0.1, "-Infinity", -0],
    y: [Math.fround(0.1), "NaN", "Infinity"],
    i: [-(2 ** 31), 0, 2 ** 31 - 1],
    u: [0, 2 ** 31, 2 ** 32 - 1],
    flag: [true, false, true],
    curve: [
      [1, 2],
      [3, 4],
      [5, "NaN"],
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
    status: [1, 2, 3],
  });
});

test("parquet keeps types, lists, infinities and the sign of zero, without nulls", async () => {
  const file = await asyncBufferFromFile(await write("odd.parquet", odd));
  const rows = await parquetReadObjects({ file });
  expect(rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])))).toEqual(oddRows);
  const { schema } = await parquetMetadataAsync(file);
  const leaves = schema.filter(({ type }) => type !== undefined);
  expect(
    leaves.map(({ type, converted_type }) => [type, converted_type].filter((x) => x !== undefined).join(" ")),
  ).toEqual(["DOUBLE", "FLOAT", "INT32", "INT32 UINT_32", "BOOLEAN", "FLOAT", "INT32", "INT32 UINT_8"]);
  expect(schema.some(({ repetition_type }) => repetition_type === "OPTIONAL")).toBe(false);
});

test.each(["arrow", "arrows"])(".%s keeps types, lists, infinities and the sign of zero", async (ending) => {
  const table = tableFromIPC(readFileSync(await write(`odd.${ending}`, odd)));
  expect(table.schema.fields.map((field) => String(field.type))).toEqual([
    "Float64",
    "Float32",
    "Int32",
    "Uint32",
    "Bool",
    "FixedSizeList[2]<Float32>",
    "FixedSizeList[2]<FixedSizeList[2]<Int32>>",
    "Uint8",
  ]);
  expect(table.schema.fields.every((field) => !field.nullable)).toBe(true);
  const rows = table.toArray().map((row) => {
    const entries = Object.entries((row as { toJSON(): Record<string, unknown> }).toJSON());
    return Object.fromEntries(entries.map(([k, v]) => [k, plain(v)]));
  });
  expect(rows).toEqual(oddRows);
});

test.each(["csv", "json", "parquet", "arrow", "arrows"])(
  "many rows pass through .%s whole and in order",
  async (ending) => {
    const n = 200_000;
    const file = await write(`many.${ending}`, [
      { name: "i", dtype: "float64", data: Float64Array.from({ length: n }, (_, i) => i) },
    ]);
    const read = {
      csv: () =>
        readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => Number(line.split(",")[0])),
      json: () => JSON.parse(readFileSync(file, "utf8")).i,
      parquet: async () => (await parquetReadObjects({ file: await asyncBufferFromFile(file) })).map((row) => row.i),
      arrow: () => [...(tableFromIPC(readFileSync(file)).getChild("i") ?? [])],
      arrows: () => [...(tableFromIPC(readFileSync(file)).getChild("i") ?? [])],
    }[ending] as () => Promise<number[]>;
    const values = await read();
    expect(values).toHaveLength(n);
    expect(values.every((x, i) => x === i)).toBe(true);
  },
);

test.each(["csv", "json", "parquet", "arrow"])("a table without points is a valid .%s", async (ending) => {
  const file = await write(`none.${ending}`, [{ name: "i", dtype: "float64", data: new Float64Array(0) }]);
  const rows = {
    csv: () => readFileSync(file, "utf8").trim().split("\n").length - 1,
    json: () => JSON.parse(readFileSync(file, "utf8")).i.length,
    parquet: async () => (await parquetReadObjects({ file: await asyncBufferFromFile(file) })).length,
    arrow: () => tableFromIPC(readFileSync(file)).numRows,
  }[ending] as () => Promise<number>;
  expect(await rows()).toBe(0);
});

test("a file that cannot be written says so", async () => {
  await expect(write("no/such/x.csv", small)).rejects.toThrow(/--out: .*x\.csv \(ENOENT/);
});

test("a write that fails leaves the old file and nothing else", async () => {
  const file = join(folder, "kept.csv");
  writeFileSync(file, "old");
  const before = readdirSync(folder);
  const failing = writeWhole("--out", file, async (put) => {
    await put(new Uint8Array(3_000_000));
    throw new Error("the store went away");
  });
  await expect(failing).rejects.toThrow("the store went away");
  expect(readdirSync(folder)).toEqual(before);
  expect(readFileSync(file, "utf8")).toBe("old");
});

test("a write that is stopped by Ctrl-C leaves nothing behind", async () => {
  const place = mkdtempSync(join(folder, "stopped-"));
  const program = `
    import { createJiti } from "jiti";
    const { writeWhole } = await createJiti(${JSON.stringify(import.meta.url)}).import("../../src/cli/output.ts");
    const waiting = setInterval(() => {}, 1000);
    await writeWhole("--out", "x.csv", async (put) => {
      await put(new Uint8Array(2_000_000));
      process.kill(process.pid, "SIGINT");
      await new Promise(() => waiting);
    });`;
  const { code } = await node(["--input-type=module", "-e", `process.chdir(${JSON.stringify(place)});${program}`]);
  // Ended by the signal itself.
  expect(code).toBe(null);
  expect(readdirSync(place)).toEqual([]);
});

test("an unknown ending is refused before the run", () => {
  expect(() => checkOutput("--out", "results.xlsx")).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: --out: expected a file name that ends in .parquet, .csv, .arrow, .arrows or .json, got "results.xlsx"; add the ending]`,
  );
});

test("the summary leaves out what is not finite or not finished, and counts it", async () => {
  const table = tableOf([
    { name: "p", dtype: "float64", data: new Float64Array(5) },
    { name: "x", dtype: "float64", data: Float64Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY, 1e9) },
    { name: "status", dtype: "uint8", role: "status", data: Uint8Array.of(1, 2, 1, 2, 3) },
  ]);
  const summaries = await summarise(table);
  expect(summaries).toEqual([{ name: "x", min: 1, mean: 2, max: 3, notFinite: 2, failed: 3 }]);
  expect(summaryTable(summaries)).toMatchInlineSnapshot(`
    "output  min  mean  max  failed
    ──────  ───  ────  ───  ──────
    x         1     2    3       3"
  `);
});

test("an output without any finite value has no mean", async () => {
  const table = tableOf([
    { name: "p", dtype: "float64", data: new Float64Array(1) },
    { name: "y", dtype: "float32", data: Float32Array.of(Number.NaN) },
  ]);
  expect(summaryTable(await summarise(table))).toContain("NaN");
});

test("files stand beneath each other with what they are", () => {
  expect(
    filesText([
      ["a.csv", "10 rows"],
      ["report.html", "for any browser"],
    ]),
  ).toMatchInlineSnapshot(`
    "a.csv        10 rows
    report.html  for any browser"
  `);
});

test.each([
  ["csv", writeCsv],
  ["parquet", writeParquet],
  ["arrow", writeArrow],
])(
  "%s hands on what a block became before it asks for the next one: memory holds one, however many there are",
  async (_, writer) => {
    let [given, bytes] = [0, 0];
    const seen: number[] = [];
    const table: TableSource = {
      columns: [{ name: "x", dtype: "float64", shape: [], role: "result" }],
      length: 8 * 50_000,
      axes: undefined,
      async *blocks() {
        for (; given < 8; given++) {
          seen.push(bytes);
          yield [Float64Array.from({ length: 50_000 }, () => Math.random())];
        }
      },
    };
    await writer(table, async (part) => {
      await new Promise((done) => setImmediate(done));
      bytes += part.length;
    });
    // Random numbers do not compress: what a block became is at least most of its bytes.
    for (let k = 1; k < 8; k++) expect((seen[k] as number) - (seen[k - 1] as number)).toBeGreaterThan(350_000);
  },
);
