/**
 * How fast are others, on the same machine with all of its cores? Every workload in JAX, written as its users write it
 * (peers/models.py): the pinned version and the newest that installs; Lorenz in jax-js; reduced Wong-Wang in tvboptim.
 * In: dist/, bench/models/, pip, npm. Out: what is measured, on stdout; bench/results/<time>-peers.json.
 *
 *   npm run bench:peers [-- workload …] [--runs 8] [--quick] [--out FILE]
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeInput } from "./support/c.mjs";
import { npm, python, versionOf } from "./support/environments.mjs";
import { peerLine } from "./support/lines.mjs";
import { machine } from "./support/machine.mjs";
import { greatestError, summary } from "./support/measure.mjs";
import { lanewise, loadWorkloads, offered, rowsOf, variantsOf } from "./support/models.mjs";

const pinned = "jax==0.10.2";
const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string" }, quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const runs = Number(flags.runs ?? (flags.quick ? 2 : 8));
const workloads = await loadWorkloads();
const unknown = words.find((word) => !workloads.has(word));
if (unknown !== undefined) {
  console.error(`bench:peers: expected one of ${[...workloads.keys()].join(", ")}, got ${unknown}`);
  process.exit(2);
}
const chosen = words.length > 0 ? words.map((word) => workloads.get(word)) : [...workloads.values()];

/** Twice the points that one thread gets: there are several devices. */
const sizeOf = (workload) => (flags.quick ? workload.quick : { ...workload.size, points: workload.size.points * 2 });

const lastLine = (text) => JSON.parse(text.trim().split("\n").at(-1));
const run = (file, args) =>
  lastLine(
    execFileSync(file, args.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 26 }),
  );

/** Times of whole calls of Lanewise on all devices, in ms. */
async function callTimes(execution, count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await execution.run();
    times.push(performance.now() - began);
  }
  return times;
}

function jaxTimes(interpreter, workload, { points, steps }, input, columns) {
  const output = input.replace(/\.in$/, ".jax");
  const words = [here("peers/run.py"), workload.name, input, output, columns, points, steps, runs];
  const first = Array.from({ length: flags.quick ? 1 : 3 }, () => run(interpreter, [...words, "first"]).ms);
  const best = run(interpreter, [...words, "best"]);
  const bytes = readFileSync(output);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return { ...best, first, values };
}

/** Lanewise on one target: its calls in two halves, so that others may be measured between them. */
async function prepare({ name, workload, generator }, target, size) {
  const { model, space, args } = workload.build({ ...size, generator });
  const execution = new lanewise.ParallelExecution(model, space, { args, ...target.options });
  const mine = rowsOf(await execution.run());
  const exact = rowsOf(await new lanewise.ParallelExecution(model, space, { args, dtype: "float64" }).run());
  const times = [];
  const half = async () => void times.push(...(await callTimes(execution, Math.ceil(runs / 2))));
  const finish = () => {
    execution.dispose();
    const child = [here("support/first-call.mjs"), workload.name, generator, JSON.stringify(target.options)];
    const how = flags.quick ? "quick" : "full";
    const first = Array.from({ length: flags.quick ? 1 : 3 }, () => run(process.execPath, [...child, how]).call);
    return {
      name,
      target: target.name,
      ms: summary(times),
      firstMs: summary(first).median,
      error: greatestError(mine.values, exact.values, exact.rows),
    };
  };
  return { generator, exact, half, finish };
}

/** One workload: half of Lanewise's calls, JAX, the other half. JAX draws with threefry, whatever Lanewise draws with. */
async function compare(interpreter, workload, targets) {
  const size = sizeOf(workload);
  const built = workload.build({ ...size, generator: "threefry" });
  const columns = Object.keys(built.space.toColumns()).length;
  const all = [];
  for (const variant of variantsOf([workload])) {
    for (const target of targets) all.push(await prepare(variant, target, size));
  }
  for (const { half } of all) await half();
  const { way, times, first, tried, values } = jaxTimes(
    interpreter,
    workload,
    size,
    writeInput(workload.name, built),
    columns,
  );
  for (const { half } of all) await half();
  const { exact } = all.find(({ generator }) => generator === "threefry");
  const error = greatestError(values, exact.values, exact.rows);
  const jax = { way, ms: summary(times), firstMs: summary(first).median, error, tried };
  return all.map(({ finish }) => {
    const { name, ...mine } = finish();
    return { name, ...size, lanewise: mine, jax };
  });
}

