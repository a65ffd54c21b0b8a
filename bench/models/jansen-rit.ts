/** One Jansen-Rit column by Heun: 1024 values of the input p, 5000 steps of 0.1 ms. The same operations as bench/c/jansen-rit.c. */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";

// Jansen & Rit 1995, doi:10.1007/BF00199471; time in ms, potentials in mV, rates in 1/ms.
const [A, B, a, b, C] = [3.25, 22, 0.1, 0.05, 135];
const [twoE0, v0, r] = [2 * 0.0025, 6, 0.56];
const dt = 0.1;

export const points = 1024;
export const steps = 5000;

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

export const model = (state: { p: NdArray }): NdArray => {
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

export const spaceOf = (n: number) =>
  new GridSpace({ p: new Parameter("p", 0.22, { low: 0.12, high: 0.32, free: true }) }, { n });

export default defineExploration({ model, space: spaceOf(points), title: "Jansen-Rit Heun" });
