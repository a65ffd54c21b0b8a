/** The whole way from a model to results, in a second: run it on every save. */

import { expect, it } from "vitest";
import { GridSpace, lax, type NdArray, np, ParallelExecution, Parameter, SequentialExecution } from "../src/index.ts";

const free = (low: number, high: number): Parameter => new Parameter("p", low, { low, high, free: true });

it("runs a model over a space, on every lane of every device", async () => {
  const space = new GridSpace({ rate: free(0.1, 0.9), start: free(1, 2) }, { n: 6 });
  const model = ({ rate, start }: { rate: NdArray; start: NdArray }) => {
    const end = lax.foriLoop(0, 10, (_, x) => np.mul(x, rate), np.asarray(start));
    return { end, log: np.log(end) };
  };
  using executor = new ParallelExecution(model, space);
  const results = await executor.run();
  const one = await new SequentialExecution(model, space).run();
  expect(results.length).toBe(36);
  expect(results.at(-1).end).toBeCloseTo(2 * 0.9 ** 10, 5);
  expect([...results]).toEqual([...one]);
});
