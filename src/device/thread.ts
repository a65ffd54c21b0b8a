/**
 * The file that a host device's thread runs in Node. Programs are seldom interpreted: what does that is a file beside it,
 * and threads start sooner without.
 */

import { loadBeside } from "./platform.ts";
import { runnerBy } from "./runner.ts";
import { serve } from "./serve.ts";
import { createWasmRunner } from "./wasm.ts";
import { createX64Runner } from "./x64.ts";

type Interpreter = typeof import("./interpreter.ts");

serve(
  runnerBy({
    wasm: createWasmRunner,
    x64: createX64Runner,
    interpreter: (code, shared) =>
      (loadBeside("./interpreter.cjs") as Interpreter).createInterpreterRunner(code, shared),
  }),
);