async function withJax(environment, spec, known, targets) {
  const interpreter = await python(environment, [spec]);
  const version = versionOf(interpreter, "jax");
  if (known.includes(version)) {
    console.log(`\n${spec}: the newest that installs is ${version}, which is measured already`);
    return undefined;
  }
  const title = `JAX ${version}, jaxlib ${versionOf(interpreter, "jaxlib")}`;
  console.log(`\n${title}. ms of whole calls, all cores: smallest (median); first calls of 8 points in new processes.`);
  const rows = [];
  for (const workload of chosen) {
    for (const row of await compare(interpreter, workload, targets)) {
      rows.push(row);
      console.log(peerLine(row));
    }
  }
  return { version, versions: title, rows };
}

/** What does not install or run is said, and is no reason to stop. */
async function attempt(what, f) {
  try {
    return await f();
  } catch (error) {
    const why = String(error.stderr || error.message)
      .trim()
      .split("\n")
      .at(-1);
    console.log(`\nskipped: ${what} (${why})`);
    return { skipped: why };
  }
}

async function withJaxJs() {
  const folder = await npm("jax-js", "@jax-js/jax@0.1.25");
  const size = { points: flags.quick ? 256 : 32768, steps: 100 };
  const result = run(process.execPath, [here("peers/jax-js.mjs"), folder, size.points, size.steps, runs]);
  const ms = summary(result.times);
  const speed = (size.points * size.steps) / ms.min / 1e3;
  console.log(`\njax-js 0.1.25 (Wasm), Lorenz RK4, ${size.points} × ${size.steps}, a call per step:`);
  console.log(`  ${ms.min.toFixed(0)} ms (${speed.toFixed(1)} M steps/s), first call ${result.first.toFixed(0)} ms`);
  return { version: "0.1.25", ...size, ms, firstMs: result.first, millionsPerSecond: speed };
}

async function withTvboptim() {
  const workload = workloads.get("wong-wang");
  const interpreter = await python("tvboptim", ["tvboptim==0.4.0", pinned]);
  const size = sizeOf(workload);
  const built = workload.build({ ...size, generator: "threefry" });
  const input = writeInput("tvboptim", built);
  const { model, space, args } = built;
  const exact = rowsOf(await new lanewise.ParallelExecution(model, space, { args, dtype: "float64" }).run());
  const result = run(interpreter, [here("peers/tvboptim_wong_wang.py"), input, size.points, size.steps, runs]);
  const ms = summary(result.times);
  const error = greatestError(Float32Array.from(result.values), exact.values, exact.rows);
  console.log(`\ntvboptim 0.4.0 with ${pinned}, reduced Wong-Wang, ${size.points} × ${size.steps}: ${result.way}`);
  console.log(
    `  ${ms.min.toFixed(0)} ms (${ms.median.toFixed(0)}), error ${error.toExponential(0)}, first call ${result.first.toFixed(0)} ms`,
  );
  return { version: "0.4.0", ...size, ms, error, firstMs: result.first, way: result.way };
}

const { offered: all } = await offered();
// The fastest strict target, and what may round differently beside it.
const targets = [all.filter((target) => target.strict).at(-1), ...all.filter((target) => !target.strict)];
const results = { machine: machine(), runs, quick: flags.quick, peers: [] };
const known = [];
for (const [environment, spec] of [
  ["jax-pinned", pinned],
  ["jax-newest", "jax"],
]) {
  const found = await attempt(spec, () => withJax(environment, spec, known, targets));
  if (!found?.rows) continue;
  known.push(found.version);
  results.peers.push(found);
}
if (words.length === 0 || words.includes("lorenz-rk4")) results.jaxJs = await attempt("jax-js", withJaxJs);
if (words.length === 0 || words.includes("wong-wang")) results.tvboptim = await attempt("tvboptim", withTvboptim);

const stamp = results.machine.time.replaceAll(":", "-").slice(0, 19);
const file = flags.out ?? here(`results/${stamp}-peers.json`);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${file}`);
process.exit(0);
