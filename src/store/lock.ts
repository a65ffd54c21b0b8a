/**
 * Who runs into a store: at most one at a time, but nothing is lost if there are two, since commits do not rely on it.
 *
 * The holder's file `.lanewise/lock-N.json` says who it is and counts beats, one a second. Whoever finds it with
 * its process gone, or without a beat for a lease, makes `lock-(N+1).json`, which only one can; the highest number
 * holds. Nobody compares clocks: a beat that is seen to change is alive, so a clock may jump.
 */

import { storeError } from "./fault.ts";
import { codeOf, type Files, putOnce, putOver, TEMPORARY } from "./files.ts";
import { isDead, thisWriter, type Writer, writerName } from "./node-files.ts";

export interface LockTimes {
  /** Milliseconds between beats. */
  readonly beat: number;
  /** Milliseconds without a beat after which a holder counts as gone. */
  readonly lease: number;
}

const times: LockTimes = { beat: 1000, lease: 15_000 };

export interface Lock {
  /** Throws when another has taken over; to be asked before a commit. */
  check(): void;
  release(): Promise<void>;
}

interface Holder extends Writer {
  readonly beat: number;
  readonly since: string;
}

const pathOf = (number: number): string => `${TEMPORARY}/lock-${number}.json`;

const encode = (holder: Holder): Uint8Array[] => [new TextEncoder().encode(`${JSON.stringify(holder)}\n`)];

async function highest(files: Files): Promise<number> {
  const names = await files.list(TEMPORARY);
  return Math.max(0, ...names.map((name) => Number(name.match(/^lock-(\d+)\.json$/)?.[1] ?? 0)));
}

async function readHolder(files: Files, number: number): Promise<Partial<Holder> | undefined> {
  const bytes = await files.read(pathOf(number));
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Partial<Holder>;
  } catch {
    // Torn by a crash: nobody beats in it.
    return {};
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a holder beats within the lease. */
async function beats(
  files: Files,
  number: number,
  seen: Partial<Holder>,
  { beat, lease }: LockTimes,
): Promise<boolean> {
  const began = performance.now();
  while (performance.now() - began < lease) {
    await wait(Math.min(beat, lease) / 4);
    const now = await readHolder(files, number);
    // Released meanwhile: whoever asks looks again.
    if (now === undefined) return false;
    if (now.beat !== seen.beat) return true;
  }
  return false;
}

const isWriter = (holder: Partial<Holder>): holder is Holder =>
  typeof holder.pid === "number" && typeof holder.host === "string" && typeof holder.boot === "string";

/** Takes a store, or throws with who has it. `where` names the store; its directory for temporary files must be there. */
export async function acquireLock(where: string, files: Files, { beat, lease }: LockTimes = times): Promise<Lock> {
  const self: Writer = thisWriter();
  const since = new Date().toISOString();
  for (;;) {
    const last = await highest(files);
    const holder = last === 0 ? undefined : await readHolder(files, last);
    if (holder && !(isWriter(holder) && isDead(holder)) && (await beats(files, last, holder, { beat, lease }))) {
      throw storeError(
        where,
        `expected a store that no other run uses, got one in use by process ${holder.pid} on ${holder.host} ` +
          `since ${holder.since}; wait for it, or end it`,
      );
    }
    const own = last + 1;
    if (!(await putOnce(files, writerName(self), pathOf(own), encode({ ...self, beat: 0, since })))) continue;
    await files.syncDirectory(TEMPORARY);
    for (let old = last; old > 0 && (await files.size(pathOf(old))) !== undefined; old--)
      await files.remove(pathOf(old));
    return hold(where, files, own, { ...self, beat: 0, since }, beat);
  }
}

function hold(where: string, files: Files, own: number, holder: Holder, beat: number): Lock {
  let lost: unknown;
  let count = 0;
  let beating: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    if ((await highest(files)) > own) {
      lost = storeError(
        where,
        "expected to be the only run, got another that took over while this one stood still; let it finish",
      );
      clearInterval(timer);
      return;
    }
    await putOver(files, writerName(holder), pathOf(own), encode({ ...holder, beat: ++count }));
  };
  const timer = setInterval(() => {
    // A beat that cannot be written is told by the commits, which meet the same disk.
    beating = beating.then(look).catch((error) => void codeOf(error));
  }, beat);
  (timer as { unref?: () => void }).unref?.();
  return {
    check() {
      if (lost) throw lost;
    },
    async release() {
      clearInterval(timer);
      await beating;
      if (!lost) await files.remove(pathOf(own));
    },
  };
}
