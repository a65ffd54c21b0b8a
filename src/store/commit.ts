/**
 * A chunk's way into a store. In: its points' values in memory; out: files that are whole, or nothing.
 *
 * The chunks of all arrays first, then, when they are certain to be on the disk, that of `status`: a chunk counts when
 * its status is there. Any number of processes may commit the same chunk: the first one's files stay, and the others
 * look whether they would have written the same bytes.
 */

import { dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { chunkBytes, encodeChunk, faultOf, sameBytes } from "./chunk.ts";
import type { StoreDocument } from "./document.ts";
import { storeError } from "./fault.ts";
import { directoryOf, type Files, putOnce } from "./files.ts";
import { type Grid, keyOf, placeOf, rangeOf } from "./grid.ts";
import { type AxisArray, axisGrid, elementsOf, fillValue, type Layout, type PointArray, STATUS } from "./layout.ts";

/** A store as it is worked on. */
export interface Store {
  /** Its path or address, for messages. */
  readonly where: string;
  readonly files: Files;
  /** Who writes, as a word for the names of temporary files. */
  readonly writer: string;
  readonly document: StoreDocument;
}

/** A chunk of an array: which file, and how long it must be. */
export interface ChunkFile {
  /** Path of the array. */
  readonly array: string;
  /** Number of the chunk in the array's grid. */
  readonly index: number;
  readonly path: string;
  readonly bytes: number;
}

/** Arrays over the points, in the order in which a commit gets their columns. */
export const pointArrays = ({ parameters, results }: Layout): readonly PointArray[] => [...parameters, ...results];

export function pointFile({ grid }: Layout, array: PointArray, index: number): ChunkFile {
  const path = `${array.path}/${keyOf([...placeOf(grid, index), ...array.shape.map(() => 0)])}`;
  const bytes = chunkBytes(grid.most * elementsOf(array), dtypeInfo[array.dtype].bytes);
  return { array: array.path, index, path, bytes };
}

export const statusFile = ({ grid }: Layout, index: number): ChunkFile => ({
  array: STATUS,
  index,
  path: `${STATUS}/${keyOf(placeOf(grid, index))}`,
  bytes: chunkBytes(grid.most, 1),
});

export function axisFile(layout: Layout, array: AxisArray, index: number): ChunkFile {
  const grid = axisGrid(layout, array);
  const path = `${array.path}/${keyOf([...placeOf(grid, index), ...array.shape.map(() => 0)])}`;
  const bytes = chunkBytes(grid.most * elementsOf(array), dtypeInfo[array.dtype].bytes);
  return { array: array.path, index, path, bytes };
}

/** The files of a chunk of points, its status last. */
export const filesOf = (layout: Layout, index: number): ChunkFile[] => [
  ...pointArrays(layout).map((array) => pointFile(layout, array, index)),
  statusFile(layout, index),
];

/** Waits for all, then fails with the first that failed: nothing goes on behind the back of an error. */
export async function settleAll(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(tasks)) if (outcome.status === "rejected") throw outcome.reason;
}

/** Puts the chunk of one array, and makes it certain. */
async function putChunk(store: Store, file: ChunkFile, parts: readonly Uint8Array[]): Promise<void> {
  const { files, writer, where } = store;
  while (!(await putOnce(files, writer, file.path, parts))) {
    const there = await files.read(file.path);
    if (there === undefined) continue;
    if (sameBytes(there, parts)) break;
    const fault = faultOf(there, file.bytes);
    if (fault === undefined) {
      throw storeError(
        where,
        `expected chunk ${file.index} of ${file.array} to be the same whoever computes it, got other bytes than those ` +
          `of ${file.path}; two runs of this model do not agree, so keep neither before you know why`,
      );
    }
    await files.remove(file.path);
  }
  await files.syncDirectory(directoryOf(file.path));
}

/**
 * Commits a chunk. `columns` are those of `pointArrays`, with the chunk's points, and the status of each. When it
 * resolves, no crash can take the chunk away any more.
 */
export async function commitChunk(
  store: Store,
  index: number,
  columns: readonly TypedArray[],
  status: Uint8Array,
): Promise<void> {
  const { layout } = store.document;
  await settleAll(
    pointArrays(layout).map((array, i) => {
      const elements = layout.grid.most * elementsOf(array);
      const parts = encodeChunk(columns[i] as TypedArray, elements, fillValue(array.dtype));
      return putChunk(store, pointFile(layout, array, index), parts);
    }),
  );
  await putChunk(store, statusFile(layout, index), encodeChunk(status, layout.grid.most, 0));
}

/** Gives the values of points `start` to `start + count` of an array's own dimension. */
export type ReadValues = (array: AxisArray, start: number, count: number) => TypedArray;

/** Writes the coordinates of a product, chunk by chunk; those that are there stay. */
export async function commitAxes(store: Store, read: ReadValues): Promise<void> {
  const { layout } = store.document;
  for (const array of layout.axes) {
    const grid: Grid = axisGrid(layout, array);
    for (let index = 0; index < grid.chunks; index++) {
      const { start, count } = rangeOf(grid, index);
      const elements = grid.most * elementsOf(array);
      const parts = encodeChunk(read(array, start, count), elements, fillValue(array.dtype));
      await putChunk(store, axisFile(layout, array, index), parts);
    }
  }
}
