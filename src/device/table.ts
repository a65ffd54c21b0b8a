/** The targets: what each needs of the platform, and how a program becomes code for it. One row per target. */

import { emitWasm } from "../emit/wasm/emit.ts";
import { wasmTarget } from "../emit/wasm/target.ts";
import { emitX64 } from "../emit/x64/emit.ts";
import { x64Target } from "../emit/x64/target.ts";
import { type BuildOptions, buildKernel, draftKernel, mostGroups } from "../kernel/build.ts";
import type { Buffer, Kernel } from "../kernel/kernel.ts";
import { type Layout, layoutOf, pointsOf } from "../kernel/layout.ts";
import { workOf } from "../kernel/work.ts";
import { limit } from "../pass/limit.ts";
import type { Program } from "../program/program.ts";
import { serialise } from "../program/serialise.ts";
import type { Place } from "./batch.ts";
import { whyNotNative } from "./native.ts";
import { compileAsync, compileSync, hasWasmSimd } from "./platform.ts";
import type { Code, InterpreterCode, KernelCode } from "./protocol.ts";
import { type Measure, tuned } from "./tune.ts";

export interface TargetRow {
  /** Why it is taken, where it is, as a clause. */
  readonly why: string;
  /** Why it does not run here, as a clause; undefined where it does. */
  whyNot(): string | undefined;
  /** Points in one machine vector; as many are computed even if fewer are asked for. */
  readonly lanes: number;
  compile(program: Program, options: CompileOptions): Promise<Code>;
  /** The same at once, for functions that cannot wait. */
  compileSync(program: Program, options: CompileOptions): Code;
  /** Code with as many lane groups as measure best; absent where there is nothing to choose. */
  tune?(program: Program, options: CompileOptions, measure: Measure): Promise<Code>;
}

export type CompileOptions = BuildOptions & Required<Pick<BuildOptions, "points" | "fastMath">>;

type Emit = (kernel: Kernel, layout: Layout) => Uint8Array<ArrayBuffer>;

/** Seconds that one unit of a kernel's work takes, roughly. */
const SECONDS = 3e-10;

/** A kernel's code, and where its buffers lie. */
function placed(
  kernel: Kernel,
  program: Program,
  emit: Emit,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly code: KernelCode } {
  const layout = layoutOf(kernel);
  const place = ({ id, dtype, elements }: Buffer): Place => ({
    dtype,
    elements,
    offset: layout.offsets.get(id) as number,
  });
  const places = (kind: Buffer["kind"]): Place[] => kernel.buffers.filter((b) => b.kind === kind).map(place);
  const outputs = places("output");
  return {
    bytes: emit(kernel, layout),
    code: {
      points: pointsOf(kernel),
      secondsPerPoint: (SECONDS * workOf(kernel.body) * kernel.groups) / pointsOf(kernel),
      staticBytes: layout.staticBytes,
      inputBytes: layout.inputBytes,
      outputBytes: layout.outputBytes,
      shared: places("shared"),
      inputs: places("input"),
      limited: outputs[program.outputs.length],
      outputs: outputs.slice(0, program.outputs.length),
      constants: kernel.buffers.flatMap((b) => (b.data ? [{ place: place(b), data: b.data }] : [])),
    },
  };
}

function x64Code(program: Program, kernel: Kernel): Code {
  const { bytes, code } = placed(kernel, program, emitX64);
  return { kind: "x64", ...code, bytes };
}

async function wasmCode(program: Program, kernel: Kernel): Promise<Code> {
  const { bytes, code } = placed(kernel, program, emitWasm);
  return { kind: "wasm", ...code, module: await compileAsync(bytes) };
}

function interpreterCode(program: Program): InterpreterCode {
  const limited = limit(program);
  return { kind: "interpreter", program: serialise(limited), limited: limited !== program };
}

/** The fastest first. */
export const targets = {
  x64: {
    why: "the processor has AVX2, and koffi puts code into memory",
    whyNot: whyNotNative,
    lanes: x64Target.lanes,
    compile: async (program, options) => x64Code(program, buildKernel(program, x64Target, options)),
    compileSync: (program, options) => x64Code(program, buildKernel(program, x64Target, options)),
    tune: (program, options, measure) => {
      const draft = draftKernel(program, x64Target, options);
      const assemble = async (kernel: Kernel) => x64Code(program, kernel);
      return tuned(draft, mostGroups(draft, options.points), { assemble, measure });
    },
  },
  wasm: {
    why: "WebAssembly with SIMD128 is there",
    whyNot: () => (hasWasmSimd() ? undefined : "WebAssembly with SIMD128 is not there"),
    lanes: wasmTarget.lanes,
    compile: (program, options) => wasmCode(program, buildKernel(program, wasmTarget, options)),
    compileSync: (program, options) => {
      const { bytes, code } = placed(buildKernel(program, wasmTarget, options), program, emitWasm);
      return { kind: "wasm", ...code, module: compileSync(bytes) };
    },
    tune: (program, options, measure) => {
      const draft = draftKernel(program, wasmTarget, options);
      return tuned(draft, mostGroups(draft, options.points), {
        assemble: (kernel) => wasmCode(program, kernel),
        measure,
      });
    },
  },
  interpreter: {
    why: "it runs everywhere",
    whyNot: () => undefined,
    lanes: 1,
    compile: async (program) => interpreterCode(program),
    compileSync: interpreterCode,
  },
} as const satisfies { readonly [name: string]: TargetRow };

export type TargetName = keyof typeof targets;

export const targetNames = Object.keys(targets) as TargetName[];

/** The first row that runs on this platform. */
export const defaultTarget = (): TargetName => targetNames.find((name) => !targets[name].whyNot()) ?? "interpreter";

/** Why a target is what it is: its own reason, and those that speak against the faster ones. */
export function whyTarget(target: TargetName): string {
  const faster = targetNames.slice(0, targetNames.indexOf(target));
  const reasons = faster.flatMap((name) => {
    const whyNot = targets[name].whyNot();
    return whyNot ? [`not ${name}: ${whyNot}`] : [];
  });
  return [targets[target].why, ...reasons].join("; ");
}
