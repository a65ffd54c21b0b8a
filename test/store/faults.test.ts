/** The n-th operation of the disk fails, for every n, or the power does: what is left resumes to the same bytes. */

import { describe, expect, test } from "vitest";
import { LanewiseError } from "../../src/base/errors.ts";
import { committedChunks, verifyStore } from "../../src/store/check.ts";
import type { Store } from "../../src/store/commit.ts";
import { crc32c } from "../../src/store/crc32c.ts";
import { DOCUMENT, parseDocument } from "../../src/store/document.ts";
import { Disk, type Fault } from "./disk.ts";
import { grid, points, runOn } from "./runs.ts";

/** Checksums of all files but the one that tells of runs. */
const arrays = (disk: Disk): string =>
  [...disk.contents()]
    .filter(([path]) => path !== DOCUMENT)
    .map(([path, bytes]) => `${path} ${bytes.length} ${crc32c(bytes)}`)
    .sort()
    .join("\n");

async function storeOn(disk: Disk): Promise<Store | undefined> {
  const bytes = disk.contents().get(DOCUMENT);
  if (!bytes) return undefined;
  return { where: "disk", files: disk.files, writer: "test", document: parseDocument("disk", bytes) };
}

/** Chunks that a run committed, by their status. */
async function committedOn(disk: Disk): Promise<number[]> {
  const store = await storeOn(disk);
  if (!store) return [];
  return [...(await committedChunks(store))].flatMap((flag, index) => (flag === 1 ? [index] : []));
}

async function sweep(space: () => ReturnType<typeof grid>, fault: Omit<Fault, "at">, lies = false): Promise<number> {
  const clean = new Disk();
  await runOn(clean.files, [], { space: space() });
  const wanted = arrays(clean);
  for (let at = 1; ; at++) {
    const disk = new Disk();
    disk.fault = { ...fault, at };
    disk.lies = lies;
    const failed = await runOn(disk.files, [], { space: space() }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const reached = disk.operations >= at;
    if (fault.kind === "power") disk.restart(at);
    disk.fault = undefined;
    if (failed) expect(failed, `operation ${at}`).toBeInstanceOf(LanewiseError);
    const there = await committedOn(disk);
    const store = await storeOn(disk);
    if (store) {
      const { damaged } = await verifyStore(store);
      expect(damaged, `operation ${at}`).toEqual([]);
    }
    const computed: number[] = [];
    await runOn(disk.files, computed, { space: space(), resume: true });
    expect(arrays(disk), `operation ${at}`).toBe(wanted);
    expect(
      computed.filter((index) => there.includes(index)),
      `operation ${at}`,
    ).toEqual([]);
    if (!reached) return at;
  }
}

describe.each([
  ["a product", grid],
  ["other points", points],
])("a run over %s", (_, space) => {
  test.each<Omit<Fault, "at">>([{ kind: "EIO" }, { kind: "ENOSPC", forever: true }, { kind: "power" }])(
    "survives $kind at every operation, and computes nothing twice",
    async (fault) => {
      expect(await sweep(space, fault)).toBeGreaterThan(100);
    },
  );
});

test("a disk that says it synced names and did not is found out: the sweep can fail", async () => {
  await expect(sweep(grid, { kind: "power" }, true)).rejects.toThrow(/operation \d+/);
});

test("a status gets its name when its chunk's data is certain, however the files are written", async () => {
  const disk = new Disk();
  const log: string[] = [];
  const files = {
    ...disk.files,
    link: async (from: string, to: string) => {
      await disk.files.link(from, to);
      log.push(`link ${to}`);
    },
    syncDirectory: async (path: string) => {
      await disk.files.syncDirectory(path);
      log.push(`sync ${path}`);
    },
  };
  await runOn(files, [], { space: points() });
  for (const chunk of [0, 1, 2]) {
    const certain = log.indexOf(`link status/c.${chunk}`);
    expect(certain).toBeGreaterThan(0);
    for (const array of ["a", "double", "half"]) {
      const named = log.indexOf(`link ${array}/c.${chunk}`);
      const synced = log.indexOf(`sync ${array}`, named);
      expect([named >= 0, named < synced, synced < certain], `${array} of chunk ${chunk}`).toEqual([true, true, true]);
    }
    expect(log.indexOf("sync status", certain)).toBeGreaterThan(certain);
  }
});
