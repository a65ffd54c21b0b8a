/** Two parameters, a hundred points, every device: one model over a whole space, and the results as a list. */

import { defineExploration, deviceCount, GridSpace, type NdArray, ParallelExecution, Parameter } from "lanewise";

// A simple model.
const simulate = (state: { param1: NdArray; param2: NdArray }): NdArray => state.param1.mul(state.param2);

// A parameter space: 10 values of each free parameter, 100 combinations.
const state = {
  param1: new Parameter("param1", 0.0, { low: 0.0, high: 1.0, free: true }),
  param2: new Parameter("param2", 0.0, { low: -1.0, high: 1.0, free: true }),
};
const space = new GridSpace(state, { n: 10 });

/** Runs it and gives the seven things one does with results. */
export async function main() {
  const executor = new ParallelExecution(simulate, space, {
    nVmap: 5, // states side by side on a device
    nPmap: deviceCount(), // all devices
  });
  const results = await executor.run();

  const first = results.at(0);
  const last = results.at(-1);
  const all = [...results];
  const subset = results.slice(10, 20);
  return { first, last, all, subset, length: results.length };
}

export default defineExploration({ model: simulate, space, title: "param1 × param2" });
