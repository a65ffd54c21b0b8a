/** Runners for all kinds of code. */

import { createInterpreterRunner } from "./interpreter.ts";
import { runnerBy } from "./runner.ts";
import { createWasmRunner } from "./wasm.ts";
import { createX64Runner } from "./x64.ts";

export const createRunner = runnerBy({
  wasm: createWasmRunner,
  x64: createX64Runner,
  interpreter: createInterpreterRunner,
});
