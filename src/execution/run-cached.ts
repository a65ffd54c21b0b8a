/** An execution's run with a cache, and the cache of a model: in, a directory; out, results that were not computed twice. */

import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import type { Tally } from "../device/protocol.ts";
import type { AbstractSpace } from "../space/space.ts";
import { ResultCache } from "../store/cache.ts";
import { explained } from "../store/fault.ts";
import { defaultChunk, gridOf, rangeOf } from "../store/grid.ts";
import { allocateResults, checkBudget, resultBytes } from "../store/memory.ts";
import { nodeFiles } from "../store/node-files.ts";
import { resultsOf } from "./assemble.ts";
import { cachedChunks } from "./cached-chunks.ts";
import type { Traced } from "./model.ts";
import type { RunOptions } from "./parallel.ts";
import type { Preparation } from "./prepare.ts";
import type { Results } from "./results.ts";
import { addTallies, noTally } from "./spread.ts";
import { identify } from "./store-identity.ts";
import type { ResultOf, StackedOf } from "./types.ts";

/** One execution, as it runs with what lies on disk. */
export interface KeptExecution {
  readonly preparation: Preparation;
  /** For whom devices are held. */
  readonly holder: object;
  readonly space: AbstractSpace<unknown, unknown>;
}

/** What a directory knows of a model. */
export async function cacheOf(
  directory: string,
  { preparation: { float, target, fastMath }, space }: KeptExecution,
  traced: Traced,
): Promise<ResultCache> {
  const { modelHash } = identify({ space, traced, float, target, fastMath });
  const types = { parameters: traced.points.map(({ type }) => type), results: traced.outputs };
  try {
    return await ResultCache.open(nodeFiles(directory), modelHash, types);
  } catch (error) {
    throw explained(directory, error, "cache");
  }
}

/** A run in memory. */
export async function runCached<R>(
  execution: KeptExecution,
  asked: RunOptions & { readonly cache: string },
  budget: number,
  where: string,
): Promise<Results<ResultOf<R>, StackedOf<R>>> {
  const { preparation, holder, space } = execution;
  const { job, traced, report, failures } = await preparation.prepare(holder, asked, (types, total) =>
    checkBudget(where, types, total, budget),
  );
  const { outputs } = traced;
  const columns = allocateResults(outputs, job.total, false);
  const tallies: Tally[] = job.devices.map(() => noTally);
  const grid = gridOf([job.total], defaultChunk(job.total, resultBytes(outputs, 1)));
  const ranges = { chunks: grid.chunks, range: (index: number) => rangeOf(grid, index) };
  const cache = await cacheOf(asked.cache, execution, traced);
  let before = tallies.slice();
  let last: readonly Tally[] | undefined;
  for await (const chunk of cachedChunks(job, { points: grid.most, ranges, wanted: () => true }, cache)) {
    chunk.columns.data.forEach((column, k) => {
      columns.data[k]?.set(column, chunk.start * sizeOf((outputs[k] as Type).shape));
    });
    columns.status.set(chunk.columns.status, chunk.start);
    // Tallies are those of all chunks so far that were computed together.
    if (chunk.tallies !== last) before = tallies.slice();
    last = chunk.tallies;
    chunk.tallies.forEach((tally, i) => {
      tallies[i] = addTallies(before[i] as Tally, tally);
    });
  }
  const told = report(tallies, resultBytes(outputs, job.total));
  return resultsOf<R>(space, traced, columns, told, failures.reasonOf);
}
