/** Files of this machine, by `node:fs`. In: the path of a store; out: its `Files`, and who this process is. */

import type { FileHandle } from "node:fs/promises";
import { LanewiseError } from "../base/errors.ts";
import { codeOf, type Files } from "./files.ts";

// As in device/platform.ts: no bundler for the web ever meets a `node:` import.
const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule;
const os = node?.("node:os");
const fs = node?.("node:fs");
const paths = node?.("node:path");

/** Whether there are files here at all. */
export const hasFiles = (): boolean => fs !== undefined;

/** A process by what the machine knows of it: a number is given out again, its start is not. */
export interface Writer {
  readonly host: string;
  /** Of the kernel that runs: after a restart nothing of before is alive. */
  readonly boot: string;
  readonly pid: number;
  /** When the process began, in ticks since the machine did; 0 where that is not known. */
  readonly start: number;
}

const textOf = (path: string): string => {
  try {
    return fs?.readFileSync(path, "utf8") ?? "";
  } catch {
    return "";
  }
};

/** Field 22 of /proc/PID/stat; the second is a name in parentheses, which may hold anything. */
function startOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0) || 0;
}

let self: Writer | undefined;

export function thisWriter(): Writer {
  self ??= {
    host: os?.hostname() ?? "",
    boot: textOf("/proc/sys/kernel/random/boot_id").trim(),
    pid: process.pid,
    start: startOf(process.pid),
  };
  return self;
}

/** True when it is certain that the process is gone; one of another machine never is. */
export function isDead({ host, boot, pid, start }: Writer): boolean {
  const here = thisWriter();
  if (host !== here.host || boot !== here.boot) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
  const now = startOf(pid);
  return start !== 0 && now !== 0 && now !== start;
}

/** One word for file names, and back. */
export const writerName = ({ host, boot, pid, start }: Writer): string =>
  [host, boot.slice(0, 8), pid, start].map((part) => String(part).replace(/[^\w.]/g, "_")).join("-");

export function isDeadName(name: string): boolean {
  const { host, boot } = thisWriter();
  const [, pid, start] = name.match(/-(\d+)-(\d+)$/) ?? [];
  const writer = { host, boot, pid: Number(pid), start: Number(start) };
  return name === writerName(writer) && isDead(writer);
}

/** Opens, uses and closes a file. */
async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await promises().open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

const promises = () => (fs as NonNullable<typeof fs>).promises;

const unlessMissing = <T>(error: unknown, value: T): T => {
  if (codeOf(error) === "ENOENT") return value;
  throw error;
};

async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) {
    for (let done = 0; done < part.length; ) {
      done += (await file.write(part, done, part.length - done)).bytesWritten;
    }
  }
}

async function readFrom(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(out, done, length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done === length ? out : out.subarray(0, done);
}

/** The files below a directory of this machine, which need not be there yet. */
export function nodeFiles(root: string): Files {
  if (!fs || !paths) {
    throw new LanewiseError("store", `store ${root}: expected a machine with files, got a browser; give a URL to read`);
  }
  const top = paths.resolve(root);
  const at = (path: string): string => (path === "" ? top : `${top}/${path}`);
  const syncDirectory = (path: string): Promise<void> => withFile(path, "r", (file) => file.sync());
  const makeDirectory = async (path: string): Promise<void> => {
    try {
      await promises().mkdir(path);
    } catch (error) {
      if (codeOf(error) === "EEXIST" && (await promises().stat(path)).isDirectory()) return;
      if (codeOf(error) !== "ENOENT") throw error;
      await makeDirectory(paths.dirname(path));
      return makeDirectory(path);
    }
    await syncDirectory(paths.dirname(path));
  };
  return {
    read: (path) =>
      withFile(at(path), "r", async (file) => readFrom(file, 0, (await file.stat()).size)).catch((error) =>
        unlessMissing(error, undefined),
      ),
    readRange: (path, from, length) =>
      withFile(at(path), "r", (file) => readFrom(file, from, length)).catch((error) => unlessMissing(error, undefined)),
    size: async (path) => {
      try {
        return (await promises().stat(at(path))).size;
      } catch (error) {
        return unlessMissing(error, undefined);
      }
    },
    list: (path) =>
      promises()
        .readdir(at(path))
        .catch((error) => unlessMissing(error, [])),
    makeDirectory: (path) => makeDirectory(at(path)),
    create: (path, parts) =>
      withFile(at(path), "wx", async (file) => {
        await writeAll(file, parts);
        await file.sync();
      }),
    link: (from, to) => promises().link(at(from), at(to)),
    rename: (from, to) => promises().rename(at(from), at(to)),
    remove: async (path) => {
      try {
        await promises().unlink(at(path));
      } catch (error) {
        if (!["EISDIR", "EPERM"].includes(codeOf(error))) return unlessMissing(error, undefined);
        await promises().rm(at(path), { recursive: true, force: true });
      }
    },
    syncDirectory: (path) => syncDirectory(at(path)),
  };
}
