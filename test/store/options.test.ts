/** What a run into a store, or with a cache, may be asked for: every fault has its sentence, before anything is written. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GridSpace,
  type NdArray,
  np,
  openResults,
  ParallelExecution,
  Parameter,
  SequentialExecution,
  type StoreRunOptions,
} from "lanewise";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lanewise-options-"));
const store = join(folder, "x.zarr");
const space = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 8 });
const model = ({ a }: { a: NdArray }) => ({ flat: a, curve: np.arange(3).mul(a), table: np.zeros([2, 3]).add(a) });
const execution = new ParallelExecution(model as never, space);

afterAll(() => {
  execution.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["no text as store", { store: 3 }, /expected a directory as store, got 3; write "results.zarr"/],
  ["an empty store", { store: "" }, /expected a directory as store/],
  [
    "resume and overwrite",
    { resume: true, overwrite: true },
    /expected one of resume and overwrite, got both; drop one/,
  ],
  ["resume that is no choice", { resume: "yes" }, /expected true or false as resume, got "?yes/],
  ["a chunk of no points", { chunk: 0 }, /expected a positive integer as chunk, got 0/],
  ["a title that is no text", { title: 3 }, /expected text as title, got 3/],
  ["a show that is no text", { show: 3 }, /expected text as show, got 3/],
  ["an unknown result to show", { show: "x" }, /show: expected results among curve, flat, table, got x/],
  ["dims of an unknown result", { dims: { x: ["time"] } }, /dims: expected results among curve, flat, table, got x/],
  [
    "too few dims",
    { dims: { table: ["t"] } },
    /expected 2 different names for the dimensions of table \[2, 3\], got \["t"\]/,
  ],
  ["dims alike", { dims: { table: ["t", "t"] } }, /expected 2 different names/],
  [
    "dims of two sizes",
    { dims: { table: ["time", "x"], curve: ["time"] } },
    /got time of size 2 and of size 3; rename one/,
  ],
  ["dims with odd letters", { dims: { curve: ["a b"] } }, /expected names of letters, digits/],
  [
    "a misspelt option",
    { overwritten: true },
    /expected options among signal, onProgress, cache, store, .*, got overwritten/,
  ],
  ["a store of what is reduced", { reduce: { flat: "mean" } }, /one of store, .*, and reduce, .*; drop one/],
  ["a cache that is no directory", { cache: 3 }, /expected a directory as cache, got 3/],
])("%s is refused", async (_, wishes, message) => {
  await expect(execution.run({ store, ...wishes } as StoreRunOptions)).rejects.toThrow(message);
  expect(existsSync(store)).toBe(false);
});

test.each<[string, object, RegExp]>([
  ["resume", { resume: true }, /expected store beside resume, got none; write \{ store: "results.zarr", resume: … \}/],
  ["dims", { dims: {} }, /expected store beside dims, got none/],
  ["a misspelt store", { stor: "x" }, /expected options among signal, onProgress, cache, store, .*, got stor;/],
])("without a store %s is refused", async (_, wishes, message) => {
  await expect(execution.run(wishes as never)).rejects.toThrow(message);
});

test("a store that is undefined is none", async () => {
  expect((await execution.run({ store: undefined } as never)).length).toBe(8);
});

test("a cache of what is reduced is refused", async () => {
  await expect(execution.run({ cache: folder, reduce: { flat: "mean" } } as never)).rejects.toThrow(
    /one of reduce, which keeps no points, and cache, which does; drop one/,
  );
});

test("what is no path and no address is not opened", async () => {
  await expect(openResults(3 as never)).rejects.toThrow(/openResults: expected a path or an address, got 3/);
  await expect(openResults(join(folder, "none"))).rejects.toThrow(
    /expected a store of Lanewise, got none \(no lanewise.json\)/,
  );
  const file = join(folder, "file");
  writeFileSync(file, "");
  await expect(openResults(file)).rejects.toThrow(
    /file: expected a directory that can be read, got a file \(ENOTDIR\); give the path of a directory/,
  );
  await expect(openResults(new URL("ftp://x/y"))).rejects.toThrow(
    /expected an address of http, https or file, got ftp:/,
  );
});

test("dimensions of one name have one size, also where nobody named them", async () => {
  const stored = await execution.run({ store: join(folder, "dims.zarr") });
  expect((await stored.grid("table")).shape).toEqual([8, 2, 3]);
  const { layout } = JSON.parse(
    (await import("node:fs")).readFileSync(join(folder, "dims.zarr/lanewise.json"), "utf8"),
  ) as { layout: { results: { name: string; dims: string[] }[] } };
  expect(Object.fromEntries(layout.results.map(({ name, dims }) => [name, dims]))).toEqual({
    flat: [],
    curve: ["dim_0"],
    table: ["table_dim_0", "dim_1"],
  });
});

test("a sequential execution keeps nothing, and says so", async () => {
  const sequential = new SequentialExecution(model as never, space);
  for (const wish of [{ cache: folder }, { store }, { resume: true }]) {
    await expect(sequential.run(wish as never)).rejects.toThrow(
      new RegExp(`expected a run in memory, .*, got ${Object.keys(wish)}; use ParallelExecution`),
    );
  }
});
