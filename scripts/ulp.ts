/**
 * Largest error of the float32 functions, in units in the last place, over all 2^32 inputs or every nth.
 * In: names of functions, none for all; `--stride n`; `--fast` for fastMath on x64; `--from x` and `--within y`
 * for |inputs| from x to y.
 * Out: a line per function with the worst input.
 *
 *     npm run ulp -- exp log --stride 1001
 *     npm run ulp -- exp --fast --within 87
 *
 * The functions run as compiled Wasm, which has the interpreter's bits, or as machine code; the reference is JavaScript's
 * Math in 64 bits, whose own error is 2^-29 of a float32 unit.
 */

import { parseArgs } from "node:util";
import type { TypedArray } from "../src/base/dtype.ts";
import type { OpName } from "../src/op/table.ts";
import { compiled } from "./compiled.ts";

const references: { readonly [op: string]: (x: number) => number } = {
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

/** Inputs per call. */
const BLOCK = 1 << 16;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The float32 unit in the last place at t: 2^-23 of its power of two, at least the smallest denormal. */
function unitAt(t: number): number {
  float[0] = t;
  const exponent = (((words[1] as number) >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -126) - 23);
}

interface Options {
  readonly stride: number;
  readonly fast: boolean;
  readonly from: number;
  readonly within: number;
}

function measure(op: OpName, { stride, fast, from, within }: Options): string {
  const kernel = compiled(op, "float32", 1, BLOCK, fast);
  const inputs = kernel.operands[0] as TypedArray;
  const patterns = new Uint32Array(inputs.buffer);
  const reference = references[op] as (x: number) => number;
  let worst = 0;
  let at = 0;
  let wrong: number | undefined;
  for (let start = 0; start < 2 ** 32; start += BLOCK * stride) {
    for (let i = 0; i < BLOCK; i++) patterns[i] = (start + i * stride) % 2 ** 32;
    kernel.run(BLOCK);
    for (let i = 0; i < BLOCK; i++) {
      const x = inputs[i] as number;
      if (Math.abs(x) > within || Math.abs(x) < from) continue;
      const y = kernel.result[i] as number;
      const t = reference(x);
      const rounded = Math.fround(t);
      if (Object.is(rounded, y)) continue;
      const error = Math.abs(y - t) / unitAt(t);
      // Next to overflow either side of the limit is within a unit.
      if (Number.isFinite(y) ? !(error < 1e6) : !(Math.abs(t) > 3.40282e38)) wrong = x;
      else if (Number.isFinite(y) && error > worst) [worst, at] = [error, x];
    }
  }
  const fault = wrong === undefined ? "" : `   WRONG, for example at ${wrong}`;
  return `${op.padEnd(9)} ${worst.toFixed(3).padStart(7)} ulp at ${at}${fault}`;
}

function main(): void {
  const { values, positionals: names } = parseArgs({
    allowPositionals: true,
    options: {
      stride: { type: "string", default: "1" },
      fast: { type: "boolean", default: false },
      from: { type: "string", default: "0" },
      within: { type: "string", default: "Infinity" },
    },
  });
  const { stride, fast, from, within } = values;
  const options = { stride: Number(stride), fast, from: Number(from), within: Number(within) };
  if (!Number.isInteger(options.stride) || options.stride < 1) {
    throw new Error("ulp: expected --stride to be a whole number from 1 on");
  }
  if (!(options.from >= 0 && options.within >= 0)) {
    throw new Error("ulp: expected --from and --within to be numbers from 0 on");
  }
  const unknown = names.find((name) => !(name in references));
  if (unknown) throw new Error(`ulp: expected functions among ${Object.keys(references).join(" ")}, got ${unknown}`);
  for (const name of names.length > 0 ? names : Object.keys(references)) console.log(measure(name as OpName, options));
}

main();
