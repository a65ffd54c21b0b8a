/** An execution's run into a store: in, the prepared execution and what was asked for; out, the stored results. */

import type { Type } from "../base/value.ts";
import type { Tally } from "../device/protocol.ts";
import type { AbstractSpace } from "../space/space.ts";
import { resultBytes } from "../store/memory.ts";
import { nodeFiles } from "../store/node-files.ts";
import { sourceOfFiles } from "../store/zarr.ts";
import { type Chunk, chunksOf } from "./chunks.ts";
import { resultsFrom } from "./open-results.ts";
import type { Preparation } from "./prepare.ts";
import type { PointJob } from "./schedule.ts";
import { addTallies, noTally } from "./spread.ts";
import type { StoreRunOptions } from "./store-options.ts";
import { type ChunkRequest, runIntoStore } from "./store-run.ts";
import type { StoredResults } from "./stored-results.ts";

/** One execution, as it runs into a store. */
export interface StoredExecution {
  readonly preparation: Preparation;
  /** For whom devices are held. */
  readonly holder: object;
  readonly space: AbstractSpace<unknown, unknown>;
}

export async function runStored<T, S>(
  { preparation, holder, space }: StoredExecution,
  { store, resume = false, overwrite = false, chunk, title, dims, signal, onProgress }: StoreRunOptions,
): Promise<StoredResults<T, S>> {
  const files = nodeFiles(store);
  const watch = { ...(signal && { signal }) };
  const { job, traced, report } = await preparation.prepare(holder, watch, (_types: readonly Type[]) => undefined);
  const { float, target, fastMath } = preparation;
  const tallies = job.devices.map(() => noTally);
  const outcome = await runIntoStore({
    space,
    traced,
    float,
    target,
    fastMath,
    store: { where: store, files, resume, overwrite, chunk, title, dims },
    chunks: (request) => counted(job, request, tallies),
    signal,
    onProgress,
  });
  const told = report(tallies, resultBytes(traced.outputs, outcome.computed));
  const repaired = Object.freeze(outcome.repaired.map(({ path, fault }) => `${path}: ${fault}`));
  return resultsFrom<T, S>(sourceOfFiles(store, files), Object.freeze({ ...told, repaired }));
}

/** The chunks of a pass; what each device did is added up over the passes. */
async function* counted(job: PointJob, request: ChunkRequest, tallies: Tally[]): AsyncGenerator<Chunk, void, void> {
  const { points, ranges, wanted, onProgress } = request;
  const before = tallies.slice();
  // The signal is looked at between chunks: what is being computed is committed first.
  const pass = { ...job, signal: undefined, onProgress };
  for await (const chunk of chunksOf(pass, { points, ranges, wanted })) {
    chunk.tallies.forEach((tally, i) => {
      tallies[i] = addTallies(before[i] as Tally, tally);
    });
    yield chunk;
  }
}
