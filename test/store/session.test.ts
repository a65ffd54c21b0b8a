/** Which stores a run may write to, what it refuses, and what it says then. */

import { describe, expect, test } from "vitest";
import { LanewiseError } from "../../src/base/errors.ts";
import { verifyStore } from "../../src/store/check.ts";
import type { Store } from "../../src/store/commit.ts";
import { DOCUMENT, documentText, parseDocument } from "../../src/store/document.ts";
import { acquireLock } from "../../src/store/lock.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { sourceOfFiles } from "../../src/store/zarr.ts";
import { Disk } from "./disk.ts";
import { randomBits } from "./kill.ts";
import { grid, points, quick, runOn } from "./runs.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const storeOn = (disk: Disk): Store => ({
  where: "disk",
  files: disk.files,
  writer: "test",
  document: parseDocument("disk", disk.contents().get(DOCUMENT) as Uint8Array),
});

async function storeWith(space = grid): Promise<Disk> {
  const disk = new Disk();
  await runOn(disk.files, [], { space: space() });
  return disk;
}

const arrays = (disk: Disk): Map<string, string> =>
  new Map([...disk.contents()].filter(([path]) => path !== DOCUMENT).map(([path, data]) => [path, data.join()]));

describe("a place that is not empty", () => {
  test("is refused without resume and overwrite", async () => {
    await expect(runOn((await storeWith()).files)).rejects.toThrow(
      /got a store; resume to go on with it .* or replace it/,
    );
  });

  test("is refused with either when it is no store", async () => {
    const disk = new Disk();
    await disk.files.create("thesis.tex", [bytes("years of work")]);
    for (const wishes of [{}, { resume: true }, { overwrite: true }]) {
      await expect(runOn(disk.files, [], wishes)).rejects.toThrow(/a directory with other files \(thesis.tex\)/);
    }
    expect([...disk.contents().keys()]).toEqual(["thesis.tex"]);
  });

  test("is replaced with overwrite, whatever it was", async () => {
    const disk = await storeWith(points);
    await runOn(disk.files, [], { overwrite: true });
    expect(arrays(disk)).toEqual(arrays(await storeWith()));
  });

  test("is gone on with when nothing is missing, without computing anything", async () => {
    const disk = await storeWith();
    const computed: number[] = [];
    await runOn(disk.files, computed, { resume: true });
    expect(computed).toEqual([]);
  });
});

describe("resume refuses another run", () => {
  test.each([
    ["a space", { space: grid(2) }, "space.parameters.a.high: 1 in the store, 2 in this run"],
    ["a space of another kind", { space: points() }, "space.points: 30 in the store, 25 in this run"],
    ["a model", { model: (state: unknown) => (state as { a: unknown }).a }, /program: "[0-9a-f]{64}" in the store/],
    [
      "fastMath",
      { fastMath: true },
      'fastMath: false in the store, true in this run\n  target: none in the store, "wasm"',
    ],
    ["a dtype", { float: "float64" as const }, 'dtype: "float32" in the store, "float64" in this run'],
  ])("with %s that differs", async (_, wishes, line) => {
    const disk = await storeWith();
    const before = arrays(disk);
    const refused = runOn(disk.files, [], { ...wishes, resume: true });
    await expect(refused).rejects.toThrow("expected the run that the store was made by, got another one");
    await expect(refused).rejects.toThrow(line);
    expect(arrays(disk)).toEqual(before);
  });
});

test("a key that differs is a difference", async () => {
  const { random, UniformSpace, Parameter } = await import("lanewise");
  const space = (seed: number) =>
    new UniformSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { N: 25, key: random.key(seed) });
  const disk = new Disk();
  await runOn(disk.files, [], { space: space(1) });
  await expect(runOn(disk.files, [], { space: space(2), resume: true })).rejects.toThrow(
    /\n {2}key\.a\.0: \d+ in the store/,
  );
});

