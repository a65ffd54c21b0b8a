/**
 * Kills runs into a store at random moments (SIGKILL) and resumes them, round after round: nothing that was committed
 * may be written again, and in the end all bytes must be those of a run that nobody killed.
 *
 *   node scripts/kill.mjs [rounds = 50] [seed = 1]
 *   node scripts/kill.mjs zombie      one run stands still, another takes over
 *
 * In: dist/, as `node scripts/build.mjs` makes it. Out: a line a round; exit code 1 when a store differs.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** 64 chunks of 400 points, a second of work for one core. */
const model = `
import { defineExploration, GridSpace, lax, np, Parameter } from "lanewise";
const free = (name) => new Parameter(name, 0, { low: 0, high: 1, free: true });
export default defineExploration({
  model: ({ a, b }) => {
    const x = lax.foriLoop(0, 20000, (_, x) => x.mul(a).add(b), a);
    return { x, pair: np.stack([x, b]) };
  },
  space: new GridSpace({ a: free("a"), b: free("b") }, { n: { a: 64, b: 400 } }),
});
`;

/** A folder with the model in it. */
export function workshop() {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-kill-"));
  writeFileSync(join(folder, "model.ts"), model);
  return folder;
}

/** Starts a run; `args` after the usual ones. */
export function start(folder, store, args = [], before = []) {
  const words = ["run", join(folder, "model.ts"), "--store", join(folder, store), "--chunk", "400", "--quiet", ...args];
  const [program, ...rest] = [...before, process.execPath, cli, ...words];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    output += text;
  });
  const ended = new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  return { child, ended };
}

const isChunk = (name) => name.startsWith("c.");

/** Hash of every chunk of every array, in one. */
export function bytesOf(folder, store) {
  const hash = createHash("sha256");
  for (const array of readdirSync(join(folder, store)).sort()) {
    const path = join(folder, store, array);
    if (array.startsWith(".") || !statSync(path).isDirectory()) continue;
    for (const name of readdirSync(path).filter(isChunk).sort()) {
      hash.update(`${array}/${name}\n`).update(readFileSync(join(path, name)));
    }
  }
  return hash.digest("hex");
}

/** Inodes of the statuses that are there: a chunk that is written again gets another. */
export function committed(folder, store) {
  const path = join(folder, store, "status");
  if (!existsSync(path)) return new Map();
  return new Map(
    readdirSync(path)
      .filter(isChunk)
      .map((name) => [name, statSync(join(path, name)).ino]),
  );
}

/** Waits until a run has committed more chunks than there were, or has ended. */
export async function grown(folder, store, count, ended) {
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (!over && committed(folder, store).size <= count) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The same numbers for the same seed. */
export function randomBits(seed) {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** Faults found, as sentences. */
export async function killRounds(rounds, seed, log = () => undefined) {
  const folder = workshop();
  const faults = [];
  try {
    const clean = await start(folder, "clean.zarr").ended;
    if (clean.code !== 0) return [`the clean run ended with ${clean.code}: ${clean.output}`];
    const wanted = bytesOf(folder, "clean.zarr");
    const random = randomBits(seed);
    let before = new Map();
    let part = 0;
    for (let round = 1; round <= rounds; round++) {
      const store = `${part}.zarr`;
      const { child, ended } = start(folder, store, ["--resume"]);
      const [early, delay] = [random() < 0.25, Math.floor(random() * 600)];
      // A quarter while it starts, the others while it commits.
      const seen = early ? Promise.resolve() : grown(folder, store, before.size, ended);
      seen.then(() => setTimeout(() => child.kill("SIGKILL"), delay));
      const { code, output } = await ended;
      const now = committed(folder, store);
      for (const [name, inode] of before) {
        if (now.get(name) !== inode) faults.push(`round ${round}: chunk ${name} was committed, and written again`);
      }
      log(
        `round ${round}: ${code === null ? `killed ${delay} ms after the ${early ? "start" : "first commit"}` : `ended with ${code}`}, ${now.size} of 64 chunks`,
      );
      before = now;
      if (code === null) continue;
      if (code !== 0) faults.push(`round ${round}: ended with ${code}: ${output}`);
      if (code === 0 && bytesOf(folder, store) !== wanted) faults.push(`round ${round}: other bytes than a clean run`);
      part++;
      before = new Map();
    }
    const { code, output } = await start(folder, `${part}.zarr`, ["--resume"]).ended;
    if (code !== 0) faults.push(`the last run ended with ${code}: ${output}`);
    else if (bytesOf(folder, `${part}.zarr`) !== wanted) faults.push("the last store has other bytes than a clean run");
    return faults;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A run that stands still (SIGSTOP) longer than a lease is taken over, and goes on (SIGCONT) while the other one runs.
 * Faults found, as sentences.
 */
export async function zombieRound() {
  const folder = workshop();
  try {
    await start(folder, "clean.zarr").ended;
    const zombie = start(folder, "x.zarr");
    await grown(folder, "x.zarr", 0, zombie.ended);
    zombie.child.kill("SIGSTOP");
    const before = committed(folder, "x.zarr");
    const other = start(folder, "x.zarr", ["--resume"]);
    await grown(folder, "x.zarr", before.size, other.ended);
    zombie.child.kill("SIGCONT");
    const [first, second] = await Promise.all([zombie.ended, other.ended]);
    const faults = [];
    if (before.size === 0 || before.size === 64) faults.push(`it stood still after ${before.size} of 64 chunks`);
    if (second.code !== 0) faults.push(`the run that took over ended with ${second.code}: ${second.output}`);
    // The one that slept may be told that it lost its store, or end well.
    if (first.code !== 0 && !/another that took over/.test(first.output)) faults.push(`it ended with ${first.output}`);
    if (bytesOf(folder, "x.zarr") !== bytesOf(folder, "clean.zarr")) faults.push("other bytes than a clean run");
    return faults;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [rounds = "50", seed = "1"] = process.argv.slice(2);
  const zombie = rounds === "zombie";
  const faults = zombie ? await zombieRound() : await killRounds(Number(rounds), Number(seed), console.log);
  for (const fault of faults) console.error(fault);
  console.log(
    `${zombie ? "a run that stood still" : `${rounds} kills, seed ${seed}`}: ${faults.length === 0 ? "no chunk lost, same bytes" : "FAILED"}`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
