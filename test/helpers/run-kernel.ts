/** Runs a kernel for some points, as Wasm or by the evaluator of kernels: blocks in, blocks out. */

import type { TypedArray } from "../../src/base/dtype.ts";
import type { Value } from "../../src/base/value.ts";
import {
  allocateColumns,
  type Blocks,
  type Place,
  readBlocks,
  Views,
  writeBlocks,
  writeUniform,
} from "../../src/device/batch.ts";
import { emitWasm } from "../../src/emit/wasm/emit.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { lower } from "../../src/kernel/lower.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { type Program, typeOf } from "../../src/program/program.ts";

export interface KernelOptions {
  readonly groups: number;
  readonly unrolled: number;
}

export const kernelOf = (program: Program, { groups, unrolled }: KernelOptions): Kernel =>
  lower(optimise(program, { native: wasmTarget.native, unrolled }), wasmTarget, { groups, unrolled });

/** Gives, per result, a column of all points. `points[p][i]` is input i of point p. */
export function runWasm(program: Program, kernel: Kernel, points: readonly (readonly Value[])[]): TypedArray[] {
  const layout = layoutOf(kernel);
  const memory = new WebAssembly.Memory({ initial: 64 });
  const views = new Views(memory);
  const place = ({ id, dtype, elements }: Buffer): Place => ({ dtype, elements, offset: layout.offsets.get(id)! });
  const count = points.length;
  const width = kernel.lanes * kernel.groups;
  const chunks = Math.ceil(count / width);
  const inputs: Blocks = { address: layout.staticBytes, stride: layout.inputBytes, points: width };
  const outputs: Blocks = {
    address: inputs.address + chunks * layout.inputBytes,
    stride: layout.outputBytes,
    points: width,
  };
  for (const b of kernel.buffers) if (b.data) writeUniform(views.of(b.dtype), place(b), b.data);
  const named = kernel.buffers.filter((b) => b.kind === "input" || b.kind === "shared");
  for (const [i, b] of named.entries()) {
    if (b.kind === "shared") {
      writeUniform(views.of(b.dtype), place(b), points[0]![i]!.data);
      continue;
    }
    const column = allocateColumns([{ dtype: b.dtype, shape: [b.elements] }], count).data[0]!;
    for (const [p, point] of points.entries()) column.set(point[i]!.data, p * b.elements);
    writeBlocks(views.of(b.dtype), inputs, place(b), column, count);
  }
  const module = new WebAssembly.Module(emitWasm(kernel, layout));
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports.run as (
    c: number,
    i: number,
    o: number,
  ) => void;
  run(chunks, inputs.address, outputs.address);
  const columns = allocateColumns(program.root.results.map(typeOf), count);
  for (const [i, b] of kernel.buffers.filter(({ kind }) => kind === "output").entries()) {
    readBlocks(views.of(b.dtype), outputs, place(b), columns.data[i]!, 0, count);
  }
  return [...columns.data];
}