describe("a file of a store that was changed by hand", () => {
  test("is named by verify and by readers, and made again on resume, whichever byte it is", async () => {
    const wanted = arrays(await storeWith(points));
    const random = randomBits(3);
    for (const path of wanted.keys()) {
      const size = (wanted.get(path) as string).split(",").length;
      for (const change of ["flip", "cut", "empty"] as const) {
        const disk = await storeWith(points);
        const at = Math.floor(random() * size);
        disk.damage(path, (data) => {
          if (change === "empty") return new Uint8Array();
          if (change === "cut") return data.subarray(0, at);
          data[at] = (data[at] as number) ^ (1 << Math.floor(random() * 8));
          return data;
        });
        const { damaged } = await verifyStore(storeOn(disk));
        expect(
          damaged.map((damage) => damage.path),
          `${path} ${change} ${at}`,
        ).toEqual([path]);
        const computed: number[] = [];
        const { repaired } = await runOn(disk.files, computed, { space: points(), resume: true });
        expect(repaired.map((damage) => damage.path)).toEqual([path]);
        expect(computed).toHaveLength(path.endsWith("zarr.json") ? 0 : 1);
        expect(arrays(disk)).toEqual(wanted);
      }
    }
  });

  test("is never read as if it were whole", async () => {
    const disk = await storeWith();
    const { layout } = storeOn(disk).document;
    const read = async () => {
      const reader = await StoreReader.open(sourceOfFiles("disk", disk.files));
      return reader.values(layout.results[0] as (typeof layout.results)[number], { length: 30, index: (i) => i });
    };
    const whole = await read();
    expect([...whole]).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const change of [
      (data: Uint8Array) => data.subarray(0, 20),
      () => new Uint8Array(),
      (data: Uint8Array) => data.fill(1, 3, 4),
    ]) {
      const copy = await storeWith();
      copy.damage("double/c.1.0", change);
      disk.damage("double/c.1.0", () => copy.contents().get("double/c.1.0") as Uint8Array);
      await expect(read()).rejects.toThrow(/store disk: expected chunk double 1 0 to be whole, got/);
    }
  });

  test("is recomputed when it is missing", async () => {
    const disk = await storeWith();
    const wanted = arrays(disk);
    await disk.files.remove("half/c.2.0");
    const computed: number[] = [];
    await runOn(disk.files, computed, { resume: true });
    expect(computed).toEqual([2]);
    expect(arrays(disk)).toEqual(wanted);
  });

  test("is refused when it is the document itself", async () => {
    const disk = await storeWith();
    const text = disk.contents().get(DOCUMENT) as Uint8Array;
    const random = randomBits(5);
    for (let round = 0; round < 40; round++) {
      disk.damage(DOCUMENT, () => {
        const data = text.slice();
        const at = Math.floor(random() * data.length);
        if (round % 2 === 0) return data.subarray(0, at);
        data[at] = (data[at] as number) ^ (1 << Math.floor(random() * 7));
        return data;
      });
      if (blank(disk.contents().get(DOCUMENT) as Uint8Array, text)) continue;
      await expect(runOn(disk.files, [], { resume: true }), `round ${round}`).rejects.toThrow(LanewiseError);
    }
  });
});

/** Whether only white space was changed, which no reader of JSON sees. */
function blank(changed: Uint8Array, before: Uint8Array): boolean {
  const text = (data: Uint8Array) => {
    try {
      return JSON.stringify(JSON.parse(new TextDecoder().decode(data)));
    } catch {
      return undefined;
    }
  };
  return text(changed) === text(before);
}

test("a document is read as it was written", async () => {
  const { document } = storeOn(await storeWith());
  expect(parseDocument("disk", bytes(documentText(document)))).toEqual(document);
});

test("a chunk that another run computed differently is an alarm, and the first one stays", async () => {
  const disk = await storeWith();
  const wanted = arrays(disk);
  await disk.files.remove("status/c.1.0");
  await expect(runOn(disk.files, [], { resume: true, offset: 1 })).rejects.toThrow(
    /expected chunk 1 of (double|half) to be the same whoever computes it, got other bytes/,
  );
  wanted.delete("status/c.1.0");
  expect(arrays(disk)).toEqual(wanted);
});

test("a signal stops a run when its chunk is committed", async () => {
  const disk = new Disk();
  const stopping = new AbortController();
  const computed: number[] = [];
  const before = (index: number) => void (index === 1 && stopping.abort(new Error("enough")));
  await expect(runOn(disk.files, computed, { before, signal: stopping.signal })).rejects.toThrow("enough");
  expect(computed).toEqual([0, 1]);
  const rest: number[] = [];
  await runOn(disk.files, rest, { resume: true });
  expect(rest).toEqual([2]);
  expect(arrays(disk)).toEqual(arrays(await storeWith()));
});

