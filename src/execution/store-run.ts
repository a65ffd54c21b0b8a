/**
 * A run whose results go to a store. In: what a run is, and a way to get chunks computed; out: a store in which all
 * chunks are committed. Only a few chunks are in memory at a time, and what is committed survives whatever happens.
 */

import type { TypedArray } from "../base/dtype.ts";
import { addCounts, countStatus, FAILED, noCounts, type StatusCounts } from "../base/status.ts";
import { committedChunks, type Damage, damagedChunks, damagedFrame, discardChunk } from "../store/check.ts";
import { commitChunk, type ReadValues, type Store, statusFile } from "../store/commit.ts";
import type { StoreDocument } from "../store/document.ts";
import { explained } from "../store/fault.ts";
import type { Files } from "../store/files.ts";
import { type Grid, rangeOf } from "../store/grid.ts";
import type { LockTimes } from "../store/lock.ts";
import { type OpenStore, openStore, putFrame, recordRun } from "../store/opening.ts";
import { provenance } from "../store/provenance.ts";
import { type PointFault, putReasons } from "../store/reasons.ts";
import type { Chunk, Ranges } from "./chunks.ts";
import type { Progress } from "./progress.ts";
import { type ParameterColumn, parameterColumns, readPoints, readPositions } from "./store-columns.ts";
import { identify, type RunKind } from "./store-identity.ts";
import { type LayoutOptions, layoutOf } from "./store-layout.ts";

/** How a run uses a store. */
export interface StoreOptions extends LayoutOptions {
  /** Path of the store, or its files. */
  readonly where: string;
  readonly files: Files;
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly lock?: LockTimes | undefined;
}

