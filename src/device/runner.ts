/** Code → something that computes points, in whatever thread this runs. One row per kind of code. */

import type { ColumnSource } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import type { Columns } from "./batch.ts";
import { createInterpreterRunner } from "./interpreter.ts";
import type { Code, Task } from "./protocol.ts";
import { createWasmRunner } from "./wasm.ts";
import { createX64Runner } from "./x64.ts";

export interface Runner {
  /** Computes the points `start … start + count` of the sources into the columns, from their row `at` on. */
  run(sources: readonly ColumnSource[], start: number, count: number, columns: Columns, at: number): void;
}

type Make<C> = (code: C, shared: readonly TypedArray[], go: BigInt64Array | undefined) => Runner;

type Makers = { readonly [K in Code["kind"]]: Make<Extract<Code, { kind: K }>> };

const makers: Makers = { wasm: createWasmRunner, x64: createX64Runner, interpreter: createInterpreterRunner };

/** `go` as `LoadRequest` has it. */
export function createRunner({ code, shared }: Pick<Task, "code" | "shared">, go?: BigInt64Array): Runner {
  // The row's maker takes the code of its own kind, which TypeScript cannot see through the lookup.
  const make = makers[code.kind] as Make<Code>;
  return make(code, shared, go);
}
