/** Lorenz-63 for rho in 0…21, steps of 1e-3: classical RK4, and Tsit5 with fixed steps. The same operations as c/lorenz.c. */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";
import type { Workload } from "./workload.ts";

interface Point {
  x: NdArray;
  y: NdArray;
  z: NdArray;
}

const dt = 1e-3;

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

function rk4(u: Point, rho: NdArray): Point {
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
}

/** Tsitouras 2011, doi:10.1016/j.camwa.2011.06.002, table 1; the last row are the weights of the step. */
const tableau = [
  [0.161],
  [-0.008480655492356989, 0.335480655492357],
  [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
  [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
  [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
  [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
];

function tsit5(u: Point, rho: NdArray): Point {
  const slopes = [slope(u, rho)];
  let next = u;
  for (const row of tableau) {
    const sum = (part: keyof Point): NdArray =>
      slopes.map((k, i) => k[part].mul(dt * (row[i] as number))).reduce((a, b) => a.add(b));
    next = { x: u.x.add(sum("x")), y: u.y.add(sum("y")), z: u.z.add(sum("z")) };
    slopes.push(slope(next, rho));
  }
  return next;
}

const modelOf =
  (steps: number, step: (u: Point, rho: NdArray) => Point) =>
  ({ rho }: { rho: NdArray }): Point =>
    lax.foriLoop(0, steps, (_, u) => step(u, rho), { x: np.ones([]), y: np.zeros([]), z: np.zeros([]) });

const spaceOf = (n: number) => new GridSpace({ rho: new Parameter("rho", 1, { low: 0, high: 21, free: true }) }, { n });

const workload = (method: "rk4" | "tsit5", title: string, points: number): Workload => ({
  name: `lorenz-${method}`,
  title,
  size: { points, steps: 1000 },
  quick: { points: 256, steps: 100 },
  unit: "steps",
  width: 1,
  noisy: false,
  c: { source: "lorenz", defines: method === "tsit5" ? ["TSIT5"] : [] },
  build: ({ points, steps }) => ({
    model: modelOf(steps, method === "rk4" ? rk4 : tsit5),
    space: spaceOf(points),
    args: [],
    shared: [],
  }),
});

export const workloads = [workload("rk4", "Lorenz, RK4", 32768), workload("tsit5", "Lorenz, Tsit5", 16384)];

export default defineExploration({ model: modelOf(2000, rk4), space: spaceOf(4096), title: "Lorenz RK4", show: "z" });
