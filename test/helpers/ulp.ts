/** Reference values of `test/fixtures/math.json`, and distances in units in the last place. */

import { readFileSync } from "node:fs";
import type { FloatDType } from "../../src/base/dtype.ts";
import type { OpName } from "../../src/op/table.ts";
import { evaluateOp } from "../../src/program/evaluate.ts";

const { cases } = JSON.parse(readFileSync(new URL("../fixtures/math.json", import.meta.url), "utf8")) as {
  cases: { readonly [key: string]: readonly string[] };
};

const view = new DataView(new ArrayBuffer(8));
const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint32: Uint32Array };
export type NumberDType = keyof typeof arrays;

function decode(digits: string, dtype: FloatDType): number {
  view.setBigUint64(0, BigInt(`0x${digits.padStart(16, "0")}`));
  return dtype === "float64" ? view.getFloat64(0) : view.getFloat32(4);
}

/** Neighbours are 1 apart; -0 and 0 are the same place. */
function place(x: number, dtype: FloatDType): bigint {
  if (dtype === "float64") view.setFloat64(0, Math.abs(x));
  else view.setFloat32(4, Math.abs(x));
  const bits = dtype === "float64" ? view.getBigUint64(0) : BigInt(view.getUint32(4));
  return x < 0 ? -bits : bits;
}

/** In units in the last place; 0 for two NaN, infinite for a NaN and a number, and for zeros of different sign. */
export function distance(got: number, wanted: number, dtype: FloatDType): number {
  if (Object.is(got, wanted)) return 0;
  if (Number.isNaN(got) || Number.isNaN(wanted) || (got === 0 && wanted === 0)) return Infinity;
  const d = place(got, dtype) - place(wanted, dtype);
  return Number(d < 0n ? -d : d);
}

/** The op on lists of operands, element by element. */
export function evaluate(op: OpName, dtype: NumberDType, ...operands: readonly (readonly number[])[]): number[] {
  const values = operands.map((x) => ({ dtype, shape: [x.length], data: arrays[dtype].from(x) }));
  return Array.from(evaluateOp(op, values).data);
}

/** The farthest result of the op from its reference values. */
export function worst(op: OpName, dtype: FloatDType): { ulp: number; at: number[]; got: number; wanted: number } {
  const width = dtype === "float64" ? 16 : 8;
  const rows = (cases[`${op} ${dtype}`] ?? []).map((line) =>
    Array.from({ length: line.length / width }, (_, i) => decode(line.slice(i * width, (i + 1) * width), dtype)),
  );
  const arity = (rows[0]?.length ?? 0) - 1;
  const operands = Array.from({ length: arity }, (_, k) => rows.map((row) => row[k] as number));
  const results = evaluate(op, dtype, ...operands);
  let found = { ulp: -1, at: [] as number[], got: 0, wanted: 0 };
  rows.forEach((row, i) => {
    const got = results[i] as number;
    const wanted = row[arity] as number;
    const ulp = distance(got, wanted, dtype);
    if (ulp > found.ulp) found = { ulp, at: row.slice(0, arity), got, wanted };
  });
  return found;
}
