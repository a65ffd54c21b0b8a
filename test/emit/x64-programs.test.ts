import { describe, expect, it } from "vitest";
import type { TypedArray } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import type { Value } from "../../src/base/value.ts";
import { allocateColumns, type Blocks, readBlocks, Views, writeBlocks, writeUniform } from "../../src/device/batch.ts";
import { emitX64 } from "../../src/emit/x64/emit.ts";
import { x64Target } from "../../src/emit/x64/target.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { lower } from "../../src/kernel/lower.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";
import { canRun, withCode } from "./x64-native.ts";

/** More than one chunk of up to three groups, and lanes without a point. */
const COUNT = 27;

function run(program: Program, kernel: Kernel, points: readonly (readonly Value[])[]): TypedArray[] {
  const layout = layoutOf(kernel);
  const memory = new WebAssembly.Memory({ initial: 64 });
  const views = new Views(memory);
  const place = ({ id, dtype, elements }: Buffer) => ({ dtype, elements, offset: layout.offsets.get(id)! });
  const width = kernel.lanes * kernel.groups;
  const chunks = Math.ceil(points.length / width);
  const inputs: Blocks = { address: layout.staticBytes, stride: layout.inputBytes, points: width };
  const address = inputs.address + chunks * layout.inputBytes;
  const outputs: Blocks = { address, stride: layout.outputBytes, points: width };
  for (const b of kernel.buffers) if (b.data) writeUniform(views.of(b.dtype), place(b), b.data);
  for (const [i, b] of kernel.buffers.filter(({ kind }) => kind === "input" || kind === "shared").entries()) {
    if (b.kind === "shared") {
      writeUniform(views.of(b.dtype), place(b), points[0]![i]!.data);
      continue;
    }
    const column = allocateColumns([{ dtype: b.dtype, shape: [b.elements] }], points.length).data[0]!;
    for (const [p, point] of points.entries()) column.set(point[i]!.data, p * b.elements);
    writeBlocks(views.of(b.dtype), inputs, place(b), column, points.length);
  }
  withCode(emitX64(kernel, layout), (call) =>
    call(new Uint8Array(memory.buffer), { inputs: inputs.address, outputs: outputs.address }, chunks),
  );
  const columns = allocateColumns(program.root.results.map(typeOf), points.length);
  for (const [i, b] of kernel.buffers.filter(({ kind }) => kind === "output").entries()) {
    readBlocks(views.of(b.dtype), outputs, place(b), columns.data[i]!, 0, points.length);
  }
  return [...columns.data];
}

function reference(program: Program, seed: number) {
  const points = Array.from({ length: COUNT }, (_, p) => randomInputs(program, seed, p));
  const types = program.root.results.map(typeOf);
  const columns = allocateColumns(types, COUNT).data;
  for (const [p, point] of points.entries()) {
    for (const [i, v] of interpret(program, point).entries()) columns[i]!.set(v.data, p * sizeOf(types[i]!.shape));
  }
  return { points, columns: columns.map((c) => Array.from(c)) };
}

describe.skipIf(!canRun)("lowered and emitted as machine code, random programs give the interpreter's bits", () => {
  for (const { groups, unrolled } of [
    { groups: 1, unrolled: 32 },
    { groups: 2, unrolled: 4 },
    { groups: 3, unrolled: 1 },
  ]) {
    it(`with ${groups} groups and arrays above ${unrolled} in memory`, () => {
      const from = Number(process.env.FUZZ_SEED ?? 0);
      const count = Number(process.env.FUZZ_PROGRAMS ?? 40);
      for (let seed = from; seed < from + count; seed++) {
        const program = randomProgram(seed);
        const { points, columns } = reference(program, seed);
        const optimised = optimise(program, { native: x64Target.native, unrolled });
        const kernel = lower(optimised, x64Target, { groups, unrolled });
        verifyKernel(kernel);
        const got = run(program, kernel, points).map((c) => Array.from(c));
        expect(got, `seed ${seed}`).toEqual(columns);
      }
    });
  }
});
