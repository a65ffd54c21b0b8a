/**
 * One op on a file of numbers, by the interpreter, or by machine code under fastMath: what the accuracy scripts compare
 * with references. In: op, dtype and files of raw numbers, one per operand. Out: the results, raw, in the last file named.
 *
 *     npx jiti scripts/evaluate.ts exp float64 x.bin y.bin [--fast]
 */

import { readFileSync, writeFileSync } from "node:fs";
import { type FloatDType, isDType, isFloat, type TypedArray } from "../src/base/dtype.ts";
import { isOpName, type OpName } from "../src/op/table.ts";
import { evaluateOp } from "../src/program/evaluate.ts";
import { compiled } from "./compiled.ts";

const views = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint32: Uint32Array };
/** Elements evaluated at once. */
const CHUNK = 4096;

function main(args: string[]): void {
  const [op = "", dtype = "", ...files] = args.filter((arg) => arg !== "--fast");
  const out = files.pop();
  if (!isOpName(op) || !isDType(dtype) || dtype === "bool" || out === undefined) {
    throw new Error("evaluate: expected OP DTYPE INPUT … OUTPUT [--fast]");
  }
  const view = views[dtype];
  const operands = files.map((file) => {
    const bytes = readFileSync(file);
    return new view(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  });
  const fast = args.includes("--fast") && isFloat(dtype);
  writeFileSync(out, fast ? compute(op, dtype, operands) : interpret(op, dtype, operands));
}

function compute(op: OpName, dtype: FloatDType, operands: readonly TypedArray[]): TypedArray {
  const n = operands[0]?.length ?? 0;
  const kernel = compiled(op, dtype, operands.length, n, true);
  operands.forEach((x, k) => {
    kernel.operands[k]?.set(x);
  });
  kernel.run(n);
  return kernel.result;
}

function interpret(op: OpName, dtype: keyof typeof views, operands: readonly TypedArray[]): TypedArray {
  const n = operands[0]?.length ?? 0;
  const result = new views[dtype](n);
  for (let i = 0; i < n; i += CHUNK) {
    const parts = operands.map((x) => x.subarray(i, i + CHUNK));
    const shape = [Math.min(CHUNK, n - i)];
    const values = parts.map((data) => ({ dtype, shape, data }));
    result.set(evaluateOp(op, values).data, i);
  }
  return result;
}

main(process.argv.slice(2));
