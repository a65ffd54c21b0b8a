/**
 * A table → a file: one table of formats, and the way every file gets its name. It is written under another name,
 * synced, and renamed, so that what has the name is whole.
 */

import { closeSync, existsSync, openSync, rmSync, unlinkSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { TableSource } from "../execution/table-source.ts";
import { UsageError } from "./failure.ts";
import { endBy, type SignalName } from "./interrupt.ts";
import { writeArrow, writeArrowStream } from "./output-arrow.ts";
import { writeParquet } from "./output-parquet.ts";
import { writeCsv, writeJson } from "./output-text.ts";

/** Takes the next bytes of a file. */
export type Put = (bytes: Uint8Array) => Promise<void>;

export type WriteTable = (table: TableSource, put: Put) => Promise<void>;

/** What a table can be written as, by the ending of the file's name. */
const formats: { readonly [ending: string]: WriteTable } = {
  ".parquet": writeParquet,
  ".csv": writeCsv,
  ".arrow": writeArrow,
  ".arrows": writeArrowStream,
  ".json": writeJson,
};

const endings = Object.keys(formats)
  .join(", ")
  .replace(/, ([^,]*)$/, " or $1");

const formatOf = (file: string): WriteTable | undefined =>
  Object.entries(formats).find(([ending]) => file.endsWith(ending))?.[1];

/** Says so before the run when the file's name has no known ending, or when it cannot be written. */
export function checkOutput(option: string, file: string): void {
  if (!formatOf(file)) {
    throw new UsageError(`${option}: expected a file name that ends in ${endings}, got "${file}"; add the ending`);
  }
  checkWritable(option, file);
}

export function checkWritable(option: string, file: string): void {
  try {
    const existed = existsSync(file);
    closeSync(openSync(file, "a"));
    if (!existed) unlinkSync(file);
  } catch (error) {
    throw new UsageError(unwritable(option, file, error), { cause: error });
  }
}

const unwritable = (option: string, file: string, error: unknown): string =>
  `${option}: expected a file that can be written, got ${file} (${(error as Error).message}); choose another place`;

/** Bytes gathered before a write. */
const bufferSize = 1 << 20;

/** Writes a table in the format of the file's ending; bytes written. */
export const writeTable = (option: string, file: string, table: TableSource): Promise<number> =>
  writeWhole(option, file, (put) => (formatOf(file) as WriteTable)(table, put));

/** The file appears under its name when all of it is written; when that fails or is stopped, nothing is left. */
export async function writeWhole(option: string, file: string, write: (put: Put) => Promise<void>): Promise<number> {
  const partial = `${file}.${process.pid}.partial`;
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw new Error(unwritable(option, file, error), { cause: error });
    });
  const handle = await guard(open(partial, "w"));
  const stop = (signal: SignalName): void => {
    rmSync(partial, { force: true });
    endBy(signal);
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    const { put, end } = buffered(handle, guard);
    await write(put);
    const bytes = await end();
    await guard(handle.sync());
    await handle.close();
    await guard(rename(partial, file));
    return bytes;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** What asks a process to end, and lets it tidy up. */
const signals: readonly SignalName[] = ["SIGINT", "SIGTERM"];

function buffered(handle: FileHandle, guard: <T>(work: Promise<T>) => Promise<T>) {
  const buffer = new Uint8Array(bufferSize);
  let [filled, total] = [0, 0];
  const flush = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) at += (await guard(handle.write(bytes, at))).bytesWritten;
    total += bytes.length;
  };
  const empty = async (): Promise<void> => {
    await flush(buffer.subarray(0, filled));
    filled = 0;
  };
  return {
    async put(bytes: Uint8Array): Promise<void> {
      if (filled + bytes.length > bufferSize) await empty();
      if (bytes.length >= bufferSize) return flush(bytes);
      buffer.set(bytes, filled);
      filled += bytes.length;
    },
    async end(): Promise<number> {
      await empty();
      return total;
    },
  };
}
