/** Code → something that computes points, in whatever thread this runs. */

import type { ColumnSource } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import type { Columns } from "./batch.ts";
import type { Code, Task } from "./protocol.ts";

export interface Runner {
  /** Computes the points `start … start + count` of the sources into the columns, from their row `at` on. */
  run(sources: readonly ColumnSource[], start: number, count: number, columns: Columns, at: number): void;
}

type Make<C> = (code: C, shared: readonly TypedArray[], go: BigInt64Array | undefined) => Runner;

/** One row per kind of code. */
type Makers = { readonly [K in Code["kind"]]: Make<Extract<Code, { kind: K }>> };

/** `go` as `LoadRequest` has it. */
export type CreateRunner = (task: Pick<Task, "code" | "shared">, go?: BigInt64Array) => Runner;

export const runnerBy =
  (makers: Makers): CreateRunner =>
  ({ code, shared }, go) => {
    // The row's maker takes the code of its own kind, which TypeScript cannot see through the lookup.
    const make = makers[code.kind] as Make<Code>;
    return make(code, shared, go);
  };
