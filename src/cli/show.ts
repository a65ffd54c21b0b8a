/** `lanewise show FILE`: what becomes of a model, stage by stage. */

import { emitWasm } from "../emit/wasm/emit.ts";
import { printModule } from "../emit/wasm/print.ts";
import { wasmTarget } from "../emit/wasm/target.ts";
import { type AnyModel, traceOverSpace } from "../execution/model.ts";
import { pointsAtHand } from "../execution/plan.ts";
import { buildKernel } from "../kernel/build.ts";
import { layoutOf } from "../kernel/layout.ts";
import { printKernel } from "../kernel/print.ts";
import { printProgram } from "../program/print.ts";
import { loadExploration } from "./load.ts";

export interface ShowOptions {
  readonly program?: boolean;
  readonly kernel?: boolean;
  readonly wasm?: boolean;
}

/** Prints the stages that are asked for; the program alone when none is. */
export async function show(file: string, options: ShowOptions): Promise<void> {
  const { model, space, args = [], kwargs } = await loadExploration(file);
  const { program } = traceOverSpace({ model: model as AnyModel, space, args, kwargs, float: "float32" });
  if (options.program || !(options.kernel || options.wasm)) console.log(printProgram(program));
  if (!options.kernel && !options.wasm) return;
  const kernel = buildKernel(program, wasmTarget, { points: pointsAtHand("auto", space.N, 1) });
  if (options.kernel) console.log(printKernel(kernel));
  if (options.wasm) console.log(printModule(emitWasm(kernel, layoutOf(kernel))));
}
