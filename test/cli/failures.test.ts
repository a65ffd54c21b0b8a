/** What the command line says and how it ends when points fail, signals come or the process dies. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatCount } from "../../src/cli/format.ts";
import { whyNotNative } from "../../src/device/native.ts";
import { cli, lanewise, node, root } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "failures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, model: string, n: number): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { defineExploration, GridSpace, lax, np, Parameter } from "lanewise";
    export default defineExploration({
      model: ({ a }) => (${model}),
      space: new GridSpace({ a: new Parameter("a", 0, { low: -1, high: 1, free: true }) }, { n: ${n} }),
      title: "here we go",
    });`,
  );
  return path;
};

let some = "";
let all = "";
let slow = "";
let endless = "";
let counted = "";

beforeAll(() => {
  some = file(
    "some.ts",
    "{ root: a.sqrt(), count: lax.whileLoop((k) => k.less(a.mul(9)), (k) => k.add(1), np.asarray(0), { maxSteps: 8 }) }",
    9,
  );
  all = file("all.ts", "a.sub(2).log()", 1000);
  // Some milliseconds a batch, some seconds in all, on machines faster than ours too.
  slow = file("slow.ts", "lax.foriLoop(0, 300_000, (_, x) => x.mul(0.5).add(a), a)", 100_000);
  const turns = 2_000_000_000;
  const inner = `lax.foriLoop(0, ${turns}, (_, y) => y.mul(0.5).add(a), x)`;
  counted = file("counted.ts", `lax.foriLoop(0, ${turns}, (_, x) => ${inner}, a)`, 1000);
  endless = file("endless.ts", "lax.whileLoop((x) => x.less(9), (x) => x.mul(0), a)", 1000);
});

describe("points that fail", () => {
  test("stand in a table, and the exit code is 3", async () => {
    const { code, stdout } = await lanewise(["run", some]);
    expect(code).toBe(3);
    expect(stdout).toContain(
      [
        "5 of 9 points failed (4 not finite, 1 step limit):",
        "point      a      status",
        "─────  ─────  ──────────",
        "0         -1  not finite",
        "1      -0.75  not finite",
        "2       -0.5  not finite",
        "3      -0.25  not finite",
        "8          1  step limit",
        "",
      ].join("\n"),
    );
  });

  test("are counted in JSON, and quiet runs tell them by the code alone", async () => {
    const { code, stdout } = await lanewise(["run", some, "--json"]);
    expect(code).toBe(3);
    const { failed, report } = JSON.parse(stdout);
    expect(failed).toMatchObject({ count: 5, statuses: { "not finite": 4, "step limit": 1 } });
    expect(failed.first[0]).toEqual({ index: 0, parameters: { a: -1 }, status: "not finite" });
    expect(report.statuses).toEqual({ pending: 0, ok: 4, notFinite: 4, stepLimit: 1, failed: 0 });
    expect(await lanewise(["run", some, "--quiet"])).toEqual({ code: 3, stdout: "", stderr: "" });
  });

  test("end the run at the first with --on-error stop", async () => {
    const { code, stderr } = await lanewise(["run", some, "--on-error", "stop"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'here we go\nParallelExecution.run: expected every point to go well, got "not finite" at point 0 (a = -1); look at the model there, or run with onError: "record"\n',
    );
  });

  test("end the run when the first hundred are all alike, unless told otherwise", async () => {
    const { code, stderr } = await lanewise(["run", all]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'expected some of the first 100 points to go well, got all of them alike, such as "not finite" at point 0 (a = -1)',
    );
    expect((await lanewise(["run", all, "--no-fail-fast"])).code).toBe(3);
  });

  test("because a device hung are named with the reason", async () => {
    const few = file("few.ts", "lax.whileLoop((x) => x.less(1), (x) => x.add(np.where(a.equal(0), 0, 1)), a)", 5);
    const { code, stdout } = await lanewise(["run", few, "--timeout", "0.2", "--batch", "1"]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/\n2 +0 +failed +it was silent for 0\.2 s\n/);
  });

  test.each([
    [["--on-error", "ignore"], '--on-error: expected record or stop, got "ignore"; choose one of the two\n'],
    [["--timeout", "soon"], '--timeout: expected a number of seconds, got "soon"; write --timeout 60\n'],
  ])("are not spoken of as %j", async (words, stderr) => {
    expect(await lanewise(["run", some, ...words])).toEqual({ code: 2, stdout: "", stderr });
  });
});

test("--help says what the exit codes mean", async () => {
  const { stdout } = await lanewise(["run", "--help"]);
  expect(stdout).toMatch(/Exit codes:\n {2}0 {4}all went well\n[\s\S]*\n {2}143 {2}stopped by SIGTERM/);
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the command line until `act` has done what it does to the process. */
async function ended(
  words: readonly string[],
  act: (child: ChildProcess, told: () => string) => Promise<void>,
): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...words], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const end = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  await act(child, () => stderr);
  return end;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(is: () => boolean): Promise<void> {
  const began = performance.now();
  while (!is()) {
    if (performance.now() - began > 15_000) throw new Error("expected it to happen within 15 s");
    await pause(10);
  }
}

const isChunk = /^c\.\d+$/;

/** Chunks whose statuses are committed. */
const committed = (store: string): number => {
  const place = join(store, "status");
  return existsSync(place) ? readdirSync(place).filter((name) => isChunk.test(name)).length : 0;
};

/** Bytes of all arrays of a store, by file. */
const bytesOf = (store: string): { [file: string]: string } =>
  Object.fromEntries(
    readdirSync(store, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isChunk.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(store.length), readFileSync(path).toString("base64")]),
  );

