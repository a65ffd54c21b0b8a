/** Where results come from, in a reader's words: of a run that just ended, and of a store. */

import type { Report } from "../index.ts";
import type { StoreDocument } from "../store/document.ts";
import { type Provenance, provenance } from "../store/provenance.ts";
import { formatCount, formatRate, formatTime } from "./format.ts";

export type Facts = Readonly<Record<string, string>>;

/** Leaves out what is not known. */
const known = (facts: Readonly<Record<string, string | undefined>>): Facts =>
  Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => entry[1] !== undefined));

const commitText = (git: Provenance["git"]): string | undefined =>
  git ? git.commit + (git.dirty ? ", with changes that are not committed" : "") : undefined;

/** 22 November 2026, 18:31 UTC */
const dateText = (date: Date): string =>
  date.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).replace(" at ", ", ") +
  " UTC";

const workText = (points: number, seconds: number, rate: number): string =>
  `${formatCount(points)} points in ${formatTime(seconds)}, ${formatRate(rate)} points/s`;

export interface RunFacts {
  readonly file: string;
  readonly dtype: string;
  readonly report: Report;
}

export async function factsOfRun({ file, dtype, report }: RunFacts): Promise<Facts> {
  const { version, platform, runtime, host, git } = await provenance();
  const targets = [...new Set(report.devices.map(({ target }) => target))].join(", ");
  const count = report.devices.length;
  return known({
    Model: file,
    Computed: dateText(new Date()),
    Work: workText(report.points, report.runSeconds, report.pointsPerSecond),
    Devices: `${count} (${targets}), ${dtype}`,
    Machine: `${host}, ${platform}, ${runtime}`,
    Lanewise: version,
    Commit: commitText(git),
  });
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

/** The last of the runs that made a store tells when and where; what was computed is the same for all of them. */
export function factsOfStore(store: string, { identity, runs }: StoreDocument): Facts {
  const last = runs.at(-1) ?? {};
  const started = text(last.started);
  const machine = [last.host, last.platform, last.runtime].map(text).filter((part) => part !== undefined);
  return known({
    Store: store,
    Program: text(identity.program),
    Precision: text(identity.dtype) + (identity.fastMath === true ? ", fast math" : ""),
    Runs: runs.length > 1 ? `${formatCount(runs.length)}; the last one is told of here` : undefined,
    Started: started && dateText(new Date(started)),
    Work:
      last.points === undefined
        ? undefined
        : workText(number(last.points), number(last.seconds), number(last.pointsPerSecond)),
    Target: text(last.target),
    Machine: machine.length > 0 ? machine.join(", ") : undefined,
    Lanewise: text(last.version),
    Commit: commitText((last.git ?? null) as Provenance["git"]),
  });
}
