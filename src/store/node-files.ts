/** Files of this machine, by `node:fs`. In: the path of a store; out: its `Files`, and who this process is. */

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

/** Fields 3 and 22 of /proc/PID/stat; the second is a name in parentheses, which may hold anything. */
function statOf(pid: number): { readonly state: string | undefined; readonly start: number } {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], start: Number(fields[19] ?? 0) || 0 };
}

let self: Writer | undefined;

export function thisWriter(): Writer {
  self ??= {
    host: os?.hostname() ?? "",
    boot: textOf("/proc/sys/kernel/random/boot_id").trim(),
    pid: process.pid,
    start: statOf(process.pid).start,
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
  const now = statOf(pid);
  // Killed, and not yet waited for by its parent.
  if (now.state === "Z") return true;
  return start !== 0 && now.start !== 0 && now.start !== start;
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

const unlessMissing = <T>(error: unknown, value: T): T => {
  if (codeOf(error) === "ENOENT") return value;
  throw error;
};

type Fs = NonNullable<typeof fs>;

/** An operation with a callback, as a promise. */
const promised = <T>(start: (done: (error: unknown, value: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));

/**
 * Opens, uses and closes a file. What only touches names is done at once: it takes the system microseconds, and a trip
 * to another thread takes many times as long. Many bytes, and syncs, are waited for.
 */
async function withFile<T>(
  { openSync, closeSync }: Fs,
  path: string,
  flags: string,
  use: (file: number) => Promise<T>,
) {
  const file = openSync(path, flags);
  try {
    return await use(file);
  } finally {
    closeSync(file);
  }
}

const sync = ({ fsync }: Fs, file: number): Promise<void> =>
  promised((done) => fsync(file, (error) => done(error, undefined)));

/** So few bytes are written at once: they only go to the system's memory. */
const FEW_BYTES = 2 ** 16;

async function writeAll({ writev, writevSync }: Fs, file: number, parts: readonly Uint8Array[]): Promise<void> {
  let rest = parts.filter(({ length }) => length > 0);
  while (rest.length > 0) {
    const few = rest.reduce((sum, { length }) => sum + length, 0) <= FEW_BYTES;
    const written = few ? writevSync(file, rest) : await promised<number>((done) => writev(file, rest, done));
    rest = after(rest, written);
  }
}

/** What remains of parts whose first bytes are written. */
function after(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return parts.flatMap((part) => {
    const from = Math.min(skip, part.length);
    skip -= from;
    return from === part.length ? [] : [part.subarray(from)];
  });
}

async function readFrom({ read }: Fs, file: number, from: number, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = await promised<number>((told) => read(file, out, done, length - done, from + done, told));
    if (count === 0) break;
    done += count;
  }
  return done === length ? out : out.subarray(0, done);
}

/** The files below a directory of this machine, which need not be there yet. */
export function nodeFiles(root: string): Files {
  if (!fs || !paths) {
    throw new LanewiseError("store", `store ${root}: expected a machine with files, got a browser; give a URL to read`);
  }
  const [system, { dirname, resolve }] = [fs, paths];
  const top = resolve(root);
  const at = (path: string): string => (path === "" ? top : `${top}/${path}`);
  const syncDirectory = (path: string): Promise<void> => withFile(system, path, "r", (file) => sync(system, file));
  const makeDirectory = async (path: string, above = true): Promise<void> => {
    try {
      system.mkdirSync(path);
    } catch (error) {
      if (codeOf(error) === "EEXIST" && system.statSync(path).isDirectory()) return;
      // Where nothing can be made, such as in /proc, it says so although the directory above is there.
      if (codeOf(error) !== "ENOENT" || !above) throw error;
      await makeDirectory(dirname(path));
      return makeDirectory(path, false);
    }
    await syncDirectory(dirname(path));
  };
  return {
    read: (path) =>
      withFile(system, at(path), "r", (file) => readFrom(system, file, 0, system.fstatSync(file).size)).catch((error) =>
        unlessMissing(error, undefined),
      ),
    size: async (path) => system.statSync(at(path), { throwIfNoEntry: false })?.size,
    list: (path) => system.promises.readdir(at(path)).catch((error) => unlessMissing(error, [])),
    makeDirectory: (path) => makeDirectory(at(path)),
    create: (path, parts) =>
      withFile(system, at(path), "wx", async (file) => {
        await writeAll(system, file, parts);
        await sync(system, file);
      }),
    link: async (from, to) => system.linkSync(at(from), at(to)),
    rename: async (from, to) => system.renameSync(at(from), at(to)),
    remove: async (path) => {
      try {
        system.unlinkSync(at(path));
      } catch (error) {
        if (!["EISDIR", "EPERM"].includes(codeOf(error))) return unlessMissing(error, undefined);
        await system.promises.rm(at(path), { recursive: true, force: true });
      }
    },
    syncDirectory: (path) => syncDirectory(at(path)),
  };
}
