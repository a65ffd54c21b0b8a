import type { Table } from "apache-arrow";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { DataAxis, GridAxis, ParallelExecution, Space } from "../../src/index.ts";

const run = () =>
  new ParallelExecution(
    ({ a, k, flag }) => ({ product: a.mul(k), flag: flag.logicalNot(), pair: a.reshape([1]).repeat(2), whole: k }),
    new Space(
      { a: new GridAxis(0, 1, 5), k: new DataAxis(Int32Array.of(-1, 2, 3)), flag: new DataAxis([false, true]) },
      { mode: "product" },
    ),
    { nPmap: 1 },
  ).run();

test("results become an Arrow table with the names and types of their columns, and the status last", async () => {
  const results = await run();
  const table = await results.toArrow<Table>();
  expect(table.schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    "a: Float64",
    "flag: Bool",
    "k: Int32",
    "result.flag: Bool",
    "pair: FixedSizeList[2]<Float32>",
    "product: Float32",
    "whole: Int32",
    "status: Uint8",
  ]);
  const columns = results.toColumns();
  expect(table.getChild("product")?.toArray()).toEqual(columns.product);
  expect(table.getChild("whole")?.toArray()).toEqual(columns.whole);
  const rows = results.toRows();
  expect([...(table.getChild("result.flag") ?? [])]).toEqual(rows.map((row) => row["result.flag"]));
  expect([...(table.getChild("pair") ?? [])].map((pair) => Array.from(pair))).toEqual(rows.map((row) => row.pair));
  expect([...(table.getChild("status") ?? [])].every((status) => status === 1)).toBe(true);
});

test("a table of a selection has its points alone, and its remaining axes", async () => {
  const results = (await run()).sel({ k: 2 });
  const source = results.table();
  expect(source.length).toBe(10);
  expect(source.axes?.map(({ name, size }) => [name, size])).toEqual([
    ["a", 5],
    ["flag", 2],
  ]);
  const table = await results.toArrow<Table>();
  expect([...(table.getChild("k") ?? [])]).toEqual(Array.from({ length: 10 }, () => 2));
});

test("blocks of any size are the columns in pieces", async () => {
  const results = await run();
  const table = results.table();
  const columns = results.toColumns();
  for (const size of [1, 7, 30, 1000]) {
    const parts: number[] = [];
    for await (const [product, status] of table.blocks({ size, columns: ["product", "status"] })) {
      parts.push(...(product ?? []));
      expect(status?.length).toBe(product?.length);
    }
    expect(parts).toEqual(Array.from(columns.product ?? []));
  }
  await expect(
    table
      .blocks({ columns: ["energy"] })
      [Symbol.asyncIterator]()
      .next(),
  ).rejects.toThrow(
    "table.blocks: expected columns among a, flag, k, result.flag, pair, product, whole, status, got energy",
  );
});

test("what Arrow writes of it reads back the same", async () => {
  const table = await (await run()).toArrow<Table>();
  const again = tableFromIPC(tableToIPC(table));
  expect(again.toArray().map(String)).toEqual(table.toArray().map(String));
});
