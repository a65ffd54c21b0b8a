/** Runs a program's kernel for some points on a target: blocks in, blocks out. */

import type { TypedArray } from "../../src/base/dtype.ts";
import { sizeOf } from "../../src/base/shape.ts";
import type { Value } from "../../src/base/value.ts";
import { allocateColumns, type Place, readBlocks, Views, writeBlocks, writeUniform } from "../../src/device/batch.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { pointsOf } from "../../src/kernel/layout.ts";
import { type LowerOptions, lower } from "../../src/kernel/lower.ts";
import type { Target } from "../../src/kernel/target.ts";
import { widen } from "../../src/kernel/wide.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { type Backend, wasm } from "./backends.ts";
import { type Guard, placeKernel, strayWrites } from "./place-kernel.ts";

export interface KernelOptions {
  readonly groups: number;
  readonly unrolled: number;
  readonly across?: NonNullable<LowerOptions["across"]>;
}

type Points = readonly (readonly Value[])[];

export const kernelOf = (program: Program, options: KernelOptions, target: Target = wasmTarget): Kernel =>
  widen(lower(optimise(program, { native: target.native, unrolled: options.unrolled }), target, options));

/** Gives, per result, a column of all points. `points[p][i]` is input i of point p. */
export function runKernel(
  backend: Backend,
  program: Program,
  kernel: Kernel,
  points: Points,
  guard: Guard = "none",
): TypedArray[] {
  const count = points.length;
  const width = pointsOf(kernel);
  const placement = placeKernel(kernel, Math.ceil(count / width), guard);
  const { layout } = placement;
  const loaded = backend.load(placement);
  const views = new Views(loaded);
  const place = ({ id, dtype, elements }: Buffer): Place => ({ dtype, elements, offset: layout.offsets.get(id)! });
  const inputs = { address: placement.inputs, stride: layout.inputBytes, points: width };
  const outputs = { address: placement.outputs, stride: layout.outputBytes, points: width };
  for (const b of kernel.buffers) if (b.data) writeUniform(views.of(b.dtype), place(b), b.data);
  const given = kernel.buffers.filter((b) => b.kind === "input" || b.kind === "shared");
  for (const [i, b] of given.entries()) {
    if (b.kind === "shared") {
      writeUniform(views.of(b.dtype), place(b), points[0]![i]!.data);
      continue;
    }
    const column = allocateColumns([{ dtype: b.dtype, shape: [b.elements] }], count).data[0]!;
    for (const [p, point] of points.entries()) column.set(point[i]!.data, p * b.elements);
    writeBlocks(views.of(b.dtype), inputs, place(b), column, count);
  }
  loaded.run();
  const [stray] = loaded.readable ? strayWrites(placement, loaded.buffer) : [];
  if (stray) throw new Error(stray);
  const columns = allocateColumns(program.root.results.map(typeOf), count);
  for (const [i, b] of kernel.buffers.filter(({ kind }) => kind === "output").entries()) {
    readBlocks(views.of(b.dtype), outputs, place(b), columns.data[i]!, 0, count);
  }
  return [...columns.data];
}

export const runWasm = (program: Program, kernel: Kernel, points: Points): TypedArray[] =>
  runKernel(wasm, program, kernel, points);

/** The same columns by the interpreter, point after point. */
export function runInterpreter(program: Program, points: Points): TypedArray[] {
  const types = program.root.results.map(typeOf);
  const columns = allocateColumns(types, points.length).data;
  for (const [p, point] of points.entries()) {
    for (const [i, v] of interpret(program, point).entries()) columns[i]!.set(v.data, p * sizeOf(types[i]!.shape));
  }
  return [...columns];
}
