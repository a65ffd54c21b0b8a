/**
 * The Lorenz system: rho against the largest z of a run of 40 time units. Below rho = 1 everything dies out, up to
 * about 24.7 it settles down, beyond it is chaos.
 */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";

const dt = 0.01;
const steps = 4000;

type Point = [x: NdArray, y: NdArray, z: NdArray];

/** Lorenz 1963, doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2, classical RK4. */
export const lorenz = (state: { rho: NdArray; sigma: NdArray; beta: NdArray }) => {
  const { rho, sigma, beta } = state;
  const slope = ([x, y, z]: Point): Point => [y.sub(x).mul(sigma), x.mul(rho.sub(z)).sub(y), x.mul(y).sub(z.mul(beta))];
  const along = (u: Point, h: number, k: Point): Point => [
    u[0].add(k[0].mul(h)),
    u[1].add(k[1].mul(h)),
    u[2].add(k[2].mul(h)),
  ];
  const step = (u: Point): Point => {
    const k1 = slope(u);
    const k2 = slope(along(u, dt / 2, k1));
    const k3 = slope(along(u, dt / 2, k2));
    const k4 = slope(along(u, dt, k3));
    return along(along(along(along(u, dt / 6, k1), dt / 3, k2), dt / 3, k3), dt / 6, k4);
  };
  const start: Point = [np.ones([]), np.ones([]), np.ones([])];
  const end = lax.foriLoop(
    0,
    steps,
    (_, { u, largest }) => {
      const next = step(u);
      return { u: next, largest: np.maximum(largest, next[2]) };
    },
    { u: start, largest: start[2] },
  );
  return { largestZ: end.largest };
};

const space = new GridSpace(
  {
    rho: new Parameter("rho", 28, { low: 0, high: 60, free: true }),
    sigma: new Parameter("sigma", 10),
    beta: new Parameter("beta", 8 / 3),
  },
  { n: 1200 },
);

export default defineExploration({ model: lorenz, space, title: "Lorenz: the largest z by rho", show: "largestZ" });
