/** A run whose results are looked at while it goes on: chunks of points in, results of each out. */

import type { AbstractSpace } from "../space/space.ts";
import { type ResultColumns, resultBytes } from "../store/memory.ts";
import { type Outputs, resultsOf } from "./assemble.ts";
import type { WatchOptions } from "./parallel.ts";
import type { Report } from "./report.ts";
import type { Results } from "./results.ts";
import type { ResultOf, StackedOf } from "./types.ts";

/** How to watch a stream, and in what pieces it comes. */
export interface StreamOptions extends WatchOptions {
  /** Points of a chunk; the last one may have fewer. Default: a 32nd of all, but at most 4 MiB of results. */
  readonly points?: number;
}

/** Consecutive points of a stream. */
export interface StreamChunk<T = unknown, S = unknown> {
  /** Index of the first point, among all of the space. */
  readonly start: number;
  /** Number of points. */
  readonly count: number;
  /** The results of these points, as those of a run over `space.slice(start, start + count)`: theirs to keep. */
  readonly results: Results<T, S>;
}

const CHUNK_BYTES = 2 ** 22;
const CHUNKS = 32;

/** Points of a chunk where nothing was asked for. */
export const streamPoints = ({ outputs }: Outputs, total: number): number =>
  Math.max(1, Math.min(Math.ceil(total / CHUNKS), Math.floor(CHUNK_BYTES / resultBytes(outputs, 1))));

/** `columns` are copied; `report`: of the run so far. */
export function streamChunk<R>(
  space: AbstractSpace<unknown, unknown>,
  outputs: Outputs,
  { start, count, columns }: { readonly start: number; readonly count: number; readonly columns: ResultColumns },
  report: Report,
): StreamChunk<ResultOf<R>, StackedOf<R>> {
  const own = { data: columns.data.map((column) => column.slice()), status: columns.status.slice() };
  const part = space.slice(start, start + count);
  return { start, count, results: resultsOf<R>(part, outputs, own, { ...report, points: count, computed: count }) };
}
