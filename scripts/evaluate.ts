/**
 * One op on a file of numbers, by the interpreter: what the accuracy scripts compare with references.
 * In: op, dtype and files of raw numbers, one per operand. Out: the results, raw, in the last file named.
 *
 *     npx jiti scripts/evaluate.ts exp float64 x.bin y.bin
 */

import { readFileSync, writeFileSync } from "node:fs";
import { isDType } from "../src/base/dtype.ts";
import { isOpName } from "../src/op/table.ts";
import { evaluateOp } from "../src/program/evaluate.ts";

const views = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint32: Uint32Array };
/** Elements evaluated at once. */
const CHUNK = 4096;

function main([op = "", dtype = "", ...files]: string[]): void {
  const out = files.pop();
  if (!isOpName(op) || !isDType(dtype) || dtype === "bool" || out === undefined) {
    throw new Error("evaluate: expected OP DTYPE INPUT … OUTPUT");
  }
  const view = views[dtype];
  const operands = files.map((file) => {
    const bytes = readFileSync(file);
    return new view(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  });
  const n = operands[0]?.length ?? 0;
  const result = new view(n);
  for (let i = 0; i < n; i += CHUNK) {
    const parts = operands.map((x) => x.subarray(i, i + CHUNK));
    const shape = [Math.min(CHUNK, n - i)];
    const values = parts.map((data) => ({ dtype, shape, data }));
    result.set(evaluateOp(op, values).data, i);
  }
  writeFileSync(out, result);
}

main(process.argv.slice(2));
