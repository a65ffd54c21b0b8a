/**
 * What a store costs. In: dist/, as `node scripts/build.mjs` makes it; a folder on a real disk (default: the temporary
 * one). Out: a line a figure with its goal; exit code 1 when one is missed.
 *
 *   node bench/store.mjs [part …]     parts: overhead commit resume open stream; default: all
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const library = new URL("../dist/index.js", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "lanewise-bench-store-"));
const at = (name) => join(folder, name);
let missed = 0;

function say(name, value, unit, most) {
  const good = most === undefined || value <= most;
  if (!good) missed++;
  const goal = most === undefined ? "" : ` (goal: at most ${most} ${unit}${good ? "" : ", MISSED"})`;
  console.log(`${name}: ${Number(value.toPrecision(3))} ${unit}${goal}`);
}

/** Runs a module's text in a process of its own; gives what it logs as JSON. */
function inProcess(text, ...args) {
  const file = at(`part-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(
    file,
    `import * as lanewise from ${JSON.stringify(library)};\nconst args = process.argv.slice(2);\n${text}`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", file, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const spaceText = `
const { GridSpace, UniformSpace, Parameter, ParallelExecution, openResults, lax } = lanewise;
const free = (name) => new Parameter(name, 0.5, { low: 0, high: 1, free: true });
`;

/** 10^6 points that each keep one of two devices busy for 100 µs: the store's share of the time, turn and turn about. */
function overhead() {
  const { memory, store, each } = inProcess(
    `${spaceText}
    const [, rounds, points] = args.map(Number);
    const space = new GridSpace({ a: free("a"), b: free("b") }, { n: { a: 1000, b: points / 1000 } });
    const executionOf = (turns) => new ParallelExecution(({ a, b }) => lax.foriLoop(0, turns, (_, x) => x.mul(a).add(b), a), space, { nPmap: 2 });
    const time = async (run) => { const began = performance.now(); await run(); return (performance.now() - began) / 1000; };
    // Microseconds of a device for a point, the start of threads and compilation done before.
    const costOf = async (turns) => {
      const few = new ParallelExecution(({ a, b }) => lax.foriLoop(0, turns, (_, x) => x.mul(a).add(b), a), space.slice(0, 20_000), { nPmap: 2 });
      await few.run();
      return Math.min(await time(() => few.run()), await time(() => few.run())) * 2 * 1e6 / 20_000;
    };
    const probe = 20_000;
    const turns = Math.round(probe * 100 / (await costOf(probe)));
    const execution = executionOf(turns);
    const times = { memory: [], store: [] };
    for (let round = 0; round < rounds; round++) {
      times.memory.push(await time(() => execution.run()));
      times.store.push(await time(() => execution.run({ store: args[0], overwrite: round > 0 })));
    }
    const [memory, store] = [Math.min(...times.memory), Math.min(...times.store)];
    console.log(JSON.stringify({ memory, store, each: memory * 2 * 1e6 / points }));
    execution.dispose();`,
    at("overhead.zarr"),
    process.env.ROUNDS ?? "2",
    process.env.POINTS ?? "1000000",
  );
  console.log(
    `${memory.toFixed(1)} s in memory, ${store.toFixed(1)} s into a store; ${each.toFixed(0)} µs of a device a point`,
  );
  say("overhead of the store", (store / memory - 1) * 100, "%", 15);
}

/** Commits of small chunks: what there is beside the bytes. */
function commit() {
  const { chunks, seconds, memory } = inProcess(
    `${spaceText}
    const execution = new ParallelExecution(({ a, b }) => ({ x: a.mul(b), y: a.add(b) }), new GridSpace({ a: free("a"), b: free("b") }, { n: { a: 500, b: 100 } }));
    await execution.run();
    let began = performance.now();
    await execution.run();
    const memory = (performance.now() - began) / 1000;
    await execution.run({ store: args[0] + ".warm", chunk: 5000 });
    began = performance.now();
    await execution.run({ store: args[0], chunk: 100 });
    console.log(JSON.stringify({ chunks: 500, seconds: (performance.now() - began) / 1000, memory }));
    execution.dispose();`,
    at("commit.zarr"),
  );
  say("commit of a chunk of two results", ((seconds - memory) / chunks) * 1000, "ms", 5);
}

/** A store with 10^4 chunks, of which the last is missing. */
function resume() {
  const { seconds } = inProcess(
    `${spaceText}
    const { unlinkSync } = await import("node:fs");
    const space = new GridSpace({ a: free("a"), b: free("b") }, { n: { a: 10000, b: 1000 } });
    const execution = new ParallelExecution(({ a, b }) => ({ x: a.mul(b), y: a.add(b) }), space);
    await execution.run({ store: args[0], chunk: 1000 });
    for (const array of ["status", "x", "y"]) unlinkSync(args[0] + "/" + array + "/c.9999.0");
    execution.dispose();
    const again = new ParallelExecution(({ a, b }) => ({ x: a.mul(b), y: a.add(b) }), space);
    const began = performance.now();
    let first;
    await again.run({ store: args[0], resume: true, onProgress: ({ done }) => { if (done === 1e7) first ??= performance.now(); } });
    console.log(JSON.stringify({ seconds: (first - began) / 1000 }));
    again.dispose();`,
    at("resume.zarr"),
  );
  say("resume of 10^4 chunks, until the missing one is computed", seconds, "s", 1);
}

/** 10^8 points of two results: memory while they stream to disk. */
async function stream() {
  const file = at("stream.mjs");
  writeFileSync(
    file,
    `import * as lanewise from ${JSON.stringify(library)};
    ${spaceText}
    const space = new GridSpace({ a: free("a"), b: free("b") }, { n: 10000 });
    const execution = new ParallelExecution(({ a, b }) => ({ x: a.mul(b), y: a.add(b) }), space);
    const began = performance.now();
    await execution.run({ store: process.argv[2] });
    console.log((performance.now() - began) / 1000);
    execution.dispose();`,
  );
  const child = spawn(process.execPath, [file, at("stream.zarr")], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  let most = 0;
  const watch = setInterval(() => {
    try {
      const [, kilobytes = "0"] = readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/) ?? [];
      most = Math.max(most, Number(kilobytes) / 1024);
    } catch {
      // It has ended.
    }
  }, 50);
  await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  say("10^8 points of two results to disk", Number(output), "s");
  say("their memory, at most", most, "MB resident", 400);
}

/** Opening that store, and one point of it, in a fresh process each. */
function open() {
  const times = Array.from({ length: 5 }, (_, k) =>
    inProcess(
      `const began = performance.now();
      const results = await lanewise.openResults(args[0]);
      const opened = performance.now();
      const point = await results.at(Number(args[1]));
      const read = performance.now();
      console.log(JSON.stringify({ open: opened - began, at: read - opened, point, length: results.length }));`,
      at("stream.zarr"),
      String(12345678 * (k + 1)),
    ),
  );
  say("opening a store of 10^8 points", Math.min(...times.map((time) => time.open)), "ms", 200);
  say("its first point, cold", Math.min(...times.map((time) => time.at)), "ms", 20);
}

const parts = { overhead, commit, resume, stream, open };

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const wanted = process.argv.slice(2);
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (wanted.length === 0 || wanted.includes(name)) await part();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = missed === 0 ? 0 : 1;
}
