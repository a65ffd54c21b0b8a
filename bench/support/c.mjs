/** The C programs: built by every compiler that is installed, run with arrays in files. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compilers } from "./machine.mjs";

const folder = fileURLToPath(new URL("../c", import.meta.url));
const build = fileURLToPath(new URL("../build", import.meta.url));
const execute = promisify(execFile);

/** `strict` computes what the formulas say; `fast` contracts, and has shorter formulas where FAST is defined. */
const modes = {
  strict: ["-ffp-contract=off"],
  fast: ["-ffp-contract=fast", "-DFAST"],
};

const programOf = ({ source, defines = [] }, generator, compiler, mode) => {
  const all = [...defines, ...(generator === "philox" ? ["PHILOX"] : [])];
  return { all, file: `${build}/${[source, ...all, mode, compiler].join("-").toLowerCase()}` };
};

async function compile(c, generator, compiler, mode) {
  const { all, file } = programOf(c, generator, compiler, mode);
  const source = `${folder}/${c.source}.c`;
  const needed = [source, ...readdirSync(folder).flatMap((f) => (f.endsWith(".h") ? [`${folder}/${f}`] : []))];
  const fresh = existsSync(file) && needed.every((f) => statSync(f).mtimeMs < statSync(file).mtimeMs);
  const flags = ["-O3", "-march=native", ...modes[mode], ...all.map((name) => `-D${name}`)];
  if (!fresh) await execute(compiler, [...flags, "-o", file, source, "-lm"]);
  return file;
}

/** Builds all programs of the variants, two at a time. */
export async function buildAll(variants) {
  mkdirSync(build, { recursive: true });
  const jobs = variants.flatMap(({ workload, generator }) =>
    Object.keys(compilers()).flatMap((compiler) =>
      Object.keys(modes).map((mode) => () => compile(workload.c, generator, compiler, mode)),
    ),
  );
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job();
  };
  await Promise.all([worker(), worker()]);
}

/** Writes the columns of the space and the shared arrays; every array after its length. */
export function writeInput(name, { space, shared }) {
  const columns = Object.values(space.toColumns()).map((x) => (x instanceof Int32Array ? x : Float32Array.from(x)));
  const parts = [...columns, ...shared].flatMap((data) => [
    Buffer.from(Int32Array.of(data.length).buffer),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
  const file = `${build}/${name.replaceAll(/\W+/g, "-")}.in`;
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

/** One way to run: times in ms of `repeats` runs after one that is not timed. */
function runC({ file, groups }, input, { points, steps }, repeats) {
  const output = input.replace(/\.in$/, ".out");
  const words = [input, output, points, steps, groups, repeats].map(String);
  const times = execFileSync(file, words, { encoding: "utf8" }).trim().split(" ").map(Number);
  return { times, output };
}

/** The fastest of all compilers and numbers of groups: how it is run and what it computed. */
export function tunedC(workload, generator, mode, input, size) {
  const ways = Object.keys(compilers()).flatMap((compiler) =>
    [1, 2, 3, 4].map((groups) => ({ compiler, groups, file: programOf(workload.c, generator, compiler, mode).file })),
  );
  // Three rounds: a neighbour that wakes up does not decide which one is the fastest.
  for (const way of ways) way.ms = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    for (const way of ways) way.ms = Math.min(way.ms, ...runC(way, input, size, 1).times);
  }
  const best = ways.reduce((a, b) => (b.ms < a.ms ? b : a));
  const { output } = runC(best, input, size, 1);
  const bytes = readFileSync(output);
  return {
    compiler: best.compiler,
    groups: best.groups,
    tried: ways.map(({ compiler, groups, ms }) => ({ compiler, groups, ms })),
    values: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    times: () => runC(best, input, size, 2).times,
  };
}
