/** One Jansen-Rit column by Heun, steps of 0.1 ms, for values of the input p. The same operations as c/jansen-rit.c. */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";
import type { Workload } from "./workload.ts";

// Jansen & Rit 1995, doi:10.1007/BF00199471; time in ms, potentials in mV, rates in 1/ms.
const [A, B, a, b, C] = [3.25, 22, 0.1, 0.05, 135];
const [twoE0, v0, r] = [2 * 0.0025, 6, 0.56];
const dt = 0.1;

const sigmoid = (v: NdArray): NdArray => np.div(twoE0, np.add(1, np.exp(np.sub(v0, v).mul(r))));

const slope = (y: readonly NdArray[], p: NdArray): NdArray[] => {
  const [y0, y1, y2, y3, y4, y5] = y as [NdArray, NdArray, NdArray, NdArray, NdArray, NdArray];
  return [
    y3,
    y4,
    y5,
    sigmoid(y1.sub(y2))
      .mul(A * a)
      .sub(y3.mul(2 * a))
      .sub(y0.mul(a * a)),
    p
      .add(sigmoid(y0.mul(C)).mul(0.8 * C))
      .mul(A * a)
      .sub(y4.mul(2 * a))
      .sub(y1.mul(a * a)),
    sigmoid(y0.mul(0.25 * C))
      .mul(B * b * 0.25 * C)
      .sub(y5.mul(2 * b))
      .sub(y2.mul(b * b)),
  ];
};

const modelOf =
  (steps: number) =>
  (state: { p: NdArray }): NdArray => {
    const step = (y: readonly NdArray[]): NdArray[] => {
      const k1 = slope(y, state.p);
      const k2 = slope(
        y.map((v, i) => v.add((k1[i] as NdArray).mul(dt))),
        state.p,
      );
      return y.map((v, i) => v.add((k1[i] as NdArray).add(k2[i] as NdArray).mul(dt / 2)));
    };
    const start = { y: Array.from({ length: 6 }, () => np.zeros([])), sum: np.zeros([]) };
    const end = lax.foriLoop(
      0,
      steps,
      (_, { y, sum }) => {
        const next = step(y);
        return { y: next, sum: sum.add((next[1] as NdArray).sub(next[2] as NdArray)) };
      },
      start,
    );
    return end.sum.div(steps);
  };

const spaceOf = (n: number) =>
  new GridSpace({ p: new Parameter("p", 0.22, { low: 0.12, high: 0.32, free: true }) }, { n });

export const workloads: Workload[] = [
  {
    name: "jansen-rit",
    title: "Jansen-Rit column, Heun",
    size: { points: 1024, steps: 5000 },
    quick: { points: 64, steps: 200 },
    unit: "steps",
    width: 1,
    noisy: false,
    c: { source: "jansen-rit" },
    build: ({ points, steps }) => ({ model: modelOf(steps), space: spaceOf(points), args: [], shared: [] }),
  },
];

export default defineExploration({ model: modelOf(5000), space: spaceOf(1024), title: "Jansen-Rit Heun" });
