/**
 * The points of a job in chunks of one size, in order of their index: in, a job; out, one chunk after the other, while
 * the devices compute the next ones. However many points there are, only a few chunks exist at a time.
 */

import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import type { Tally } from "../device/protocol.ts";
import { allocateResults, type ResultColumns, resultBytes } from "../store/memory.ts";
import { type PointJob, type Spread, spreadOver, Watch } from "./schedule.ts";

/** Consecutive points with their results. */
export interface Chunk {
  /** Number of the chunk among all of the job, those that are not wanted too. */
  readonly index: number;
  /** Its first point. */
  readonly start: number;
  /** Its points; fewer than `points` in the last one alone, unless there are `ranges`. */
  readonly count: number;
  /** What each device has done so far. */
  readonly tallies: readonly Tally[];
  /** Results of these points, valid until the next chunk is asked for: their memory is used again. */
  readonly columns: ResultColumns;
}

export interface ChunkOptions {
  /** Points in a chunk, at most: chunk k is the points from `k * points` on, unless `ranges` says otherwise. */
  readonly points: number;
  /** Chunks of several sizes, none larger than `points`; in order they are all points of the job. */
  readonly ranges?: Ranges | undefined;
  /** Whether chunk k is computed; asked once for all when the run begins, and again when its turn comes. Default: all. */
  readonly wanted?: ((index: number) => boolean) | undefined;
  /** Chunks that exist at a time, 2 at least. Default 2 and one for each device, in 128 MiB. */
  readonly ahead?: number | undefined;
}

export interface Ranges {
  /** Number of chunks. */
  readonly chunks: number;
  /** The points of chunk k. */
  range(index: number): { readonly start: number; readonly count: number };
}

const regular = (total: number, points: number): Ranges => ({
  chunks: Math.ceil(total / points),
  range: (index) => ({ start: index * points, count: Math.min(points, total - index * points) }),
});

/** Chunks that are computed ahead may take so many bytes. */
const AHEAD_BYTES = 2 ** 27;

/**
 * The wanted chunks of a job. The devices go on while a chunk is handled, until `ahead` chunks are waiting; a loop that
 * is left, the job's signal and an error stop them within one batch. When all chunks are through, the generator returns
 * what each device did. The numbers are those of `runJob`.
 */
export async function* chunksOf(
  job: PointJob,
  { points, ranges = regular(job.total, points), wanted, ahead }: ChunkOptions,
): AsyncGenerator<Chunk, readonly Tally[], void> {
  job.signal?.throwIfAborted();
  const indices = wantedIndices(ranges.chunks, wanted);
  const spread = spreadOver(job);
  const watch = new Watch(job, wanted ? pointsIn(ranges, wanted) : job.total, spread);
  const waiting: Filled[] = [];
  const begin = (columns: () => ResultColumns): boolean => {
    const { value: index, done } = indices.next();
    if (done) return false;
    waiting.push(fillChunk(spread, index, ranges.range(index), columns()));
    return true;
  };
  try {
    const most = Math.max(2, ahead ?? chunksAhead(job, points));
    while (waiting.length < most && begin(() => allocateResults(job.task.outputs, points, job.shared)));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { columns } = next;
      await watch.until(next.filled, columns.status.subarray(0, next.chunk.count), next.chunk.start);
      yield { ...next.chunk, tallies: spread.tallies, columns: firstRows(columns, job.task.outputs, next.chunk.count) };
      begin(() => columns);
    }
    watch.finish();
    return spread.tallies;
  } finally {
    watch.end();
  }
}

interface Filled {
  readonly chunk: Omit<Chunk, "columns" | "tallies">;
  readonly columns: ResultColumns;
  readonly filled: Promise<unknown>;
}

function fillChunk(
  spread: Spread,
  index: number,
  { start, count }: ReturnType<Ranges["range"]>,
  columns: ResultColumns,
): Filled {
  // Pending again: runners keep a status that they have set themselves.
  columns.status.fill(0);
  const filled = spread.fill(columns, start, count);
  // Its turn to be waited for comes later.
  filled.catch(() => undefined);
  return { chunk: { index, start, count }, columns, filled };
}

const chunksAhead = ({ task, devices }: PointJob, points: number): number =>
  Math.min(2 + devices.length, Math.floor(AHEAD_BYTES / resultBytes(task.outputs, points)));

function* wantedIndices(chunks: number, wanted: ChunkOptions["wanted"]): Generator<number, undefined> {
  for (let index = 0; index < chunks; index++) if (wanted?.(index) ?? true) yield index;
}

/** Points that are wanted, for progress. */
function pointsIn({ chunks, range }: Ranges, wanted: (index: number) => boolean): number {
  let sum = 0;
  for (let index = 0; index < chunks; index++) if (wanted(index)) sum += range(index).count;
  return sum;
}

function firstRows({ data, status }: ResultColumns, types: readonly Type[], count: number): ResultColumns {
  if (status.length === count) return { data, status };
  return {
    data: data.map((column: TypedArray, i) => column.subarray(0, count * sizeOf((types[i] as Type).shape))),
    status: status.subarray(0, count),
  };
}