test("a run that goes on computes nothing that was committed while the other lived", async () => {
  const disk = new Disk();
  let first = true;
  const killed = runOn(disk.files, [], {
    before: (index) => {
      if (index === 2 && first) throw new Error("killed");
    },
  });
  await expect(killed).rejects.toThrow("killed");
  first = false;
  const computed: number[] = [];
  await runOn(disk.files, computed, { resume: true });
  expect(computed).toEqual([2]);
});

describe("the lock", () => {
  const beating = { beat: 5, lease: 400 };

  test("is refused while its holder beats, with who it is, whatever the clocks say", async () => {
    const disk = new Disk();
    await disk.files.makeDirectory(".lanewise");
    const lock = await acquireLock("disk", disk.files, beating);
    const now = Date.now;
    try {
      for (const jump of [0, 10 * 864e5, -10 * 864e5]) {
        Date.now = () => now() + jump;
        await expect(acquireLock("disk", disk.files, beating)).rejects.toThrow(
          new RegExp(`in use by process ${process.pid} on .* since \\d{4}-`),
        );
      }
    } finally {
      Date.now = now;
    }
    lock.check();
    await lock.release();
    await (await acquireLock("disk", disk.files, beating)).release();
  });

  test("of a process that is gone is taken over at once", async () => {
    const disk = new Disk();
    await disk.files.makeDirectory(".lanewise");
    await (await acquireLock("disk", disk.files, beating)).release();
    const { thisWriter } = await import("../../src/store/node-files.ts");
    const holder = { ...thisWriter(), pid: 2 ** 22 - 1, beat: 0, since: "then" };
    await disk.files.create(".lanewise/lock-7.json", [bytes(JSON.stringify(holder))]);
    const began = performance.now();
    const lock = await acquireLock("disk", disk.files, { beat: 5, lease: 60_000 });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await disk.files.list(".lanewise")).toEqual(["lock-8.json"]);
    await lock.release();
  });

  test("of a process that stands still is taken over, and it is told when it wakes", async () => {
    const disk = new Disk();
    const wanted = arrays(await storeWith());
    let waking: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => {
      waking = resolve;
    });
    let sleeping: () => void = () => undefined;
    const fellAsleep = new Promise<void>((resolve) => {
      sleeping = resolve;
    });
    const zombie = runOn(disk.files, [], {
      before: async (index) => {
        if (index !== 1) return;
        sleeping();
        await asleep;
      },
    });
    await fellAsleep;
    // Its beats are far apart: it looks dead, but it is not.
    const computed: number[] = [];
    await runOn(disk.files, computed, { resume: true });
    waking();
    await zombie.catch((error: unknown) => expect(error).toBeInstanceOf(LanewiseError));
    expect(computed).toEqual([1, 2]);
    expect(arrays(disk)).toEqual(wanted);
  });

  test("goes to one of those who want it at the same time", async () => {
    const disk = new Disk();
    await disk.files.makeDirectory(".lanewise");
    const asked = Array.from({ length: 8 }, () => acquireLock("disk", disk.files, beating));
    const outcomes = await Promise.allSettled(asked);
    const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    await won[0]?.release();
  });

  test("that was lost is noticed by the next beat", async () => {
    const disk = new Disk();
    await disk.files.makeDirectory(".lanewise");
    const lock = await acquireLock("disk", disk.files, { beat: 20, lease: 60 });
    await disk.files.create(".lanewise/lock-9.json", [bytes("{}")]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(() => lock.check()).toThrow(/expected to be the only run, got another that took over/);
    await lock.release();
    expect(await disk.files.list(".lanewise")).toContain("lock-9.json");
  });
});

test("temporary files of writers that are gone are swept, those of others stay", async () => {
  const disk = await storeWith();
  const { thisWriter, writerName } = await import("../../src/store/node-files.ts");
  const self = thisWriter();
  const gone = `.lanewise/tmp-${writerName({ ...self, pid: 2 ** 22 - 1 })}-0`;
  const elsewhere = `.lanewise/tmp-${writerName({ ...self, host: "elsewhere" })}-0`;
  for (const path of [gone, elsewhere]) await disk.files.create(path, [bytes("half a chunk")]);
  await runOn(disk.files, [], { resume: true, lock: quick });
  expect(await disk.files.list(".lanewise")).toEqual([elsewhere.slice(".lanewise/".length)]);
});
