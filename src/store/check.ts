/** What of a store is there, and what of that is whole. In: a store; out: chunks by number, faults by name. */

import { faultOf } from "./chunk.ts";
import { axisFile, type ChunkFile, filesOf, pointArrays, type Store } from "./commit.ts";
import { crc32c } from "./crc32c.ts";
import { DOCUMENT } from "./document.ts";
import { unreadable } from "./fault.ts";
import { directoryOf } from "./files.ts";
import { indexOf } from "./grid.ts";
import { axisGrid, metadataOf, STATUS } from "./layout.ts";

/** A file that is not as it was written. */
export interface Damage {
  readonly path: string;
  /** What is wrong with it. */
  readonly fault: string;
  /** The chunk of points that it belongs to; undefined for coordinates and metadata. */
  readonly chunk?: number;
}

/** Which chunks of an array have a file. */
async function present(store: Store, array: string): Promise<Uint8Array> {
  const { grid } = store.document.layout;
  const found = new Uint8Array(grid.chunks);
  for (const name of await store.files.list(array)) {
    const [letter, ...place] = name.split(".");
    if (letter !== "c") continue;
    const index = indexOf(grid, place.slice(0, grid.counts.length).map(Number));
    if (index !== undefined) found[index] = 1;
  }
  return found;
}

/** 1 for every chunk that counts, as far as names tell: its status is there, and so are all its arrays. */
export async function committedChunks(store: Store): Promise<Uint8Array> {
  const paths = [STATUS, ...pointArrays(store.document.layout).map(({ path }) => path)];
  const [status = new Uint8Array(), ...arrays] = await Promise.all(paths.map((path) => present(store, path)));
  return status.map((there, index) => (there === 1 && arrays.every((array) => array[index] === 1) ? 1 : 0));
}

/** What is wrong with a chunk's file; a missing one is. */
async function damageOf(store: Store, file: ChunkFile): Promise<string | undefined> {
  const bytes = await store.files.read(file.path);
  return bytes === undefined ? "no file" : faultOf(bytes, file.bytes);
}

/** Reads the files of these chunks, one after the other, and gives those that are not whole. */
export async function* damagedChunks(store: Store, chunks: Uint8Array): AsyncGenerator<Damage, void, void> {
  for (let chunk = 0; chunk < chunks.length; chunk++) {
    if (chunks[chunk] !== 1) continue;
    for (const file of filesOf(store.document.layout, chunk)) {
      const fault = await damageOf(store, file);
      if (fault !== undefined) yield { path: file.path, fault, chunk };
    }
  }
}

/** The same for coordinates and metadata, which belong to no chunk. */
export async function* damagedFrame(store: Store): AsyncGenerator<Damage, void, void> {
  const { layout } = store.document;
  for (const [path, text] of metadataOf(layout)) {
    const bytes = await store.files.read(path);
    if (bytes === undefined) yield { path, fault: "no file" };
    else if (crc32c(bytes) !== crc32c(new TextEncoder().encode(text)))
      yield { path, fault: `not what ${DOCUMENT} says` };
  }
  for (const array of layout.axes) {
    for (let index = 0; index < axisGrid(layout, array).chunks; index++) {
      const file = axisFile(layout, array, index);
      const fault = await damageOf(store, file);
      if (fault !== undefined) yield { path: file.path, fault };
    }
  }
}

/** Takes chunks back: their status first, so that no crash leaves one that counts without its data. */
export async function discardChunk(store: Store, { chunk, path }: Damage): Promise<void> {
  const { files, document } = store;
  if (chunk !== undefined) {
    const status = filesOf(document.layout, chunk).at(-1) as ChunkFile;
    await files.remove(status.path);
    await files.syncDirectory(STATUS);
  }
  await files.remove(path);
  await files.syncDirectory(directoryOf(path));
}

/** What `verify` found. */
export interface Verdict {
  readonly points: number;
  /** Chunks of the whole store, those that are committed, and those of them that are whole. */
  readonly chunks: number;
  readonly committed: number;
  readonly whole: number;
  readonly damaged: readonly Damage[];
}

/** Reads everything that counts, and changes nothing. */
export async function verifyStore(store: Store): Promise<Verdict> {
  const damaged: Damage[] = [];
  let committed: Uint8Array;
  try {
    committed = await committedChunks(store);
    for await (const damage of damagedFrame(store)) damaged.push(damage);
    for await (const damage of damagedChunks(store, committed)) damaged.push(damage);
  } catch (error) {
    throw unreadable(store.where, error);
  }
  const count = committed.reduce((n, flag) => n + flag, 0);
  const broken = new Set(damaged.flatMap(({ chunk }) => (chunk === undefined ? [] : [chunk]))).size;
  const { points, chunks } = store.document.layout.grid;
  return { points, chunks, committed: count, whole: count - broken, damaged };
}
