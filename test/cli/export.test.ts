import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lanewise } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "export-"));
const inFolder = (...words: string[]) => lanewise(words, { cwd: folder });
const text = (name: string): string => readFileSync(join(folder, name), "utf8");

beforeAll(async () => {
  writeFileSync(
    join(folder, "model.ts"),
    `import { defineExploration, GridAxis, Space } from "lanewise";
    export default defineExploration({
      model: ({ a, b }) => ({ root: a.sub(1).sqrt(), sum: a.mul(10).add(b) }),
      space: new Space({ a: new GridAxis(0, 3, 4), b: new GridAxis(0, 4, 5) }, { mode: "product" }),
      title: "Roots <and> sums",
      show: "sum",
    });`,
  );
  const { code, stdout } = await inFolder("run", "model.ts", "--store", "s.zarr", "--out", "run.parquet", "--report");
  expect(stdout).toMatch(/output +min +mean +max +failed\n.*\nroot +0 +0\.8047 +1\.414 +5\nsum +0 +17 +34 +0/);
  expect(stdout).toMatch(/s\.zarr +20 points.*\nrun\.parquet +20 rows, .*\nreport\.html +\d+ kB, for any browser\n/);
  // Some points failed.
  expect(code).toBe(3);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("a store becomes the same table as the run that filled it, in every format", async () => {
  for (const ending of ["parquet", "csv", "json", "arrow"]) {
    const { code, stdout, stderr } = await inFolder("export", "s.zarr", "--to", `store.${ending}`);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^store.${ending}: 20 rows, .*B\n$`));
  }
  expect(readFileSync(join(folder, "store.parquet"))).toEqual(readFileSync(join(folder, "run.parquet")));
  const lines = text("store.csv").trim().split("\n");
  expect(lines[0]).toBe("a,b,root,sum,status");
  expect(lines.slice(5, 8)).toEqual(["0,4,NaN,4,2", "1,0,0,10,1", "1,1,0,11,1"]);
  const { root, status } = JSON.parse(text("store.json"));
  expect([root[0], status[0], status[6]]).toEqual(["NaN", 2, 1]);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, "store.parquet")) });
  expect(rows[6]).toEqual({ a: 1, b: 1, root: 0, sum: 11, status: 1 });
}, 60_000);

test("a store becomes a page that knows where it comes from", async () => {
  const { code, stdout } = await inFolder("report", "s.zarr", "--out", "page.html");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^page\.html: 20 points, \d+ kB; open it in a browser\n$/);
  const page = text("page.html");
  expect(page).toContain("<h1>Roots &lt;and&gt; sums</h1>");
  for (const fact of ["Store", "Program", "Precision", "Started", "Work", "Target", "Machine", "Lanewise"]) {
    expect(page).toContain(`<dt>${fact}</dt>`);
  }
  // As the exploration says; the words of the command come first.
  expect(page).toContain('"show":"sum"');
  expect((await inFolder("report", "s.zarr", "--out", "other.html", "--show", "root")).code).toBe(0);
  expect(text("other.html")).toContain('"show":"root"');
  expect(text("report.html")).toContain("<dt>Model</dt><dd>model.ts</dd>");
});

const wrong: [name: string, words: string[], message: RegExp][] = [
  ["no file to export to", ["export", "s.zarr"], /^export: expected --to FILE, got none; write --to results\.parquet/],
  [
    "an unknown format",
    ["export", "s.zarr", "--to", "x.xls"],
    /^--to: expected a file name that ends in \.parquet, .*; add/,
  ],
  [
    "a place that is not there",
    ["export", "s.zarr", "--to", "no/x.csv"],
    /^--to: expected a file that can be written, .*ENOENT/,
  ],
  [
    "a page without its ending",
    ["report", "s.zarr", "--out", "page"],
    /^--out: expected a file name that ends in \.html/,
  ],
  [
    "a report of a run without its ending",
    ["run", "model.ts", "--report", "page.pdf"],
    /^--report: expected a file name/,
  ],
];

test.each(wrong)("%s is one clear message, with exit code 2", async (_, words, message) => {
  const { code, stderr } = await inFolder(...words);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test("what is no store, and an output that is none, are named", async () => {
  expect((await inFolder("export", "nowhere.zarr", "--to", "x.csv")).stderr).toMatch(/nowhere\.zarr: expected a store/);
  expect(existsSync(join(folder, "x.csv"))).toBe(false);
  const { code, stderr } = await inFolder("report", "s.zarr", "--show", "energy");
  expect(stderr).toMatch(/^--show: expected an output \(root, sum\), got "energy"/);
  expect(code).toBe(2);
  expect((await inFolder("verify", "model.ts")).stderr).toMatch(
    /model\.ts: expected a directory that can be read, got a file/,
  );
});

test("an output to show that is none is named when everything else is done, or before a store is begun", async () => {
  writeFileSync(join(folder, "wrong.ts"), text("model.ts").replace('show: "sum"', 'show: "energy"'));
  const { code, stderr } = await inFolder("run", "wrong.ts", "--out", "wrong.csv");
  expect(stderr).toMatch(
    /\nshow: expected the name of an output \(root, sum\), got "energy"; correct it in the file\n$/,
  );
  expect(code).toBe(2);
  expect(text("wrong.csv")).toBe(text("store.csv"));
  expect((await inFolder("run", "wrong.ts", "--store", "wrong.zarr")).stderr).toMatch(
    /show: expected results among root, sum, got energy; correct or drop it\n$/,
  );
  expect(existsSync(join(folder, "wrong.zarr"))).toBe(false);
});
