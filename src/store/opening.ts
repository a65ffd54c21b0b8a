/**
 * A store that a run writes: made, gone on with, or refused. In: a directory, and the document that the run would
 * make; out: the store with its lock, or an error that says what stands in the way.
 */

import { commitAxes, type ReadValues, type Store } from "./commit.ts";
import { DOCUMENT, differences, documentText, parseDocument, type RunRecord, type StoreDocument } from "./document.ts";
import { explained, storeError, unreadable } from "./fault.ts";
import { type Files, putOver, sweep, TEMPORARY } from "./files.ts";
import { type Layout, metadataOf, STATUS } from "./layout.ts";
import { acquireLock, type Lock, type LockTimes } from "./lock.ts";
import { isDeadName, nodeFiles, thisWriter, writerName } from "./node-files.ts";
import { isReasonsFile } from "./reasons.ts";

export interface SessionOptions {
  /** Goes on with a store of the same run, or makes one where there is none. */
  readonly resume: boolean;
  /** Removes the store that is there. */
  readonly overwrite: boolean;
  readonly lock?: LockTimes | undefined;
}

export interface OpenStore {
  readonly store: Store;
  readonly lock: Lock;
  /** Whether there was something to go on with. */
  readonly resumed: boolean;
}

const encode = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];

/** What tells a store, or the beginning of one, from any other directory. */
const MARKS = [DOCUMENT, TEMPORARY, "zarr.json"];

/** Refuses before anything is touched. Gives whether there is something already. */
async function look(where: string, files: Files, { resume, overwrite }: SessionOptions): Promise<boolean> {
  const names = await files.list("");
  if (names.length === 0) return false;
  if (!names.some((name) => MARKS.includes(name))) {
    throw storeError(
      where,
      `expected a store or an empty place, got a directory with other files (${names.slice(0, 3).join(", ")}); ` +
        "choose another place",
    );
  }
  if (!resume && !overwrite) {
    const started = names.includes(DOCUMENT) ? "a store" : "the beginning of a store";
    throw storeError(
      where,
      `expected an empty place, got ${started}; resume to go on with it (resume: true, --resume), or replace it ` +
        "(overwrite: true, --overwrite)",
    );
  }
  return true;
}

/** Opens a store for a run, under its lock. */
export async function openStore(
  where: string,
  files: Files,
  fresh: StoreDocument,
  read: ReadValues,
  options: SessionOptions,
): Promise<OpenStore> {
  try {
    const writer = writerName(thisWriter());
    await look(where, files, options);
    await files.makeDirectory(TEMPORARY);
    const lock = await acquireLock(where, files, options.lock);
    try {
      await sweep(files, isDeadName);
      if (options.overwrite) await clear(files);
      const before = await files.read(DOCUMENT);
      const document = before ? parseDocument(where, before) : fresh;
      if (before) refuseOther(where, document, fresh);
      const store = { where, files, writer, document };
      for (const path of [STATUS, ...arraysOf(document.layout)]) await files.makeDirectory(path);
      if (!before) {
        await putFrame(store, read);
        await putOver(files, writer, DOCUMENT, encode(documentText(document)));
      }
      return { store, lock, resumed: before !== undefined };
    } catch (error) {
      await lock.release().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw explained(where, error);
  }
}

/** Removes all of a store but its lock: first what makes it one. */
async function clear(files: Files): Promise<void> {
  await files.remove(DOCUMENT);
  await files.syncDirectory("");
  for (const name of await files.list("")) if (name !== TEMPORARY) await files.remove(name);
  for (const name of await files.list(TEMPORARY)) {
    if (isReasonsFile(name)) await files.remove(`${TEMPORARY}/${name}`);
  }
  await files.syncDirectory("");
}

function refuseOther(where: string, { identity }: StoreDocument, fresh: StoreDocument): void {
  const lines = differences(identity, fresh.identity);
  if (lines.length === 0) return;
  const shown = lines.slice(0, 10).map((line) => `\n  ${line}`);
  const more = lines.length > shown.length ? `\n  and ${lines.length - shown.length} more` : "";
  throw storeError(
    where,
    "expected the run that the store was made by, got another one; undo what differs, or choose another store:" +
      shown.join("") +
      more,
  );
}

const arraysOf = ({ parameters, results, axes }: Layout): string[] =>
  [...parameters, ...results, ...axes].map(({ path }) => path);

/** Metadata and coordinates, where they are not there as they should be. */
export async function putFrame(store: Store, read: ReadValues): Promise<void> {
  const { files, writer, document } = store;
  for (const [path, text] of metadataOf(document.layout)) {
    const there = await files.read(path);
    if (there && new TextDecoder().decode(there) === text) continue;
    await putOver(files, writer, path, encode(text));
  }
  await commitAxes(store, read);
}

/** Adds what a run was to the document. */
export async function recordRun(store: Store, run: RunRecord): Promise<StoreDocument> {
  const document = { ...store.document, runs: [...store.document.runs, run] };
  await putOver(store.files, store.writer, DOCUMENT, encode(documentText(document)));
  return document;
}

/** A store on this machine that is only looked at. */
export async function openForReading(path: string): Promise<Store> {
  const files = nodeFiles(path);
  try {
    const bytes = await files.read(DOCUMENT);
    if (!bytes) throw storeError(path, `expected a store of Lanewise, got none (no ${DOCUMENT}); check the path`);
    return { where: path, files, writer: writerName(thisWriter()), document: parseDocument(path, bytes) };
  } catch (error) {
    throw unreadable(path, error);
  }
}
