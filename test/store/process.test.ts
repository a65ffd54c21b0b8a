/**
 * Faults caused for real, in processes of the built command: kills, system calls that fail or kill, a full disk, a
 * read-only one, a limit on files, two runs at once, a process that stands still. What is left resumes to equal bytes.
 */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isDead, thisWriter } from "../../src/store/node-files.ts";
import { bytesOf, committed, grown, killRounds, start, workshop } from "./kill.ts";

let folder = "";
let wanted = "";

beforeAll(async () => {
  folder = workshop();
  const { code, output } = await start(folder, "clean.zarr").ended;
  expect(output).toBe("");
  expect(code).toBe(0);
  wanted = bytesOf(folder, "clean.zarr");
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Goes on with a store until it is whole; its bytes must be those of a run without faults. */
async function resumes(store: string): Promise<void> {
  const { code, output } = await start(folder, store, ["--resume"]).ended;
  expect([code, output]).toEqual([0, ""]);
  expect(bytesOf(folder, store)).toBe(wanted);
}

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

function canMount(): boolean {
  const there = join("/tmp", `lanewise-mount-${process.pid}`);
  mkdirSync(there, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", there]).status === 0;
  if (mounted) spawnSync("umount", [there]);
  rmSync(there, { recursive: true, force: true });
  return mounted;
}

const strace = has("strace");
const faketime = has("faketime");
const prlimit = has("prlimit");
const mount = canMount();
if (!strace) console.warn("8 tests skipped: no strace");
if (!faketime) console.warn("1 test skipped: no faketime");
if (!prlimit) console.warn("2 tests skipped: no prlimit");
if (!mount) console.warn("2 tests skipped: no permission to mount");

test("runs that are killed at random moments resume to the bytes of one that was not, and commit nothing twice", async () => {
  expect(await killRounds(5, 11)).toEqual([]);
}, 120_000);

const inject = (call: string, what: string, when: string): string[] => {
  const calls = call === "link" ? "link,linkat" : call;
  return [
    "strace",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    `trace=${calls}`,
    "-e",
    `inject=${calls}:${what}:when=${when}`,
  ];
};

test.skipIf(!strace).each([
  ["fsync", 1],
  ["fsync", 3],
  ["fsync", 20],
  ["link", 2],
  ["link", 13],
] as const)(
  "a process that is killed at %s number %i leaves a store that resumes",
  async (call, at) => {
    const store = `${call}-${at}.zarr`;
    const { code, signal } = await start(folder, store, [], inject(call, "signal=SIGKILL", `${at}`)).ended;
    expect([code, signal]).not.toEqual([0, null]);
    await resumes(store);
  },
  60_000,
);

test.skipIf(!strace).each([
  ["fsync", "EIO", /a failing disk \(EIO\); look after the disk, then resume/],
  ["fsync", "ENOSPC", /a full disk \(ENOSPC\); make room, then resume/],
  ["link", "EIO", /a failing disk \(EIO\)/],
] as const)(
  "%s that gives %s is said, and the store resumes",
  async (call, error, message) => {
    const store = `${call}-${error}.zarr`;
    const { code, output } = await start(folder, store, [], inject(call, `error=${error}`, "5+")).ended;
    expect(code).toBe(1);
    expect(output).toMatch(message);
    await resumes(store);
  },
  60_000,
);

test.skipIf(!mount)(
  "a disk that is full is said, and the store resumes when there is room",
  async () => {
    const disk = join(folder, "full");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=240k", "none", disk]);
    try {
      const { code, output } = await start(folder, "full/x.zarr").ended;
      expect(code).toBe(1);
      expect(output).toMatch(/store .*x.zarr: expected a directory that can be written, got a full disk \(ENOSPC\)/);
      expect(committed(folder, "full/x.zarr").size).toBeGreaterThan(0);
      execFileSync("mount", ["-o", "remount,size=16m", disk]);
      await resumes("full/x.zarr");
    } finally {
      execFileSync("umount", [disk]);
    }
  },
  60_000,
);

test.skipIf(!prlimit).each(["from the start", "in the middle"])(
  "a limit on the size of files %s is said, and the store resumes",
  async (when) => {
    const store = `limited-${when.replaceAll(" ", "-")}.zarr`;
    const { child, ended } = start(folder, store, [], when === "in the middle" ? [] : ["prlimit", "--fsize=100"]);
    if (when === "in the middle") {
      await grown(folder, store, 0, ended);
      execFileSync("prlimit", ["--fsize=100", "--pid", String(child.pid)]);
    }
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toMatch(/got a limit on the size of files \(EFBIG\); raise it \(ulimit -f\), then resume\n$/);
    await resumes(store);
  },
  60_000,
);

test.skipIf(!mount)(
  "a place that cannot be written is said, and so is a store that became read-only",
  async () => {
    const disk = join(folder, "read-only");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "none", disk]);
    try {
      const { child, ended } = start(folder, "read-only/x.zarr");
      await grown(folder, "read-only/x.zarr", 0, ended);
      child.kill("SIGKILL");
      await ended;
      execFileSync("mount", ["-o", "remount,ro", disk]);
      for (const store of ["read-only/x.zarr", "read-only/y.zarr"]) {
        const { code, output } = await start(folder, store, ["--resume"]).ended;
        expect(code).toBe(1);
        expect(output).toMatch(/got a read-only file system \(EROFS\); choose another place, or mount it for writing/);
      }
      execFileSync("mount", ["-o", "remount,rw", disk]);
      await resumes("read-only/x.zarr");
    } finally {
      execFileSync("umount", [disk]);
    }
  },
  60_000,
);

test.skipIf(process.platform !== "linux")("a place where no directory can be made is said", async () => {
  for (const store of ["/proc/x.zarr", "/proc/self/a/b/x.zarr"]) {
    const { code, output } = await start(folder, relative(folder, store)).ended;
    expect([code, output]).toEqual([1, expect.stringMatching(/got a place where none can be made \(ENOENT\); choose/)]);
  }
});

test("a file where the store should be is said", async () => {
  writeFileSync(join(folder, "file.zarr"), "");
  const { code, output } = await start(folder, "file.zarr").ended;
  expect([code, output]).toEqual([1, expect.stringMatching(/got a file \(ENOTDIR\); give the path of a directory/)]);
});

test("a second run on a store is refused while the first one lives, and the first one ends well", async () => {
  const first = start(folder, "two.zarr");
  await grown(folder, "two.zarr", 0, first.ended);
  const second = await start(folder, "two.zarr", ["--resume"]).ended;
  const { code } = await first.ended;
  expect(code).toBe(0);
  expect(bytesOf(folder, "two.zarr")).toBe(wanted);
  // A slow machine may start the second one after the first has ended.
  if (second.code !== 0) {
    expect(second.output).toMatch(new RegExp(`in use by process ${first.child.pid} on .* since `));
  }
}, 60_000);

test("a store that was killed is whole as far as it goes, and verify says what is missing", async () => {
  const { child, ended } = start(folder, "half.zarr");
  await grown(folder, "half.zarr", 0, ended);
  child.kill("SIGKILL");
  await ended;
  const cli = join(import.meta.dirname, "../../dist/cli.js");
  const { status, stdout } = spawnSync(process.execPath, [cli, "verify", join(folder, "half.zarr")], {
    encoding: "utf8",
  });
  const [, whole = "", missing = ""] = stdout.match(/in 64 chunks: (\d+) whole, 0 damaged, (\d+) not computed/) ?? [];
  expect(status).toBe(0);
  expect(Number(whole)).toBeGreaterThan(0);
  expect(Number(whole) + Number(missing)).toBe(64);
  expect(existsSync(join(folder, "half.zarr/lanewise.json"))).toBe(true);
  await resumes("half.zarr");
}, 60_000);

/** Runs a program by a clock that a file shifts, while the time that passes is the true one. */
function shifted(file: string): string[] {
  const preload = execFileSync("faketime", ["-f", "+0", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" }).trim();
  const settings = { LD_PRELOAD: preload, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: 1, DONT_FAKE_MONOTONIC: 1 };
  return ["env", ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
}

test.skipIf(!faketime)(
  "a clock that jumps, while a run goes on and from one run to the next, changes nothing",
  async () => {
    const file = join(folder, "shift");
    writeFileSync(file, "+0");
    const { child, ended } = start(folder, "clock.zarr", [], shifted(file));
    await grown(folder, "clock.zarr", 0, ended);
    writeFileSync(file, "-400d");
    await grown(folder, "clock.zarr", committed(folder, "clock.zarr").size + 1, ended);
    writeFileSync(file, "+10d");
    await grown(folder, "clock.zarr", committed(folder, "clock.zarr").size + 1, ended);
    child.kill("SIGKILL");
    const { code } = await ended;
    expect(code === null || code === 0).toBe(true);
    writeFileSync(file, "-10d");
    const resumed = await start(folder, "clock.zarr", ["--resume"], shifted(file)).ended;
    expect([resumed.code, resumed.output]).toEqual([0, ""]);
    expect(bytesOf(folder, "clock.zarr")).toBe(wanted);
  },
  60_000,
);

test.skipIf(process.platform !== "linux")(
  "a process that was killed is dead before its parent has noticed",
  async () => {
    // The shell becomes a program that waits for no child.
    const parent = spawn("sh", ["-c", "sleep 100 & echo $!; exec sleep 100"], { stdio: ["ignore", "pipe", "ignore"] });
    const [pid] = (await once(parent.stdout, "data")).map(Number) as [number];
    const child = { ...thisWriter(), pid, start: 0 };
    expect(isDead(child)).toBe(false);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isDead(child)).toBe(true);
    parent.kill("SIGKILL");
  },
);
