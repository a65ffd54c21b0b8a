/**
 * Runs seeds in child processes, which may die: a death is a fault of the seed it happened at, and the next child goes
 * on behind it. In: what to run. Out: the faults, and what the seeds came to.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Kind } from "./cases.ts";
import { type Counts, merge } from "./counts.ts";

export interface Campaign {
  readonly kind: Kind;
  readonly from: number;
  readonly count: number;
  /** Processes at once. Default 1. */
  readonly jobs?: number;
  /** Stops at so many faults. Default 1. */
  readonly faults?: number;
  /** A seed that takes longer hangs. Default 120. */
  readonly seconds?: number;
  readonly onProgress?: (done: number) => void;
}

export interface Fault {
  readonly seed: number;
  readonly what: string;
}

export interface Report {
  readonly faults: readonly Fault[];
  readonly counts: Counts;
}

interface Line {
  readonly at?: number;
  readonly seed?: number;
  readonly fault?: string;
  readonly counts?: Counts;
  readonly trying?: string;
  readonly smallest?: string;
}

const root = join(import.meta.dirname, "../..");

/** The child with its lines, until it ends; gives how it ended, or nothing where it ended well. */
function runChild(
  words: readonly string[],
  seconds: number,
  onLine: (line: Line) => void,
): Promise<string | undefined> {
  // TypeScript as the command line reads it.
  const loader = join(root, "node_modules/jiti/lib/jiti-cli.mjs");
  const child: ChildProcess = spawn(process.execPath, [loader, join(root, "test/fuzz/child.ts"), ...words], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  let hangs = false;
  const alarm = setInterval(() => {
    hangs = true;
    child.kill("SIGKILL");
  }, seconds * 1000);
  child.stderr?.on("data", (data) => {
    errors = `${errors}${data}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    alarm.refresh();
    onLine(JSON.parse(line) as Line);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // Both: the last lines may come after the exit.
    let ended: string | undefined;
    let open = 2;
    const close = (): void => {
      if (--open > 0) return;
      clearInterval(alarm);
      resolve(ended);
    };
    lines.on("close", close);
    child.on("exit", (code, signal) => {
      if (hangs) ended = `no end after ${seconds} s`;
      else if (signal) ended = `died of ${signal}`;
      else if (code !== 0) ended = `ended with code ${code}: ${errors}`;
      close();
    });
  });
}

/** One job's seeds, one child after another. */
async function runPart(campaign: Campaign, from: number, end: number, report: { faults: Fault[]; counts: Counts }) {
  const { kind, faults = 1, seconds = 120, onProgress } = campaign;
  for (let next = from; next < end && report.faults.length < faults; ) {
    let at = next;
    const how = await runChild([kind, `${next}`, `${end - next}`], seconds, (line) => {
      if (line.at !== undefined) {
        at = line.at;
        onProgress?.(1);
      }
      if (line.fault !== undefined && line.seed !== undefined)
        report.faults.push({ seed: line.seed, what: line.fault });
      if (line.counts) merge(report.counts, line.counts);
    });
    if (how !== undefined) report.faults.push({ seed: at, what: how });
    next = how === undefined ? end : at + 1;
  }
}

export async function runCampaign(campaign: Campaign): Promise<Report> {
  const { from, count, jobs = 1 } = campaign;
  const report = { faults: [] as Fault[], counts: {} as Counts };
  const part = Math.ceil(count / jobs);
  const starts = Array.from({ length: jobs }, (_, job) => from + job * part);
  await Promise.all(starts.map((start) => runPart(campaign, start, Math.min(start + part, from + count), report)));
  return report;
}

/** What fails for a seed, as small as may be; for one that dies, the last thing that was tried. */
export async function smallest(kind: Kind, seed: number, seconds = 300): Promise<string> {
  let found = "";
  const how = await runChild(["smallest", kind, `${seed}`], seconds, (line) => {
    found = line.smallest ?? line.trying ?? found;
  });
  return how === undefined ? found : `${how}\n${found}`;
}
