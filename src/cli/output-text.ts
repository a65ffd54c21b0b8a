/**
 * A table → text. Both formats keep what is not a number: CSV as NaN, Infinity and -Infinity, which pandas, DuckDB and R
 * read as they are; JSON, which has no such numbers, as the strings "NaN", "Infinity" and "-Infinity". The sign of zero
 * is kept. Numbers are written so that they read back as the same bits.
 */

import type { TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { TableColumn, TableSource } from "../execution/table-source.ts";
import type { Put } from "./output.ts";

const encoder = new TextEncoder();

/** Characters gathered before they are encoded. */
const gathered = 65536;

/** One row per point, one column per number: values with a shape are `name[0]`, `name[1]`, or `name[0][0]`, … */
export async function writeCsv(table: TableSource, put: Put): Promise<void> {
  const names = table.columns.flatMap(({ name, shape }) => elementNames(shape).map((element) => name + element));
  await put(encoder.encode(`${names.map(quoted).join(",")}\n`));
  const writers = table.columns.map(cells);
  for await (const block of table.blocks()) {
    const rows = (block[0] as TypedArray).length / sizeOf((table.columns[0] as TableColumn).shape);
    let text = "";
    for (let row = 0; row < rows; row++) {
      let line = "";
      for (let k = 0; k < writers.length; k++) line += (writers[k] as Cells)(block[k] as TypedArray, row);
      text += `${line.slice(1)}\n`;
      if (text.length < gathered) continue;
      await put(encoder.encode(text));
      text = "";
    }
    await put(encoder.encode(text));
  }
}

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** `[0][0]`, `[0][1]`, … in the order of the values; the empty string for a single one. */
const elementNames = (shape: Shape): string[] =>
  shape.reduce<string[]>(
    (names, size) => names.flatMap((name) => Array.from({ length: size }, (_, i) => `${name}[${i}]`)),
    [""],
  );

/** A row's values of one column, each after a comma. */
type Cells = (data: TypedArray, row: number) => string;

function cells({ dtype, shape }: TableColumn): Cells {
  const width = sizeOf(shape);
  const cell = dtype === "bool" ? truth : decimal;
  if (width === 1) return (data, row) => `,${cell(data[row] as number)}`;
  return (data, row) => {
    let text = "";
    for (let i = row * width; i < (row + 1) * width; i++) text += `,${cell(data[i] as number)}`;
    return text;
  };
}

const truth = (x: number): string => (x === 0 ? "false" : "true");

const decimal = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));

const json = (x: number): string => (Number.isFinite(x) ? decimal(x) : `"${x}"`);

/** One object with one array per column; values with a shape are nested arrays. */
export async function writeJson(table: TableSource, put: Put): Promise<void> {
  await put(encoder.encode("{\n"));
  for (const [index, column] of table.columns.entries()) {
    const value = jsonValue(column.shape, column.dtype === "bool" ? truth : json);
    const width = sizeOf(column.shape);
    await put(encoder.encode(`  ${JSON.stringify(column.name)}: [`));
    let separator = "";
    // A pass for each column: that of the file, which is by columns so that a name is written once.
    for await (const [data] of table.blocks({ columns: [column.name] })) {
      let text = "";
      for (let at = 0; at < (data as TypedArray).length; at += width) {
        text += separator + value(data as TypedArray, at);
        separator = ",";
        if (text.length < gathered) continue;
        await put(encoder.encode(text));
        text = "";
      }
      await put(encoder.encode(text));
    }
    await put(encoder.encode(`]${index + 1 < table.columns.length ? "," : ""}\n`));
  }
  await put(encoder.encode("}\n"));
}

type JsonValue = (data: TypedArray, at: number) => string;

function jsonValue(shape: Shape, scalar: (x: number) => string): JsonValue {
  const [size, ...rest] = shape;
  if (size === undefined) return (data, at) => scalar(data[at] as number);
  const inner = jsonValue(rest, scalar);
  const step = sizeOf(rest);
  return (data, at) => `[${Array.from({ length: size }, (_, i) => inner(data, at + i * step)).join(",")}]`;
}
