/** One model against its C counterpart: interleaved runs, one thread each, results compared. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const build = here("build");
const flags = ["-O3", "-march=native", "-ffp-contract=off"];

/** The C compilers that are installed, with their versions. */
export function compilers() {
  const found = {};
  for (const name of ["gcc", "clang"]) {
    try {
      found[name] = execFileSync(name, ["--version"], { encoding: "utf8" }).split("\n")[0];
    } catch {
      // Not installed: the other one is the reference.
    }
  }
  if (Object.keys(found).length === 0) throw new Error("bench: expected gcc or clang, found neither; install one");
  return found;
}

function compile(name, compiler) {
  mkdirSync(build, { recursive: true });
  const out = `${build}/${name}-${compiler}`;
  const sources = [`${name}.c`, "common.h", "exp.h"].map((file) => here(`c/${file}`));
  const fresh = existsSync(out) && sources.every((file) => statSync(file).mtimeMs < statSync(out).mtimeMs);
  if (!fresh) execFileSync(compiler, [...flags, "-o", out, sources[0], "-lm"], { stdio: "inherit" });
  return out;
}

const summary = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
};

/** Distance in units in the last place between two float32 numbers. */
function ulpsBetween(a, b) {
  const order = (x) => {
    const bits = new Int32Array(new Float32Array([x]).buffer)[0];
    return bits < 0 ? -(bits & 0x7fffffff) : bits;
  };
  return Number.isNaN(a) && Number.isNaN(b) ? 0 : Math.abs(order(a) - order(b));
}

export async function benchKernel({ ParallelExecution }, name, module, runs) {
  const { model, points, steps, spaceOf, args = [] } = module;
  const space = spaceOf(points);
  const [input, output] = [`${build}/${name}.in`, `${build}/${name}.out`];
  mkdirSync(build, { recursive: true });
  const parameter = Object.values(space.toColumns())[0];
  writeFileSync(input, Buffer.from(Float32Array.from([...parameter, ...args.flatMap((a) => [...a.data])]).buffer));

  const runC = ({ program, groups }, repeats) =>
    Number(execFileSync(program, [input, output, points, steps, groups, repeats].map(String), { encoding: "utf8" }));
  // Tuning: the best compiler and number of interleaved groups is the reference.
  const variants = Object.keys(compilers()).flatMap((compiler) => {
    const program = compile(name, compiler);
    return [1, 2, 3, 4].map((groups) => ({ compiler, program, groups }));
  });
  for (const variant of variants) variant.ms = runC(variant, 3);
  const best = variants.reduce((a, b) => (b.ms < a.ms ? b : a));

  const compileTimes = [];
  let execution;
  for (let i = 0; i < 3; i++) {
    execution = new ParallelExecution(model, space, { args, nPmap: 1 });
    const began = performance.now();
    const { report } = await execution.run();
    const reported = (report.traceSeconds + report.compileSeconds) * 1000;
    compileTimes.push(Math.min(reported, performance.now() - began));
  }

  const [c, wasm] = [[], []];
  let results;
  for (let i = 0; i < runs; i++) {
    c.push(runC(best, 3));
    const began = performance.now();
    results = await execution.run();
    wasm.push(performance.now() - began);
  }
  const columns = leaves(results.stacked);
  const reference = readFileSync(output);
  const expected = new Float32Array(
    reference.buffer.slice(reference.byteOffset, reference.byteOffset + reference.length),
  );
  const got = columns.flatMap((column) => [...column]);
  const ulps = got.reduce((most, x, i) => Math.max(most, ulpsBetween(x, expected[i])), 0);
  const [cTimes, wasmTimes] = [summary(c), summary(wasm)];
  return {
    name,
    points,
    steps,
    compiler: best.compiler,
    groups: best.groups,
    c: cTimes,
    wasm: wasmTimes,
    ratio: cTimes.min / wasmTimes.min,
    medianRatio: cTimes.median / wasmTimes.median,
    // The first one counts: nobody compiles a model thrice.
    compileMs: compileTimes[0],
    ulps,
  };
}

const leaves = (tree) => (ArrayBuffer.isView(tree) ? [tree] : Object.values(tree).flatMap(leaves));