/** What chunks to compute, and how. */
export interface ChunkRequest {
  readonly points: number;
  readonly ranges: Ranges;
  readonly wanted: (index: number) => boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export interface StoreRun extends RunKind {
  readonly store: StoreOptions;
  /** Computes the wanted chunks, in order. */
  chunks(request: ChunkRequest): AsyncIterable<Chunk>;
  /** What is known of failed points among those from `start` on. */
  readonly faults?: ((start: number, count: number) => readonly PointFault[]) | undefined;
  /** Stops the run when the chunk that is being computed is committed. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a run added to its store. */
export interface StoreOutcome {
  /** Points that this run computed. */
  readonly computed: number;
  /** Of all points of the store. */
  readonly statuses: StatusCounts;
  /** Files of an earlier run that were damaged, and were written again. */
  readonly repaired: readonly Damage[];
}

/** Fills the store; rejects with the signal's reason when it was stopped before the end. */
export async function runIntoStore(run: StoreRun): Promise<StoreOutcome> {
  const { where, files, ...options } = run.store;
  run.signal?.throwIfAborted();
  const columns = parameterColumns(run.space, run.float);
  const document = documentOf(run, columns);
  const read = readerOf(document, columns);
  const opened = await openStore(where, files, document, read, options);
  const began = performance.now();
  const started = new Date().toISOString();
  const filling = new Filling(run, opened, columns, read);
  try {
    const outcome = await filling.fill();
    const { computed, statuses } = outcome;
    const seconds = (performance.now() - began) / 1000;
    const rate = { seconds, points: computed, pointsPerSecond: computed / Math.max(seconds, 1e-9) };
    // A run that found everything there made nothing of it.
    if (computed > 0 || opened.store.document.runs.length === 0) {
      await recordRun(opened.store, { started, ...rate, statuses, target: run.target, ...(await provenance()) });
    }
    return outcome;
  } catch (error) {
    throw explained(where, error);
  } finally {
    // A lock that cannot be removed is seen to be dead by the next run.
    await opened.lock.release().catch(() => undefined);
  }
}

function documentOf(run: StoreRun, columns: readonly ParameterColumn[]): StoreDocument {
  const { identity, program } = identify(run);
  const layout = layoutOf(run.space, run.traced, columns, run.store);
  return { identity, program: JSON.parse(program), tree: run.traced.structure, layout, runs: [] };
}

/** Values along the axes of a product. */
function readerOf({ layout }: StoreDocument, columns: readonly ParameterColumn[]): ReadValues {
  return ({ name, axis }, start, count) => {
    const { source } = columns.find((column) => column.name === name) as ParameterColumn;
    const stride = layout.grid.sizes.slice(axis + 1).reduce((n, size) => n * size, 1);
    return readPositions(source, stride, start, count);
  };
}

/** One run's work on an open store. */
class Filling {
  private readonly run: StoreRun;
  private readonly opened: OpenStore;
  private readonly columns: readonly ParameterColumn[];
  private readonly read: ReadValues;
  private computed = 0;
  private statuses = noCounts;

  constructor(run: StoreRun, opened: OpenStore, columns: readonly ParameterColumn[], read: ReadValues) {
    this.run = run;
    this.opened = opened;
    this.columns = columns;
    this.read = read;
  }

  async fill(): Promise<StoreOutcome> {
    const { store, resumed } = this.opened;
    const before = await committedChunks(store);
    await this.pass(before.slice());
    const repaired = resumed ? await this.repair(before) : [];
    const damaged = new Set(repaired.map(({ chunk }) => chunk));
    await this.count(before.map((there, chunk) => (damaged.has(chunk) ? 0 : there)));
    return { computed: this.computed, statuses: this.statuses, repaired };
  }

  /** Adds the statuses of chunks that were there. */
  private async count(chunks: Uint8Array): Promise<void> {
    const { files, document } = this.opened.store;
    const { layout } = document;
    for (let chunk = 0; chunk < chunks.length; chunk++) {
      if (chunks[chunk] !== 1) continue;
      const bytes = await files.read(statusFile(layout, chunk).path);
      const status = bytes?.subarray(0, rangeOf(layout.grid, chunk).count) ?? new Uint8Array();
      this.statuses = addCounts(this.statuses, countStatus(status));
    }
  }

  /** Computes the chunks that are not committed; tells progress of the store rather than of this run. */
  private async pass(committed: Uint8Array): Promise<void> {
    const { grid } = this.opened.store.document.layout;
    if (committed.every((flag) => flag === 1)) return;
    const { onProgress, signal } = this.run;
    const there = pointsOf(grid, committed);
    let last: Progress = {
      done: there,
      total: grid.points,
      rate: 0,
      secondsLeft: Number.POSITIVE_INFINITY,
      devices: [],
    };
    const tell = (progress: Progress): void => {
      last = { ...progress, done: there + progress.done, total: last.total };
      onProgress?.(last);
    };
    const request = {
      points: grid.most,
      ranges: { chunks: grid.chunks, range: (index: number) => rangeOf(grid, index) },
      wanted: (index: number) => committed[index] !== 1,
      onProgress: onProgress && tell,
    };
    let done = there;
    for await (const chunk of this.run.chunks(request)) {
      await this.commit(chunk);
      done += chunk.count;
      if (!signal?.aborted) continue;
      // The last word counts what is kept: chunks that were begun are lost.
      onProgress?.({ ...last, done });
      signal.throwIfAborted();
    }
  }

  private async commit({ index, start, count, columns }: Chunk): Promise<void> {
    const { store, lock } = this.opened;
    lock.check();
    if (columns.status.includes(FAILED)) await putReasons(store, index, this.run.faults?.(start, count) ?? []);
    await commitChunk(store, index, [...this.parameters(store, start, count), ...columns.data], columns.status);
    this.computed += count;
    this.statuses = addCounts(this.statuses, countStatus(columns.status));
  }

  private parameters({ document }: Store, start: number, count: number): TypedArray[] {
    const wanted = document.layout.parameters.length > 0 ? this.columns : [];
    return wanted.map(({ source }) => readPoints(source, start, count));
  }

  /** Reads what earlier runs left, and computes again what is damaged. */
  private async repair(before: Uint8Array): Promise<Damage[]> {
    const { store } = this.opened;
    const frame: Damage[] = [];
    for await (const damage of damagedFrame(store)) frame.push(damage);
    if (frame.length > 0) await putFrame(store, this.read);
    const damaged: Damage[] = [];
    for await (const damage of damagedChunks(store, before)) {
      damaged.push(damage);
      this.run.signal?.throwIfAborted();
    }
    const whole = new Uint8Array(before.length).fill(1);
    for (const damage of damaged) {
      await discardChunk(store, damage);
      whole[damage.chunk as number] = 0;
    }
    await this.pass(whole);
    return [...frame, ...damaged];
  }
}

/** Points of the chunks that are committed. */
function pointsOf(grid: Grid, committed: Uint8Array): number {
  let points = 0;
  committed.forEach((flag, index) => {
    if (flag === 1) points += rangeOf(grid, index).count;
  });
  return points;
}
