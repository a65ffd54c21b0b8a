/** What goes wrong with a store, in sentences. */

import { LanewiseError } from "../base/errors.ts";
import { codeOf } from "./files.ts";

export const storeError = (where: string, text: string, cause?: unknown): LanewiseError =>
  faultOf(`store ${where}`, text, cause);

const faultOf = (where: string, text: string, cause: unknown): LanewiseError =>
  new LanewiseError("store", `${where}: ${text}`, cause === undefined ? undefined : { cause });

/** What the system's codes mean, and what helps. */
interface Meanings {
  readonly [code: string]: readonly [got: string, remedy: string];
}

const forWriting: Meanings = {
  ENOSPC: ["a full disk", "make room, then resume: what is committed stays"],
  EDQUOT: ["a full quota", "make room, then resume: what is committed stays"],
  EFBIG: ["a limit on the size of files", "raise it (ulimit -f), then resume"],
  EIO: ["a failing disk", "look after the disk, then resume: what is committed stays"],
  EROFS: ["a read-only file system", "choose another place, or mount it for writing"],
  EACCES: ["no permission", "choose another place, or change its permissions"],
  EPERM: ["no permission", "choose another place, or change its permissions"],
  ENOENT: ["a place where none can be made", "choose another place"],
  ENOTDIR: ["a file", "give the path of a directory"],
  EMFILE: ["too many open files", "raise the limit (ulimit -n), then resume"],
};

const forReading: Meanings = {
  EIO: ["a failing disk", "look after the disk, or open a copy"],
  EACCES: ["no permission", "change its permissions"],
  EPERM: ["no permission", "change its permissions"],
  ENOTDIR: ["a file", "give the path of a directory"],
  EMFILE: ["too many open files", "raise the limit (ulimit -n)"],
};

function translated(where: string, error: unknown, wanted: string, meanings: Meanings): unknown {
  if (error instanceof LanewiseError) return error;
  const code = codeOf(error);
  const [got, remedy] = meanings[code] ?? [];
  if (got !== undefined && remedy !== undefined) {
    return faultOf(where, `expected a directory that can be ${wanted}, got ${got} (${code}); ${remedy}`, error);
  }
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  return faultOf(where, `expected files that can be ${wanted}, got ${(error as Error).message}; try again`, error);
}

/** An error of the file system in a run into a store as one of the store; everything else as it is. */
export const explained = (where: string, error: unknown, what: "store" | "cache" = "store"): unknown =>
  translated(`${what} ${where}`, error, "written", forWriting);

/** The same where a store is only looked at. */
export const unreadable = (where: string, error: unknown): unknown =>
  translated(`store ${where}`, error, "read", forReading);
