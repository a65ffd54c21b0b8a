/**
 * Memory that runs out for real: a limit that the system refuses allocations by, and one by which it kills. What cannot
 * be had is said in a sentence, and stores resume to equal bytes.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lanewise, shell } from "../support/command.ts";
import { bytesOf, committed, start, workshop } from "./kill.ts";

let folder = "";

beforeAll(() => {
  folder = workshop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prlimit = spawnSync("sh", ["-c", "command -v prlimit"]).status === 0;
if (!prlimit) console.warn("1 test skipped: no prlimit");

test.skipIf(!prlimit)(
  "arrays for which there is no room are a sentence that says how to do with less",
  async () => {
    const file = join(folder, "large.ts");
    writeFileSync(
      file,
      `import { defineExploration, GridSpace, np, Parameter } from "lanewise";
      export default defineExploration({
        model: ({ a }) => np.cumsum(np.flip(np.cumsum(np.ones([12_000_000]).mul(a))).mul(a)).max(),
        space: new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 8 }),
      });`,
    );
    const run = (store: string, ...words: string[]): string[] => {
      return ["run", file, "--devices", "1", "--chunk", "4", "--quiet", "--store", join(folder, store), ...words];
    };
    const limited = (words: readonly string[]) =>
      shell(["prlimit", "--data=800000000", process.execPath, "dist/cli.js", ...words].join(" "));
    const { code, stdout, stderr } = await limited(run("limited.zarr", "--batch", "8"));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^device 0 \(worker thread\): the model's arrays: expected room for \d+ bytes \(\d.*B\), but it cannot be had; use fewer devices \(nPmap, --devices\), fewer points at a time \(nVmap, --batch\) or smaller arrays\n$/,
    );
    expect(await limited(run("limited.zarr", "--batch", "1", "--resume"))).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await lanewise(run("whole.zarr"))).code).toBe(0);
    expect(bytesOf(folder, "limited.zarr")).toBe(bytesOf(folder, "whole.zarr"));
  },
  120_000,
);

/** A group of processes that may take so much memory together; undefined where the system lets us make none. */
function memoryGroup(bytes: number): { readonly enter: string; remove(): void } | undefined {
  const name = `lanewise-test-${process.pid}`;
  for (const [root, limit] of [
    ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
    ["/sys/fs/cgroup", "memory.max"],
  ] as const) {
    const group = join(root, name);
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    if (existsSync(join(group, limit))) {
      writeFileSync(join(group, limit), String(bytes));
      return { enter: join(group, "cgroup.procs"), remove: () => rmdirSync(group) };
    }
    rmdirSync(group);
  }
  return undefined;
}

const group = memoryGroup(400_000_000);
afterAll(() => group?.remove());
if (!group) console.warn("1 test skipped: no permission to limit memory");

test.skipIf(!group)(
  "a run that the system kills for its memory goes on to the bytes of one that was not killed",
  async () => {
    const leak = join(folder, "leak.cjs");
    writeFileSync(
      leak,
      `const { existsSync, readdirSync } = require("node:fs");
      const { isMainThread } = require("node:worker_threads");
      const statuses = ${JSON.stringify(join(folder, "killed.zarr/status"))};
      const kept = [];
      const some = () => existsSync(statuses) && readdirSync(statuses).length > 2;
      if (isMainThread) setInterval(() => some() && kept.push(Buffer.alloc(50_000_000, 1)), 5).unref();`,
    );
    const within = ["sh", "-c", `echo $$ > ${group?.enter} && exec "$@"`, "sh"];
    const leaking = [...within, "env", `NODE_OPTIONS=--require ${leak}`];
    let ended = await start(folder, "killed.zarr", [], leaking).ended;
    expect([ended.code, ended.signal]).toEqual([null, "SIGKILL"]);
    const before = committed(folder, "killed.zarr");
    expect(before.size).toBeGreaterThan(0);
    expect(before.size).toBeLessThan(64);
    ended = await start(folder, "killed.zarr", ["--resume"]).ended;
    expect([ended.code, ended.output]).toEqual([0, ""]);
    const after = committed(folder, "killed.zarr");
    for (const [name, inode] of before) expect(after.get(name), name).toBe(inode);
    expect((await start(folder, "clean.zarr").ended).code).toBe(0);
    expect(bytesOf(folder, "killed.zarr")).toBe(bytesOf(folder, "clean.zarr"));
  },
  120_000,
);
