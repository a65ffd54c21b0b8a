/** The targets: what each needs of the platform, and how a program becomes code for it. One row per target. */

import { emitWasm } from "../emit/wasm/emit.ts";
import { wasmTarget } from "../emit/wasm/target.ts";
import { buildKernel } from "../kernel/build.ts";
import type { Buffer } from "../kernel/kernel.ts";
import { layoutOf } from "../kernel/layout.ts";
import type { Program } from "../program/program.ts";
import { serialise } from "../program/serialise.ts";
import type { Place } from "./batch.ts";
import { compileAsync, compileSync, hasWasmSimd } from "./platform.ts";
import type { Code, InterpreterCode, WasmCode } from "./protocol.ts";

export interface TargetRow {
  /** Why it is or is not taken, as a clause. */
  readonly why: string;
  available(): boolean;
  /** Points in one machine vector; as many are computed even if fewer are asked for. */
  readonly lanes: number;
  /** `groups`: the most lane groups that points can fill. */
  compile(program: Program, groups: number): Promise<Code>;
  /** The same at once, for functions that cannot wait. */
  compileSync(program: Program, groups: number): Code;
}

/** Everything about a Wasm kernel but its module; `most` bounds the lane groups it interleaves. */
function emit(program: Program, most: number): { bytes: Uint8Array<ArrayBuffer>; code: Omit<WasmCode, "module"> } {
  const kernel = buildKernel(program, wasmTarget, most);
  const layout = layoutOf(kernel);
  const place = ({ id, dtype, elements }: Buffer): Place => ({
    dtype,
    elements,
    offset: layout.offsets.get(id) as number,
  });
  const places = (kind: Buffer["kind"]): Place[] => kernel.buffers.filter((b) => b.kind === kind).map(place);
  return {
    bytes: emitWasm(kernel, layout),
    code: {
      kind: "wasm",
      points: kernel.lanes * kernel.groups,
      staticBytes: layout.staticBytes,
      inputBytes: layout.inputBytes,
      outputBytes: layout.outputBytes,
      shared: places("shared"),
      inputs: places("input"),
      outputs: places("output"),
      constants: kernel.buffers.flatMap((b) => (b.data ? [{ place: place(b), data: b.data }] : [])),
    },
  };
}

const interpreterCode = (program: Program): InterpreterCode => ({ kind: "interpreter", program: serialise(program) });

export const targets = {
  wasm: {
    why: "WebAssembly with SIMD128 is there",
    available: hasWasmSimd,
    lanes: wasmTarget.lanes,
    compile: async (program, groups) => {
      const { bytes, code } = emit(program, groups);
      return { ...code, module: await compileAsync(bytes) };
    },
    compileSync: (program, groups) => {
      const { bytes, code } = emit(program, groups);
      return { ...code, module: compileSync(bytes) };
    },
  },
  interpreter: {
    why: "it runs everywhere",
    available: () => true,
    lanes: 1,
    compile: async (program) => interpreterCode(program),
    compileSync: interpreterCode,
  },
} as const satisfies { readonly [name: string]: TargetRow };

export type TargetName = keyof typeof targets;

export const targetNames = Object.keys(targets) as TargetName[];

/** The first row that this platform has. */
export const defaultTarget = (): TargetName => targetNames.find((name) => targets[name].available()) ?? "interpreter";