describe("signals", () => {
  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s stops a run, says how much was done, and exits with %i", async (signal, code) => {
    const { stderr, ...end } = await ended(["run", slow], async (child, told) => {
      await until(() => told().includes("here we go"));
      await pause(200);
      child.kill(signal);
    });
    expect(end).toEqual({ code, signal: null });
    expect(stderr).toMatch(/^here we go\nstopped: [\d,]+ of 100,000 points done in [\d.:]+/);
  });

  test.each([
    ["without end", () => endless],
    ["of more turns than anyone waits for", () => counted],
  ])("a loop %s is no hindrance", async (_, path) => {
    const { code } = await ended(["run", path()], async (child, told) => {
      await until(() => told().includes("here we go"));
      await pause(200);
      child.kill("SIGINT");
    });
    expect(code).toBe(130);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s commits what is being computed, and the run can go on",
    async (signal) => {
      const store = join(folder, `${signal}.zarr`);
      const words = ["run", slow, "--store", store, "--chunk", "5000"];
      const { stderr, ...end } = await ended(words, async (child) => {
        await until(() => committed(store) > 0);
        child.kill(signal);
      });
      expect(end).toEqual({ code: signal === "SIGINT" ? 130 : 143, signal: null });
      expect(stderr).toContain("stopping: what is being computed is committed first; once more to stop at once\n");
      expect(stderr).toContain(`\nto go on: lanewise ${words.join(" ")} --resume\n`);
      const before = committed(store);
      expect(before).toBeLessThan(20);
      expect(stderr).toContain(`\nstopped: ${formatCount(before * 5000)} of 100,000 points done in `);
      const missing = (20 - before) * 5000;
      const { code, stdout } = await lanewise([...words, "--resume"]);
      expect(code).toBe(0);
      expect(stdout).toContain(`${formatCount(missing)} points of 100,000, the others were there, in `);
      expect(committed(store)).toBe(20);
      const nothing = await lanewise([...words, "--resume"]);
      expect(nothing.stdout).toContain("\n100,000 points, all of which were there\n");
      const clean = join(folder, `${signal}-clean.zarr`);
      expect((await lanewise(["run", slow, "--store", clean, "--chunk", "5000", "--quiet"])).code).toBe(0);
      expect(bytesOf(store)).toEqual(bytesOf(clean));
    },
    60_000,
  );

  test("a resumed run names the files that it had to write again", async () => {
    const store = join(folder, "damaged.zarr");
    const words = ["run", all, "--store", store, "--chunk", "100", "--no-fail-fast"];
    await lanewise(words);
    const paths = Array.from({ length: 7 }, (_, chunk) => `status/c.${chunk}`);
    for (const path of paths) writeFileSync(join(store, path), "short");
    const { stdout } = await lanewise([...words, "--resume"]);
    const lines = paths.slice(0, 5).map((path) => `  ${path}: 5 bytes instead of 104`);
    expect(stdout).toContain(
      `\n${["damaged files of an earlier run, written again:", ...lines, "  and 2 more"].join("\n")}\n`,
    );
    expect(stdout).toContain("\n700 points of 1,000, the others were there, in ");
  });

  test("the second one ends the process at once", async () => {
    const store = join(folder, "twice.zarr");
    const { code, signal } = await ended(["run", endless, "--store", store], async (child) => {
      await until(() => existsSync(store));
      await pause(500);
      child.kill("SIGINT");
      await pause(300);
      child.kill("SIGINT");
    });
    expect({ code, signal }).toEqual({ code: null, signal: "SIGINT" });
  });
});

test.skipIf(whyNotNative() !== undefined)(
  "a fault in native code takes the process with it, and the run goes on from its store",
  async () => {
    const library = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);
    const koffi = JSON.stringify(new URL("../../node_modules/koffi/index.js", import.meta.url).href);
    const store = join(folder, "fault.zarr");
    const script = (breaks: boolean, resume: boolean, place: string): string => {
      const path = join(folder, `fault-${breaks}.mjs`);
      writeFileSync(
        path,
        `import koffi from ${koffi};
      import { existsSync, readdirSync } from "node:fs";
      import { GridSpace, lax, Parameter, ParallelExecution } from ${library};
      const space = new GridSpace({ a: new Parameter("a", 0, { low: -1, high: 1, free: true }) }, { n: 50_000 });
      const executor = new ParallelExecution(({ a }) => lax.foriLoop(0, 50_000, (_, x) => x.mul(0.5).add(a), a), space);
      const statuses = ${JSON.stringify(join(place, "status"))};
      if (${breaks}) setInterval(() => {
        // A read of memory that is nobody's.
        if (existsSync(statuses) && readdirSync(statuses).length > 2) koffi.decode(8n, "int");
      }, 5);
      await executor.run({ store: ${JSON.stringify(place)}, resume: ${resume}, chunk: 2500 });
      executor.dispose();`,
      );
      return path;
    };
    const broken = await new Promise<NodeJS.Signals | null>((resolve) => {
      spawn(process.execPath, [script(true, false, store)], { stdio: "ignore" }).on("close", (_, signal) =>
        resolve(signal),
      );
    });
    expect(broken).toBe("SIGSEGV");
    expect(committed(store)).toBeLessThan(20);
    expect(await node([script(false, true, store)])).toEqual({ code: 0, stdout: "", stderr: "" });
    const clean = join(folder, "fault-clean.zarr");
    expect(await node([script(false, false, clean)])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(bytesOf(store)).toEqual(bytesOf(clean));
  },
  60_000,
);
