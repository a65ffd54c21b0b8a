/**
 * The benchmark: kernels against C in the same run, compile times, scaling, overhead. See README.md beside this file.
 * In: dist/, bench/c/, bench/models/. Out: a table on stdout, bench/results/<time>.json.
 *
 *   npm run bench [-- kernels|scaling|overhead …] [--runs 7]
 */

import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import * as lanewise from "../dist/index.js";
import { benchOverhead, benchScaling } from "./devices.mjs";
import { benchKernel, compilers } from "./kernels.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const words = process.argv.slice(2);
const runsAt = words.indexOf("--runs");
const runs = runsAt < 0 ? 7 : Number(words[runsAt + 1]);
const wanted = words.filter((word, i) => !word.startsWith("--") && (runsAt < 0 || i !== runsAt + 1));
const wants = (name) => wanted.length === 0 || wanted.includes(name);

const jiti = createJiti(import.meta.url, { virtualModules: { lanewise } });
const load = (name) => jiti.import(here(`models/${name}.ts`));
const kernels = ["lorenz", "jansen-rit", "wong-wang"];

const results = {
  machine: {
    cpu: os.cpus()[0].model,
    cores: os.cpus().length,
    memory: os.totalmem(),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    compilers: compilers(),
    load: os.loadavg()[0],
  },
  runs,
};

console.log(
  `${results.machine.cpu}, ${results.machine.cores} cores, Node ${process.version}, load ${results.machine.load.toFixed(2)}`,
);
console.log(Object.values(results.machine.compilers).join("; "));

if (kernels.some((name) => wants("kernels") || wants(name))) {
  results.kernels = [];
  console.log(
    "\nkernel       points × steps  C min (median) ms     Wasm min (median) ms  Wasm/C speed  compile ms  greatest difference",
  );
  for (const name of kernels.filter((kernel) => wants("kernels") || wants(kernel))) {
    const row = await benchKernel(lanewise, name, await load(name), runs);
    results.kernels.push(row);
    const pair = ({ min, median }) => `${min.toFixed(1)} (${median.toFixed(1)})`.padEnd(20);
    console.log(
      `${name.padEnd(12)} ${`${row.points} × ${row.steps}`.padEnd(14)}  ${pair(row.c)}  ${pair(row.wasm)}  ` +
        `${row.ratio.toFixed(2).padEnd(12)}  ${row.compileMs.toFixed(1).padEnd(10)}  ` +
        `${row.ulps} ulp (C: ${row.compiler}, ${row.groups} groups)`,
    );
  }
}
if (wants("scaling")) {
  results.scaling = await benchScaling(lanewise, await load("lorenz"), runs);
  const { one, two, ratio } = results.scaling;
  console.log(
    `\nscaling: Lorenz, 65,536 points: 1 device ${one.toFixed(0)} ms, 2 devices ${two.toFixed(0)} ms: × ${ratio.toFixed(2)}`,
  );
}
if (wants("overhead")) {
  results.overhead = benchOverhead();
  const { points, pointsPerSecond, extraBytes, resultBytes } = results.overhead;
  console.log(
    `\noverhead: product of two parameters, ${points.toExponential()} points: ${(pointsPerSecond / 1e6).toFixed(1)} M points/s, ` +
      `${(extraBytes / 1e6).toFixed(0)} MB for ${(resultBytes / 1e6).toFixed(0)} MB of results: × ${(extraBytes / resultBytes).toFixed(2)}`,
  );
}

mkdirSync(here("results"), { recursive: true });
const file = here(`results/${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}.json`);
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${file}`);
