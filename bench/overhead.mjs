/** The product of two parameters over 10⁷ points on two devices: points per second, and memory beside the results. */

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

// A small run first: workers, code and compiler are in memory before the large one is measured.
await new ParallelExecution(simulate, spaceOf(1000, 100), { nPmap: 2 }).run();
const before = process.memoryUsage().rss;

const space = spaceOf(10_000, 1000);
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
