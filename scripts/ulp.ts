/**
 * Largest error of the float32 functions, in units in the last place, over all 2^32 inputs or every nth.
 * In: names of functions, none for all; `--stride n`. Out: a line per function with the worst input.
 *
 *     npm run ulp -- exp log --stride 1001
 *
 * The functions run as compiled Wasm, which has the interpreter's bits; the reference is JavaScript's Math in 64 bits,
 * whose own error is 2^-29 of a float32 unit.
 */

import { emitWasm } from "../src/emit/wasm/emit.ts";
import { wasmTarget } from "../src/emit/wasm/target.ts";
import { layoutOf } from "../src/kernel/layout.ts";
import { lower, UNROLLED } from "../src/kernel/lower.ts";
import type { OpName } from "../src/op/table.ts";
import { optimise } from "../src/pass/pipeline.ts";
import { Builder } from "../src/program/builder.ts";

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

/** Inputs per call. Four lane groups of four floats fill the 64 bytes of a chunk's block: columns lie in one piece. */
const BLOCK = 1 << 16;
const GROUPS = 4;

interface Kernel {
  readonly input: Uint32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  run(): void;
}

function compile(op: OpName): Kernel {
  const type = { dtype: "float32", shape: [] } as const;
  const builder = new Builder([type]);
  const root = builder.finish([builder.apply(op, builder.root.parameters)]);
  const program = { inputs: [{ name: "x", role: "point", type }], outputs: ["y"], root } as const;
  const kernel = lower(optimise(program, { native: wasmTarget.native, unrolled: UNROLLED }), wasmTarget, {
    groups: GROUPS,
  });
  const layout = layoutOf(kernel);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((layout.staticBytes + 8 * BLOCK) / 65536) });
  const module = new WebAssembly.Module(emitWasm(kernel, layout));
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports.run as (
    c: number,
    i: number,
    o: number,
  ) => void;
  const [from, to] = [layout.staticBytes, layout.staticBytes + 4 * BLOCK];
  return {
    input: new Uint32Array(memory.buffer, from, BLOCK),
    x: new Float32Array(memory.buffer, from, BLOCK),
    y: new Float32Array(memory.buffer, to, BLOCK),
    run: () => run(BLOCK / (GROUPS * wasmTarget.lanes), from, to),
  };
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The float32 unit in the last place at t: 2^-23 of its power of two, at least the smallest denormal. */
function unitAt(t: number): number {
  float[0] = t;
  const exponent = (((words[1] as number) >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -126) - 23);
}

function measure(op: OpName, stride: number): string {
  const kernel = compile(op);
  const reference = references[op] as (x: number) => number;
  let worst = 0;
  let at = 0;
  let wrong: number | undefined;
  for (let start = 0; start < 2 ** 32; start += BLOCK * stride) {
    for (let i = 0; i < BLOCK; i++) kernel.input[i] = (start + i * stride) % 2 ** 32;
    kernel.run();
    for (let i = 0; i < BLOCK; i++) {
      const x = kernel.x[i] as number;
      const y = kernel.y[i] as number;
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

function main(args: string[]): void {
  const flag = args.indexOf("--stride");
  const stride = flag < 0 ? 1 : Number(args[flag + 1]);
  if (!Number.isInteger(stride) || stride < 1) throw new Error("ulp: expected --stride to be a whole number from 1 on");
  const names = args.filter((arg, i) => !arg.startsWith("--") && (flag < 0 || i !== flag + 1));
  const unknown = names.find((name) => !(name in references));
  if (unknown) throw new Error(`ulp: expected functions among ${Object.keys(references).join(" ")}, got ${unknown}`);
  for (const name of names.length > 0 ? names : Object.keys(references)) console.log(measure(name as OpName, stride));
}

main(process.argv.slice(2));
