/**
 * The benchmark: one thread beside C, all devices beside one, first calls, overhead. See README.md beside this file.
 * In: dist/, bench/c/, bench/models/. Out: what is measured, on stdout; bench/results/<time>.json.
 *
 *   npm run bench [-- kernels|devices|first|overhead …] [workload …] [--runs 8] [--quick] [--out FILE]
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchDevices } from "./devices.mjs";
import { benchFirst } from "./first.mjs";
import { benchKernels } from "./kernels.mjs";
import { benchOverhead } from "./overhead.mjs";
import { deviceLine, firstLine, kernelLines } from "./support/lines.mjs";
import { machine } from "./support/machine.mjs";
import { loadWorkloads, variantsOf } from "./support/models.mjs";

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string" }, quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const options = { quick: flags.quick, runs: Number(flags.runs ?? (flags.quick ? 2 : 8)) };

const questions = ["kernels", "devices", "first", "overhead"];
const workloads = await loadWorkloads();
const unknown = words.find((word) => !questions.includes(word) && !workloads.has(word));
if (unknown !== undefined) {
  console.error(`bench: expected one of ${[...questions, ...workloads.keys()].join(", ")}, got ${unknown}`);
  process.exit(2);
}
const asked = words.filter((word) => questions.includes(word));
const named = words.filter((word) => workloads.has(word));
const asks = (question) => asked.length === 0 || asked.includes(question);
const variants = variantsOf(named.length > 0 ? named.map((name) => workloads.get(name)) : workloads.values());

const results = { machine: machine(), ...options };
const { cpu, cores, node, load, compilers } = results.machine;
if (asks("kernels") && Object.keys(compilers).length === 0) {
  console.error(
    "bench: expected gcc or clang, found neither; install one, or ask for devices, first or overhead alone",
  );
  process.exit(2);
}
console.log(`${cpu}, ${cores} cores, Node ${node}, load ${load.toFixed(2)}`);
console.log(Object.values(compilers).join("; "));

if (asks("kernels")) {
  console.log("\nOne thread. ms: smallest (median). Ratio: C's time over it. Error: against float64.");
  results.kernels = await benchKernels(variants, options, (row) => console.log(kernelLines(row)));
  for (const { name, why } of results.kernels.missing) console.log(`skipped: ${name} (${why})`);
}
if (asks("devices")) {
  console.log("\nDevices.");
  results.devices = await benchDevices(variants, options, (row) => console.log(deviceLine(row)));
}
if (asks("first")) {
  console.log("\nFirst calls: 8 points in a new process; then calls with 1 point.");
  results.first = await benchFirst(variants, options, (row) => console.log(firstLine(row)));
}
if (asks("overhead") && named.length === 0) {
  results.overhead = benchOverhead(options.quick);
  const { points, pointsPerSecond, extraBytes, resultBytes } = results.overhead;
  const [millions, extra, bytes] = [pointsPerSecond, extraBytes, resultBytes].map((x) => (x / 1e6).toFixed(1));
  console.log(`\nOverhead: product of two parameters, ${points.toExponential()} points: ${millions} M points/s,`);
  console.log(`${extra} MB for ${bytes} MB of results: × ${(extraBytes / resultBytes).toFixed(2)}`);
}

const name = `results/${results.machine.time.replaceAll(":", "-").slice(0, 19)}.json`;
const file = flags.out ?? fileURLToPath(new URL(name, import.meta.url));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${file}`);
// Workers that wait for more would keep nothing alive; this ends what C or a model left open.
process.exit(0);
