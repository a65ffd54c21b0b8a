import { expect, test } from "vitest";
import { GridSpace, lax, type NdArray, np, ParallelExecution, Parameter, SequentialExecution } from "../src/index.ts";

// The whole path in a second: model, trace, program, kernel, module, workers, results.

const space = new GridSpace(
  {
    rate: new Parameter("rate", 1, { low: 0, high: 2, free: true }),
    start: new Parameter("start", 1, { low: 1, high: 3, free: true }),
  },
  { n: 5 },
);

/** y' = -rate · y by Euler's method, and the mean of y on the way. */
const decay = ({ rate, start }: { rate: NdArray; start: NdArray }) => {
  const step = (y: NdArray): NdArray => y.sub(y.mul(rate).mul(0.01));
  const end = lax.foriLoop(0, 100, (_, { y, sum }) => ({ y: step(y), sum: sum.add(y) }), {
    y: start,
    sum: np.zeros([]),
  });
  return { end: end.y, mean: end.sum.div(100), exact: start.mul(np.exp(rate.neg())) };
};

test("a model runs over a space on all devices, with the bits of one point at a time", async () => {
  using execution = new ParallelExecution(decay, space);
  const results = await execution.run();
  const sequential = await new SequentialExecution(decay, space).run();
  expect(results.length).toBe(25);
  expect([...results]).toEqual([...sequential]);
  expect(results.grid("end").shape).toEqual([5, 5]);
  for (const { end, exact } of results) expect(end).toBeCloseTo(exact, 1);
  expect(results.at(0)).toEqual({ end: 1, mean: 1, exact: 1 });
});
