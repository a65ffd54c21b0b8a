/** What more devices bring, and what a point costs besides its computation. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Lorenz RK4 over 65,536 points on one device and on two, interleaved; the smallest times count. */
export async function benchScaling({ ParallelExecution }, { model, spaceOf }, runs) {
  const space = spaceOf(65536);
  const executions = [1, 2].map((nPmap) => new ParallelExecution(model, space, { nPmap }));
  for (const execution of executions) await execution.run();
  const times = [[], []];
  for (let i = 0; i < runs; i++) {
    for (const [k, execution] of executions.entries()) {
      const began = performance.now();
      await execution.run();
      times[k].push(performance.now() - began);
    }
  }
  const [one, two] = times.map((list) => Math.min(...list));
  return { points: space.N, one, two, ratio: one / two };
}

/** In a process of its own, so that its peak memory is its own. */
export const benchOverhead = () =>
  JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(new URL("overhead.mjs", import.meta.url))], { encoding: "utf8" }),
  );
