/** Where and with what a run is done: package version, machine, and the commit of the working directory. */

import { thisWriter } from "./node-files.ts";

export interface Provenance {
  readonly version: string;
  readonly host: string;
  readonly platform: string;
  readonly runtime: string;
  /** Of the repository that the working directory is in; null outside of one. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
}

const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule;

/** The package's own version, from the package.json above this file, bundled or not. */
function packageVersion(): string {
  const fs = node?.("node:fs");
  for (const above of ["../package.json", "../../package.json"]) {
    try {
      const found = JSON.parse(fs?.readFileSync(new URL(above, import.meta.url), "utf8") ?? "{}") as {
        name?: string;
        version?: string;
      };
      if (found.name === "lanewise" && found.version !== undefined) return found.version;
    } catch {
      // Not there: one folder further up.
    }
  }
  return "unknown";
}

function git(...args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = node?.("node:child_process");
    if (!child) return resolve(undefined);
    child.execFile("git", args, { timeout: 5000 }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}

let known: Promise<Provenance> | undefined;

/** Asked for once: the code that runs is the one that was there when the process began. */
export function provenance(): Promise<Provenance> {
  known ??= look();
  return known;
}

async function look(): Promise<Provenance> {
  const [commit, changes] = await Promise.all([
    git("rev-parse", "HEAD"),
    git("status", "--porcelain", "--untracked-files=no"),
  ]);
  return {
    version: packageVersion(),
    host: thisWriter().host,
    platform: `${process.platform} ${process.arch}`,
    runtime: `node ${process.version}`,
    git: commit === undefined ? null : { commit: commit.trim(), dirty: (changes ?? "") !== "" },
  };
}
