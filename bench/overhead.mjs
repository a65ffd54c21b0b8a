/**
 * What does a point cost besides its computation? The product of two parameters over 10⁷ points on two devices: points
 * per second, and peak memory beside the results. It is measured in a process of its own.
 */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GridSpace, ParallelExecution, Parameter } from "../dist/index.js";

const simulate = (state) => state.param1.mul(state.param2);
const spaceOf = (a, b) => {
  const space = new GridSpace(
    {
      param1: new Parameter("param1", 0, { low: 0, high: 1, free: true }),
      param2: new Parameter("param2", 0, { low: -1, high: 1, free: true }),
    },
    { n: a },
  );
  space.n.param2 = b;
  return space;
};

const here = fileURLToPath(import.meta.url);

export const benchOverhead = (quick) =>
  JSON.parse(execFileSync(process.execPath, [here, quick ? "100" : "10000"], { encoding: "utf8" }));

async function measure(side) {
  // A small run first: workers, code and compiler are in memory before the large one is measured.
  await new ParallelExecution(simulate, spaceOf(1000, 100), { nPmap: 2 }).run();
  const before = process.memoryUsage().rss;

  const space = spaceOf(side, 1000);
  const execution = new ParallelExecution(simulate, space, { nPmap: 2 });
  const began = performance.now();
  const results = await execution.run();
  const seconds = (performance.now() - began) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;

  console.log(
    JSON.stringify({
      points: results.length,
      seconds,
      pointsPerSecond: results.length / seconds,
      resultBytes: results.report.bytes,
      beforeBytes: before,
      peakBytes: peak,
      extraBytes: peak - before,
    }),
  );
}

if (process.argv[1] === here) await measure(Number(process.argv[2]));
