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
import { directoryOf, type Files, linkOnce, removeAside, writeAside } from "./files.ts";
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

/** A chunk's file and what it is to hold. */
interface Wanted extends ChunkFile {
  readonly parts: readonly Uint8Array[];
}

/** Gives a file that was written aside its name, or finds it there with the same bytes. */
async function place({ files, where }: Store, { path, array, index, bytes, parts }: Wanted, aside: string) {
  while (!(await linkOnce(files, aside, path))) {
    const there = await files.read(path);
    if (there === undefined) continue;
    if (sameBytes(there, parts)) return;
    const fault = faultOf(there, bytes);
    if (fault === undefined) {
      throw storeError(
        where,
        `expected chunk ${index} of ${array} to be the same whoever computes it, got other bytes than those ` +
          `of ${path}; two runs of this model do not agree, so keep neither before you know why`,
      );
    }
    await files.remove(path);
  }
}

/**
 * Puts groups of files: the names of one group are certain before any file of the next one has its name. All of them are
 * written and synced together before, since a disk syncs many files in the time of one.
 */
async function putInTurn(store: Store, groups: readonly (readonly Wanted[])[]): Promise<void> {
  const { files, writer } = store;
  const asides = new Map<Wanted, string>();
  try {
    await settleAll(
      groups.flat().map(async (wanted) => void asides.set(wanted, await writeAside(files, writer, wanted.parts))),
    );
    for (const group of groups) {
      await settleAll(group.map((wanted) => place(store, wanted, asides.get(wanted) as string)));
      const directories = new Set(group.map(({ path }) => directoryOf(path)));
      await settleAll([...directories].map((directory) => files.syncDirectory(directory)));
    }
  } finally {
    await settleAll([...asides.values()].map((aside) => removeAside(files, aside)));
  }
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
  const data = pointArrays(layout).map((array, i): Wanted => {
    const elements = layout.grid.most * elementsOf(array);
    const parts = encodeChunk(columns[i] as TypedArray, elements, fillValue(array.dtype));
    return { ...pointFile(layout, array, index), parts };
  });
  await putInTurn(store, [data, [{ ...statusFile(layout, index), parts: encodeChunk(status, layout.grid.most, 0) }]]);
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
      await putInTurn(store, [[{ ...axisFile(layout, array, index), parts }]]);
    }
  }
}
