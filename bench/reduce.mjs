/**
 * What a reduction costs beside the kernels that it reduces: 10^8 points of a model, mean, variance and a histogram of
 * 64 bins, against the same points computed and thrown away. In: the number of points, default 1e8, and of turns,
 * default 3. Out: one JSON object with seconds (of the clock, and of all processors together, which other work on the
 * machine disturbs less), their ratios, and the most memory that a process with one such run had resident, in MB.
 *
 *     node bench/reduce.mjs [points] [turns]
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lax, ParallelExecution, Parameter, UniformSpace } from "../dist/index.js";

const [points = 1e8, turns = 3] = process.argv
  .slice(2)
  .filter((word) => word !== "memory")
  .map(Number);
const steps = 50;

/** SIR with a step of Euler: the share of people who were infected. */
const epidemic = ({ beta, gamma }) => {
  const end = lax.foriLoop(
    0,
    steps,
    (_, { s, i }) => {
      const caught = s.mul(i).mul(beta).mul(0.1);
      return { s: s.sub(caught), i: i.add(caught).sub(i.mul(gamma).mul(0.1)) };
    },
    { s: 0.99, i: 0.01 },
  );
  return { attackRate: end.s.neg().add(1), infected: end.i };
};

const space = (N) =>
  new UniformSpace(
    {
      beta: new Parameter("beta", 1, { low: 0.5, high: 4, free: true }),
      gamma: new Parameter("gamma", 1, { low: 0.2, high: 2, free: true }),
    },
    { N },
  );

/** The kernels alone: points reduced to their number, of which nothing is looked at. */
const bare = { reduce: { attackRate: "count" } };
const asked = { reduce: { attackRate: ["mean", "variance", { kind: "histogram", bins: 64, low: 0, high: 1 }] } };
const widening = { reduce: { attackRate: ["mean", "variance", "histogram"] } };

const executor = new ParallelExecution(epidemic, space(points));

if (process.argv[2] === "memory") {
  await executor.run(asked);
  executor.dispose();
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  console.log(peak ? Math.round((Number(peak[1]) * 1024) / 1e6) : "null");
  process.exit();
}

const warm = new ParallelExecution(epidemic, space(1e6));
for (const options of [bare, asked, widening]) await warm.run(options);
warm.dispose();

async function time(options) {
  const began = performance.now();
  const before = process.cpuUsage();
  const results = await executor.run(options);
  const { user, system } = process.cpuUsage(before);
  return { clock: (performance.now() - began) / 1000, processors: (user + system) / 1e6, results };
}

const kinds = { bare, asked, widening };
const runs = { bare: [], asked: [], widening: [] };
for (let turn = 0; turn < turns; turn++) {
  for (const [kind, options] of Object.entries(kinds)) runs[kind].push(await time(options));
}
executor.dispose();

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rounded = (x) => Number(x.toPrecision(4));
const seconds = (kind, key) => rounded(median(runs[kind].map((run) => run[key])));
const ratio = (kind, key) => rounded(seconds(kind, key) / seconds("bare", key));
const told = (key) => ({
  bare: seconds("bare", key),
  asked: seconds("asked", key),
  widening: seconds("widening", key),
  ratioAsked: ratio("asked", key),
  ratioWidening: ratio("widening", key),
});
const { mean, variance } = runs.asked[0].results.at(0).attackRate;
const words = [fileURLToPath(import.meta.url), "memory", String(points)];
const peakMB = JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
console.log(
  JSON.stringify({ points, clock: told("clock"), processors: told("processors"), peakMB, mean, variance }, null, 2),
);
