/** In: a workload, a generator, options. Out: one line of JSON, times in ms of the first call, and of calls with one point. */

import { lanewise, loadWorkloads } from "./models.mjs";

const [name, generator, options, how] = process.argv.slice(2);
const workload = (await loadWorkloads()).get(name);
const size = how === "quick" ? workload.quick : workload.size;
const built = (points) => workload.build({ ...size, points, generator });
const executionOf = ({ model, space, args }) =>
  new lanewise.ParallelExecution(model, space, { args, nPmap: 1, ...JSON.parse(options) });

const eight = built(8);
const began = performance.now();
const { report } = await executionOf(eight).run();
const call = performance.now() - began;

const lone = executionOf(built(1));
await lone.run();
let single = Number.POSITIVE_INFINITY;
for (let i = 0; i < 7; i++) {
  const start = performance.now();
  await lone.run();
  single = Math.min(single, performance.now() - start);
}

const ms = (seconds) => seconds * 1000;
const times = { trace: ms(report.traceSeconds), compile: ms(report.compileSeconds), run: ms(report.runSeconds) };
console.log(JSON.stringify({ call, ...times, single }));
