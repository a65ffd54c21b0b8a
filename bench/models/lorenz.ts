/** Lorenz-63 by classical RK4: 4096 values of rho in 0…21, 2000 steps of 1e-3. The same operations as bench/c/lorenz.c. */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";

interface Point {
  x: NdArray;
  y: NdArray;
  z: NdArray;
}

const dt = 1e-3;

export const points = 4096;
export const steps = 2000;

const slope = ({ x, y, z }: Point, rho: NdArray): Point => ({
  x: y.sub(x).mul(10),
  y: x.mul(rho.sub(z)).sub(y),
  z: x.mul(y).sub(z.mul(8 / 3)),
});

const along = (u: Point, h: number, k: Point): Point => ({
  x: u.x.add(k.x.mul(h)),
  y: u.y.add(k.y.mul(h)),
  z: u.z.add(k.z.mul(h)),
});

const weigh = (a: NdArray, b: NdArray, c: NdArray, d: NdArray): NdArray => a.add(b.mul(2)).add(c.mul(2)).add(d);

export const model = (state: { rho: NdArray }): Point => {
  const { rho } = state;
  const step = (u: Point): Point => {
    const k1 = slope(u, rho);
    const k2 = slope(along(u, dt / 2, k1), rho);
    const k3 = slope(along(u, dt / 2, k2), rho);
    const k4 = slope(along(u, dt, k3), rho);
    const k = {
      x: weigh(k1.x, k2.x, k3.x, k4.x),
      y: weigh(k1.y, k2.y, k3.y, k4.y),
      z: weigh(k1.z, k2.z, k3.z, k4.z),
    };
    return along(u, dt / 6, k);
  };
  return lax.foriLoop(0, steps, (_, u) => step(u), { x: np.ones([]), y: np.zeros([]), z: np.zeros([]) });
};

export const spaceOf = (n: number) =>
  new GridSpace({ rho: new Parameter("rho", 1, { low: 0, high: 21, free: true }) }, { n });

export default defineExploration({ model, space: spaceOf(points), title: "Lorenz RK4", show: "z" });
