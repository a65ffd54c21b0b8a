/** An execution's run into a store: in, the prepared execution and what was asked for; out, the stored results. */

import type { Type } from "../base/value.ts";
import type { Tally } from "../device/protocol.ts";
import type { ResultCache } from "../store/cache.ts";
import { resultBytes } from "../store/memory.ts";
import { nodeFiles } from "../store/node-files.ts";
import { sourceOfFiles } from "../store/zarr.ts";
import { cachedChunks } from "./cached-chunks.ts";
import { type Chunk, chunksOf } from "./chunks.ts";
import { resultsFrom } from "./open-results.ts";
import { cacheOf, type KeptExecution } from "./run-cached.ts";
import type { PointJob } from "./schedule.ts";
import { addTallies, noTally } from "./spread.ts";
import type { StoreRunOptions } from "./store-options.ts";
import { type ChunkRequest, runIntoStore } from "./store-run.ts";
import type { StoredResults } from "./stored-results.ts";

export async function runStored<T, S>(
  execution: KeptExecution,
  { store, resume = false, overwrite = false, chunk, title, show, dims, cache, signal, onProgress }: StoreRunOptions,
): Promise<StoredResults<T, S>> {
  const { preparation, holder, space } = execution;
  const files = nodeFiles(store);
  const watch = { ...(signal && { signal }) };
  const { job, traced, report, failures } = await preparation.prepare(
    holder,
    watch,
    (_types: readonly Type[]) => undefined,
  );
  const { float, target, fastMath } = preparation;
  const known = cache === undefined ? undefined : await cacheOf(cache, execution, traced);
  const tallies = job.devices.map(() => noTally);
  const outcome = await runIntoStore({
    space,
    traced,
    float,
    target,
    fastMath,
    store: { where: store, files, resume, overwrite, chunk, title, show, dims },
    faults: failures.within,
    chunks: (request) => counted(job, request, tallies, known),
    signal,
    onProgress,
  });
  const told = report(tallies, resultBytes(traced.outputs, outcome.computed));
  const repaired = Object.freeze(outcome.repaired.map(({ path, fault }) => `${path}: ${fault}`));
  const { statuses } = outcome;
  const whole = { ...told, statuses, notFinite: statuses.notFinite, repaired };
  return resultsFrom<T, S>(sourceOfFiles(store, files), Object.freeze(whole));
}

/** The chunks of a pass; what each device did is added up over the passes. */
async function* counted(
  job: PointJob,
  { points, ranges, wanted, onProgress }: ChunkRequest,
  tallies: Tally[],
  cache: ResultCache | undefined,
): AsyncGenerator<Chunk, void, void> {
  let before = tallies.slice();
  let last: readonly Tally[] | undefined;
  // The signal is looked at between chunks: what is being computed is committed first.
  const pass = { ...job, signal: undefined, onProgress };
  const options = { points, ranges, wanted };
  for await (const chunk of cache ? cachedChunks(pass, options, cache) : chunksOf(pass, options)) {
    // Tallies are those of all chunks so far that were computed together.
    if (chunk.tallies !== last) before = tallies.slice();
    last = chunk.tallies;
    chunk.tallies.forEach((tally, i) => {
      tallies[i] = addTallies(before[i] as Tally, tally);
    });
    yield chunk;
  }
}
