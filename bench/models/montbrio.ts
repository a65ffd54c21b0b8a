/**
 * Montbrió-Pazó-Roxin neural masses, 164 nodes coupled by their mean field, stochastic Heun with steps of 0.01, over k
 * and eta; the standard deviation of r along time, as a mean over the nodes, is accumulated, no trajectory is stored. The
 * noise is an argument, the same for all points, or drawn for each point. The same operations as c/montbrio.c.
 */

import { DataAxis, GridSpace, lax, type NdArray, np, Parameter, random, Space } from "lanewise";
import { type BuildOptions, keyOf, seeds, sides, type Workload } from "./workload.ts";

// Montbrió, Pazó & Roxin 2015, doi:10.1103/PhysRevX.5.021028, with tau = 1.
const [Delta, J] = [1, 15];
const [dt, sigma] = [0.01, 0.03];
const nodes = 164;

interface State {
  k: NdArray;
  eta: NdArray;
}

interface Masses {
  r: NdArray;
  v: NdArray;
}

function slope({ r, v }: Masses, { k, eta }: State): Masses {
  const rate = np.maximum(r, 0);
  const square = rate.mul(Math.PI).square();
  return {
    r: rate
      .mul(v)
      .mul(2)
      .add(Delta / Math.PI),
    v: v.square().sub(square).add(rate.mul(J)).add(eta).add(r.mean().mul(k)),
  };
}

function step(y: Masses, noise: Masses, state: State): Masses {
  const k1 = slope(y, state);
  const ahead = { r: y.r.add(k1.r.mul(dt)).add(noise.r), v: y.v.add(k1.v.mul(dt)).add(noise.v) };
  const k2 = slope(ahead, state);
  return {
    r: y.r.add(k1.r.add(k2.r).mul(dt / 2)).add(noise.r),
    v: y.v.add(k1.v.add(k2.v).mul(dt / 2)).add(noise.v),
  };
}

const start = () => ({
  y: { r: np.full([nodes], 0.1), v: np.full([nodes], -2) },
  sum: np.zeros([nodes]),
  squares: np.zeros([nodes]),
});

type Carry = ReturnType<typeof start>;

const advance = ({ y, sum, squares }: Carry, z: NdArray, state: State): Carry => {
  const scaled = z.mul(sigma * Math.sqrt(dt));
  const next = step(y, { r: scaled.at(0), v: scaled.at(1) }, state);
  return { y: next, sum: sum.add(next.r), squares: squares.add(next.r.square()) };
};

function spread({ sum, squares }: Carry, steps: number): NdArray {
  const mean = sum.div(steps);
  return np.maximum(squares.div(steps).sub(mean.square()), 0).sqrt().mean();
}

const shared =
  ({ steps }: BuildOptions) =>
  (state: State, noise: NdArray): NdArray => {
    const [end] = lax.scan((carry, z: NdArray) => [advance(carry, z, state), null], start(), noise);
    return spread(end, steps);
  };

const own =
  ({ steps, generator }: BuildOptions) =>
  (state: State & { seed: NdArray }): NdArray => {
    const key = keyOf(state.seed, generator);
    const end = lax.foriLoop(
      0,
      steps,
      (t, carry) => advance(carry, random.normal(random.foldIn(key, t), [2, nodes], { dtype: "float32" }), state),
      start(),
    );
    return spread(end, steps);
  };

const size = { points: 256, steps: 1000 };
const [low, high] = [
  { k: 0, eta: -6 },
  { k: 2, eta: -4 },
];

export const workloads: Workload[] = [
  {
    name: "montbrio",
    title: "Montbrió-Pazó-Roxin, 164 nodes, noise given",
    size,
    quick: { points: 16, steps: 50 },
    unit: "node-steps",
    width: nodes,
    noisy: false,
    c: { source: "montbrio" },
    build: (options) => {
      const noise = random.normal(random.key(1), [options.steps, 2, nodes]);
      const space = new GridSpace(
        {
          k: new Parameter("k", 0, { low: low.k, high: high.k, free: true }),
          eta: new Parameter("eta", -5, { low: low.eta, high: high.eta, free: true }),
        },
        { n: 1 },
      );
      [space.n.k, space.n.eta] = sides(options.points);
      return { model: shared(options), space, args: [noise], shared: [noise.data as Float32Array] };
    },
  },
  {
    name: "montbrio-noise",
    title: "Montbrió-Pazó-Roxin, 164 nodes, noise drawn",
    size: { points: 64, steps: 500 },
    quick: { points: 16, steps: 50 },
    unit: "node-steps",
    width: nodes,
    noisy: true,
    c: { source: "montbrio", defines: ["NOISE"] },
    build: (options) => ({
      model: own(options),
      space: new Space({ ...columns(options.points), seed: new DataAxis(seeds(options.points)) }),
      args: [],
      shared: [],
    }),
  },
];

/** The same grid as columns, so that a seed may go with each point. */
function columns(points: number) {
  const [n, m] = sides(points);
  const value = (from: number, to: number, i: number, count: number): number =>
    from + ((to - from) * i) / Math.max(1, count - 1);
  const along = (f: (i: number) => number) => new DataAxis(Float32Array.from({ length: points }, (_, i) => f(i)));
  return {
    k: along((i) => value(low.k, high.k, Math.floor(i / m), n)),
    eta: along((i) => value(low.eta, high.eta, i % m, m)),
  };
}
