/**
 * Tables → Apache Arrow, by the package `apache-arrow`, which is loaded when it is first wanted.
 *
 * Every column keeps its type and is never null: what is not a number is NaN. A value with a shape is a fixed-size list,
 * nested once per dimension.
 */

import type * as Arrow from "apache-arrow";
import type { TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { TableColumn, TableSource } from "./table-source.ts";

export type ArrowModule = typeof Arrow;

/** What this library knows of an Arrow table; `results.toArrow<Table>()` gives it the package's own type. */
export interface ArrowTable {
  readonly numRows: number;
  readonly numCols: number;
  getChild(name: string): { get(row: number): unknown; toArray(): unknown } | null;
}

/** @throws {LanewiseError} of kind `"package"` when the package is not installed. */
export async function loadArrow(where: string): Promise<ArrowModule> {
  try {
    return await import("apache-arrow");
  } catch (cause) {
    const message = `${where}: expected the package apache-arrow, which is optional, found none; npm install apache-arrow`;
    throw new LanewiseError("package", message, { cause });
  }
}

/** The whole table in memory, one record batch per block. */
export async function arrowTable(source: TableSource): Promise<ArrowTable> {
  const arrow = await loadArrow("results.toArrow");
  const schema = arrowSchema(arrow, source.columns);
  const batches: Arrow.RecordBatch[] = [];
  for await (const block of source.blocks()) batches.push(arrowBatch(arrow, schema, source.columns, block));
  return new arrow.Table(schema, batches);
}

export const arrowSchema = (arrow: ArrowModule, columns: readonly TableColumn[]): Arrow.Schema =>
  new arrow.Schema(
    columns.map(
      (column) => new arrow.Field(column.name, listOf(arrow, scalarType(arrow, column), column.shape), false),
    ),
  );

/** A block of a table as a record batch; numbers are not copied where the typed arrays are whole. */
export function arrowBatch(
  arrow: ArrowModule,
  schema: Arrow.Schema,
  columns: readonly TableColumn[],
  block: readonly TypedArray[],
): Arrow.RecordBatch {
  const children = columns.map((column, k) => arrowData(arrow, column, block[k] as TypedArray));
  const length = (block[0] as TypedArray).length / sizeOf((columns[0] as TableColumn).shape);
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}

const scalars = {
  bool: "Bool",
  int32: "Int32",
  uint32: "Uint32",
  uint8: "Uint8",
  float32: "Float32",
  float64: "Float64",
} as const;

const scalarType = (arrow: ArrowModule, { dtype }: TableColumn): Arrow.DataType => new arrow[scalars[dtype]]();

/** `[2, 3]` of T is a list of 2 lists of 3 of T. */
const listOf = (arrow: ArrowModule, type: Arrow.DataType, shape: Shape): Arrow.DataType =>
  shape.reduceRight<Arrow.DataType>(
    (inner, size) => new arrow.FixedSizeList(size, new arrow.Field("item", inner, false)),
    type,
  );

function arrowData(arrow: ArrowModule, column: TableColumn, values: TypedArray): Arrow.Data {
  const type = scalarType(arrow, column);
  const data = column.dtype === "bool" ? packBits(values) : values;
  // Which class of DataType goes with which typed array is the table above.
  const leaf = arrow.makeData({
    type: type as Arrow.Int32,
    length: values.length,
    nullCount: 0,
    data: data as Int32Array,
  });
  let child: Arrow.Data = leaf;
  for (let depth = column.shape.length - 1, length = values.length; depth >= 0; depth--) {
    length /= column.shape[depth] as number;
    const list = listOf(arrow, type, column.shape.slice(depth)) as Arrow.FixedSizeList;
    child = arrow.makeData({ type: list, length, nullCount: 0, child });
  }
  return child;
}

/** Booleans are bits in Arrow, the first point in the lowest. */
function packBits(values: TypedArray): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  return bits;
}
