/**
 * The chunks of a job of which some are known from earlier runs of the same model. In: a job and a cache; out: all
 * wanted chunks, the known ones first; what had to be computed is in the cache afterwards.
 */

import type { ColumnSource } from "../base/column.ts";
import { allocate, dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { sha256 } from "../base/hash.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import type { Tally } from "../device/protocol.ts";
import type { CacheEntry, ResultCache } from "../store/cache.ts";
import type { ResultColumns } from "../store/memory.ts";
import { type Chunk, chunksOf, type Ranges } from "./chunks.ts";
import type { PointJob } from "./schedule.ts";
import { readPoints } from "./store-columns.ts";

export interface CachedOptions {
  /** Points of a chunk, at most. */
  readonly points: number;
  readonly ranges: Ranges;
  readonly wanted: (index: number) => boolean;
}

/** Of a job's chunk: none, some or all of its points are known. */
interface Lookup {
  readonly found: Uint8Array;
  readonly known: number;
  readonly columns: ResultColumns;
  readonly parameters: readonly TypedArray[];
}

/** A hash of the chunk's parameters, by Node's own where it is there. */
function addressOf(parameters: readonly TypedArray[]): string {
  const bytes = parameters.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  const crypto = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.("node:crypto");
  const hashes = bytes.map((part) => (crypto ? crypto.createHash("sha256").update(part).digest("hex") : sha256(part)));
  return sha256(hashes.join());
}

const parametersOf = (sources: readonly ColumnSource[], start: number, count: number): TypedArray[] =>
  sources.map((source) => readPoints(source, start, count));

const blank = (types: readonly Type[], count: number): ResultColumns => ({
  data: types.map(({ dtype, shape }) => allocate(dtype, count * sizeOf(shape))),
  status: new Uint8Array(count),
});

export async function* cachedChunks(
  job: PointJob,
  { points, ranges, wanted }: CachedOptions,
  cache: ResultCache,
): AsyncGenerator<Chunk, void, void> {
  const missing = new Uint8Array(ranges.chunks);
  let there = 0;
  for (let index = 0; index < ranges.chunks; index++) {
    if (!wanted(index)) continue;
    job.signal?.throwIfAborted();
    const { start, count } = ranges.range(index);
    const { found, known, columns, parameters } = await look(job, cache, start, count);
    if (known === 0) {
      missing[index] = 1;
      continue;
    }
    there += count;
    const tallies = known === count ? [] : await complete(job, found, count - known, columns, parameters);
    if (known < count) await cache.put(addressOf(parameters), entryOf(count, parameters, columns));
    yield { index, start, count, columns, tallies };
  }
  const { onProgress } = job;
  const told =
    onProgress &&
    ((progress: Parameters<typeof onProgress>[0]) =>
      onProgress({ ...progress, done: there + progress.done, total: there + progress.total }));
  const rest = { points, ranges, wanted: (index: number) => missing[index] === 1 };
  for await (const chunk of chunksOf({ ...job, onProgress: told }, rest)) {
    const parameters = parametersOf(job.sources, chunk.start, chunk.count);
    await cache.put(addressOf(parameters), entryOf(chunk.count, parameters, chunk.columns));
    yield chunk;
  }
}

const entryOf = (count: number, parameters: readonly TypedArray[], { data, status }: ResultColumns): CacheEntry => ({
  count,
  parameters,
  results: data,
  status,
});

async function look(job: PointJob, cache: ResultCache, start: number, count: number): Promise<Lookup> {
  const parameters = parametersOf(job.sources, start, count);
  const columns = blank(job.task.outputs, count);
  const found = await cache.find(parameters, count, { count, results: columns.data, status: columns.status });
  return { found, known: found.reduce((n, flag) => n + flag, 0), columns, parameters };
}

/** Computes the points of a chunk that are not known, as rows of a table. */
async function complete(
  job: PointJob,
  found: Uint8Array,
  missing: number,
  columns: ResultColumns,
  parameters: readonly TypedArray[],
): Promise<readonly Tally[]> {
  const rows = new Uint32Array(missing);
  let next = 0;
  found.forEach((flag, row) => {
    if (flag === 0) rows[next++] = row;
  });
  const sources = job.sources.map((source, k) => tableOf(source, parameters[k] as TypedArray, rows));
  // Numbers of points would be those of rows.
  const { inspect: _, onFault: __, onProgress: ___, ...rest } = job;
  let tallies: readonly Tally[] = [];
  for await (const chunk of chunksOf({ ...rest, sources, total: missing }, { points: missing })) {
    rows.forEach((row, i) => {
      columns.status[row] = chunk.columns.status[i] as number;
      chunk.columns.data.forEach((column, k) => {
        const size = sizeOf((job.task.outputs[k] as Type).shape);
        columns.data[k]?.set(column.subarray(i * size, (i + 1) * size), row * size);
      });
    });
    tallies = chunk.tallies;
  }
  return tallies;
}

function tableOf({ dtype, shape, elementSize }: ColumnSource, all: TypedArray, rows: Uint32Array): ColumnSource {
  const values = new dtypeInfo[dtype].storage(rows.length * elementSize);
  rows.forEach((row, i) => {
    values.set(all.subarray(row * elementSize, (row + 1) * elementSize), i * elementSize);
  });
  return { kind: "table", values, count: rows.length, repeat: 1, start: 0, step: 1, dtype, shape, elementSize };
}
