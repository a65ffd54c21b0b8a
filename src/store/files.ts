/**
 * What a store asks of a file system, and the one thing built of it: a file that is there as a whole or not at all.
 * Paths are relative to the store, with "/" between names; "" is the store itself.
 */

/** The operations; each may fail, and after a power cut only what was synced is certain to be there. */
export interface Files {
  /** The bytes of a file; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Size of a file in bytes; undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /** Names in a directory; empty where there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Makes a directory and what is missing above it, and syncs the directories that they are in. */
  makeDirectory(path: string): Promise<void>;
  /** Writes a new file and syncs it; fails with code EEXIST if there is one. */
  create(path: string, parts: readonly Uint8Array[]): Promise<void>;
  /** A second name for a file; fails with code EEXIST if the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Moves a file onto another, which it replaces. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory with all that is in it; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory certain. */
  syncDirectory(path: string): Promise<void>;
}

export const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
};

export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** File systems that know no links say so in one of these ways. */
const LINKLESS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** Where files lie while they are written: out of the way of readers of the arrays. */
export const TEMPORARY = ".lanewise";

let written = 0;

/** A name that no other writer uses; `writer` tells who it was when it is found later. */
const temporaryName = (writer: string): string => `${TEMPORARY}/tmp-${writer}-${(written++).toString(36)}`;

/** Writes a file under a name of its own, synced, and gives that; what is no longer needed of it is to be removed. */
export async function writeAside(files: Files, writer: string, parts: readonly Uint8Array[]): Promise<string> {
  const temporary = temporaryName(writer);
  try {
    await files.create(temporary, parts);
    return temporary;
  } catch (error) {
    await removeAside(files, temporary);
    throw error;
  }
}

/** What cannot be removed now is swept by the next run. */
export const removeAside = (files: Files, temporary: string): Promise<void> =>
  files.remove(temporary).catch(() => undefined);

/**
 * Gives a file that was written aside its name, where there may be one of that name already: the first writer wins, who
 * comes later gets false. The directory must still be synced.
 */
export async function linkOnce(files: Files, temporary: string, path: string): Promise<boolean> {
  try {
    await files.link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!LINKLESS.includes(codeOf(error))) throw error;
    // Without links the look and the move are two steps; two writers of one chunk write the same bytes.
    if ((await files.size(path)) !== undefined) return false;
    await files.rename(temporary, path);
    return true;
  }
}

/** Both at once: puts a file where there may be one already. */
export const putOnce = (files: Files, writer: string, path: string, parts: readonly Uint8Array[]): Promise<boolean> =>
  aside(files, writer, parts, (temporary) => linkOnce(files, temporary, path));

/** Puts a file in place of the one that may be there: the last writer wins. */
export async function putOver(files: Files, writer: string, path: string, parts: readonly Uint8Array[]): Promise<void> {
  await aside(files, writer, parts, (temporary) => files.rename(temporary, path));
  await files.syncDirectory(directoryOf(path));
}

async function aside<T>(
  files: Files,
  writer: string,
  parts: readonly Uint8Array[],
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = await writeAside(files, writer, parts);
  try {
    return await place(temporary);
  } finally {
    await removeAside(files, temporary);
  }
}

/** Removes what writers left that `isDead` knows to be gone. */
export async function sweep(files: Files, isDead: (writer: string) => boolean): Promise<number> {
  let swept = 0;
  for (const name of await files.list(TEMPORARY)) {
    const writer = name.match(/^tmp-(.*)-[0-9a-z]+$/)?.[1];
    if (writer === undefined || !isDead(writer)) continue;
    await files.remove(`${TEMPORARY}/${name}`);
    swept++;
  }
  return swept;
}
