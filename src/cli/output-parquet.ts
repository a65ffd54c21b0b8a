/**
 * A table → Parquet, one row group after the other. Types are kept (`uint32` and `uint8` as annotated INT32), no column
 * has nulls, values with a shape are lists, nested once per dimension.
 */

import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { TableColumn, TableSource } from "../execution/table-source.ts";
import type { Put } from "./output.ts";

/** Numbers of one row group; readers take a group at a time, and so does the writer's memory. */
const groupValues = 1 << 20;

const types = {
  bool: { type: "BOOLEAN" },
  int32: { type: "INT32" },
  uint32: { type: "INT32", converted_type: "UINT_32" },
  uint8: { type: "INT32", converted_type: "UINT_8" },
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
} as const satisfies { [dtype: string]: Partial<SchemaElement> };

export async function writeParquet(table: TableSource, put: Put): Promise<void> {
  const bytes = new ByteWriter();
  const { columns } = table;
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }, ...columns.flatMap(elements)];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "lanewise" });
  const flush = async (): Promise<void> => {
    await put(new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  const perPoint = columns.reduce((n, { shape }) => n + sizeOf(shape), 0);
  const size = Math.max(1, Math.min(131072, Math.floor(groupValues / perPoint)));
  for await (const block of table.blocks({ size })) {
    const columnData = columns.map((column, k) => ({
      name: column.name,
      data: valuesOf(column, block[k] as TypedArray),
      // Page locations serve searches within a row group, which nobody does here.
      offsetIndex: false,
    }));
    await writer.write({ columnData, rowGroupSize: size });
    await flush();
  }
  await writer.finish();
  await flush();
}

/** The standard three levels of a list, for every dimension. */
function elements({ name, dtype, shape }: TableColumn): SchemaElement[] {
  const levels = (name: string, [size, ...rest]: Shape): SchemaElement[] =>
    size === undefined
      ? [{ name, repetition_type: "REQUIRED", ...types[dtype] }]
      : [
          { name, repetition_type: "REQUIRED", num_children: 1, converted_type: "LIST" },
          { name: "list", repetition_type: "REPEATED", num_children: 1 },
          ...levels("element", rest),
        ];
  return levels(name, shape);
}

type Values = Parameters<ParquetWriter["write"]>[0]["columnData"][number]["data"];

/** One entry per point, in the JavaScript types that the writer asks for. */
function valuesOf({ dtype, shape }: TableColumn, data: TypedArray): Values {
  const scalars = scalarsOf(dtype, data);
  if (shape.length === 0) return scalars;
  let lists = Array.from(scalars as ArrayLike<unknown>);
  for (const size of [...shape].reverse()) {
    const inner = lists;
    lists = Array.from({ length: size === 0 ? 0 : inner.length / size }, (_, i) =>
      inner.slice(i * size, (i + 1) * size),
    );
  }
  return lists;
}

function scalarsOf(dtype: TableColumn["dtype"], data: TypedArray): Values {
  if (dtype === "bool") return Array.from(data, (x) => x !== 0);
  // The upper half of unsigned numbers passes only as plain numbers.
  if (dtype === "uint32") return Array.from(data);
  return data as Values;
}
