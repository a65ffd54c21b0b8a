/**
 * How points lie in chunks. In: the sizes of a product (or one size), bytes of a point; out: which points chunk c has.
 *
 * A chunk is a contiguous range of the index and at the same time a cell of Zarr's regular grid: 1 along the slow axes,
 * `block` along one, everything along the fast ones, `[1, …, 1, block, n, …, n]`. Chunks count in order of their points.
 */

export interface Grid {
  /** Points along each dimension, the last varying fastest. */
  readonly sizes: readonly number[];
  /** Points of a whole chunk along each dimension. */
  readonly chunk: readonly number[];
  /** Chunks along each dimension. */
  readonly counts: readonly number[];
  /** Points in all. */
  readonly points: number;
  /** Chunks in all. */
  readonly chunks: number;
  /** Points of a whole chunk. */
  readonly most: number;
}

export interface Range {
  readonly start: number;
  readonly count: number;
}

/** What the largest array has in a chunk: read at one go for one point, written in milliseconds. */
const CHUNK_BYTES = 2 * 2 ** 20;

/** A run of few bytes may be long all the same: a kill must not cost it more than a small part. */
const LEAST_CHUNKS = 64;

/** Fewer points than these would leave lanes of a vector empty. */
const LEAST_POINTS = 128;

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

/** Points per chunk to aim at, for a largest array of `bytes` a point. */
export const defaultChunk = (points: number, bytes: number): number =>
  Math.max(
    1,
    Math.min(Math.floor(CHUNK_BYTES / Math.max(1, bytes)), Math.max(LEAST_POINTS, Math.ceil(points / LEAST_CHUNKS))),
  );

/** The grid whose chunks have at most `wanted` points. */
export function gridOf(sizes: readonly number[], wanted: number): Grid {
  // The slowest axis of which a chunk holds more than one position, and the points of one of them.
  let axis = 0;
  let inner = product(sizes.slice(1));
  while (axis < sizes.length - 1 && inner > wanted) {
    axis++;
    inner /= sizes[axis] as number;
  }
  const size = sizes[axis] ?? 1;
  const most = Math.max(1, Math.min(size, Math.floor(wanted / inner)));
  // Chunks of one size rather than full ones and a small rest.
  const block = Math.ceil(size / Math.max(1, Math.ceil(size / most)));
  const chunk = sizes.map((n, i) => (i < axis ? 1 : i === axis ? Math.max(1, block) : Math.max(1, n)));
  const counts = sizes.map((n, i) => Math.ceil(n / (chunk[i] as number)));
  const points = product(sizes);
  return { sizes, chunk, counts, points, chunks: points === 0 ? 0 : product(counts), most: product(chunk) };
}

/** The same grid from its written form. */
export function gridFrom(sizes: readonly number[], chunk: readonly number[]): Grid {
  const counts = sizes.map((n, i) => Math.ceil(n / (chunk[i] as number)));
  const points = product(sizes);
  return { sizes, chunk, counts, points, chunks: points === 0 ? 0 : product(counts), most: product(chunk) };
}

/** The dimension along which chunks cut, with what lies before and after it. */
function cut({ sizes, chunk, counts }: Grid): { size: number; block: number; blocks: number; inner: number } {
  const axis = Math.max(
    0,
    chunk.findIndex((n, i) => n > 1 || i === chunk.length - 1),
  );
  const inner = product(sizes.slice(axis + 1));
  return { size: sizes[axis] ?? 1, block: chunk[axis] ?? 1, blocks: counts[axis] ?? 1, inner };
}

/** The points of a chunk. */
export function rangeOf(grid: Grid, index: number): Range {
  const { size, block, blocks, inner } = cut(grid);
  const at = index % blocks;
  const outer = (index - at) / blocks;
  return { start: (outer * size + at * block) * inner, count: Math.min(block, size - at * block) * inner };
}

/** The chunk that a point is in. */
export function chunkOf(grid: Grid, point: number): number {
  const { size, block, blocks, inner } = cut(grid);
  const position = Math.floor(point / inner);
  const outer = Math.floor(position / size);
  return outer * blocks + Math.floor((position % size) / block);
}

/** Place of a chunk along each dimension. */
export function placeOf({ counts }: Grid, index: number): number[] {
  const place = counts.map(() => 0);
  for (let i = counts.length - 1, rest = index; i >= 0; i--) {
    place[i] = rest % (counts[i] as number);
    rest = Math.floor(rest / (counts[i] as number));
  }
  return place;
}

/** The chunk at a place; undefined outside. */
export function indexOf({ counts }: Grid, place: readonly number[]): number | undefined {
  let index = 0;
  for (let i = 0; i < counts.length; i++) {
    const at = place[i] ?? -1;
    if (!Number.isInteger(at) || at < 0 || at >= (counts[i] as number)) return undefined;
    index = index * (counts[i] as number) + at;
  }
  return index;
}

/** Zarr's key of a chunk within its array, "." between numbers: all files of an array lie in one directory. */
export const keyOf = (place: readonly number[]): string => ["c", ...place].join(".");
