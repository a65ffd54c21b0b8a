/**
 * Reduced Wong-Wang network, 84 nodes, dense coupling, Heun with steps of 1 ms, over G: without noise, with noise drawn
 * for each point, with delays that all points share, and with delays by a speed that differs between points. The same
 * operations as c/wong-wang.c.
 */

import {
  DataAxis,
  defineExploration,
  GridAxis,
  GridSpace,
  lax,
  type NdArray,
  np,
  Parameter,
  random,
  Space,
} from "lanewise";
import { connectome } from "./connectome.ts";
import { type BuildOptions, type Built, keyOf, seeds, type Workload } from "./workload.ts";

// Deco et al. 2013, doi:10.1523/JNEUROSCI.1091-13.2013; time in ms, currents in nA, rates in 1/s.
// b is 108 but for its last digits: in float32 270 x never rounds to it, so that the rate is never 0/0.
const [a, b, d, gamma, tau] = [270, 108.0000458, 0.154, 0.641 / 1000, 100];
const [w, J, I0] = [0.9, 0.2609, 0.32];
const [dt, sigma] = [1, 0.01];
/** Millimetres per millisecond, where all points share it. */
const speed = 3;
const slowest = 2;

const nodes = 84;
const { weights, lengths } = connectome(nodes);

const slope = (s: NdArray, coupling: NdArray, gj: NdArray): NdArray => {
  const x = s
    .mul(w * J)
    .add(coupling.mul(gj))
    .add(I0);
  const y = x.mul(a).sub(b);
  const rate = y.div(np.sub(1, np.exp(y.mul(-d))));
  return np
    .sub(1, s)
    .mul(gamma)
    .mul(rate)
    .sub(s.mul(1 / tau));
};

const heun = (s: NdArray, k1: NdArray, k2: NdArray): NdArray => s.add(k1.add(k2).mul(dt / 2));

const quiet =
  ({ steps }: BuildOptions) =>
  (state: { G: NdArray }, connectivity: NdArray): NdArray => {
    const gj = state.G.mul(J);
    const step = (s: NdArray): NdArray => {
      const k1 = slope(s, connectivity.matmul(s), gj);
      const z = s.add(k1.mul(dt));
      return heun(s, k1, slope(z, connectivity.matmul(z), gj));
    };
    return lax.foriLoop(0, steps, (_, s) => step(s), np.full([nodes], 0.1)).mean();
  };

const noisy =
  ({ steps, generator }: BuildOptions) =>
  (state: { G: NdArray; seed: NdArray }, connectivity: NdArray): NdArray => {
    const gj = state.G.mul(J);
    const key = keyOf(state.seed, generator);
    const step = (t: NdArray, s: NdArray): NdArray => {
      const xi = random.normal(random.foldIn(key, t), [nodes], { dtype: "float32" }).mul(sigma * Math.sqrt(dt));
      const k1 = slope(s, connectivity.matmul(s), gj);
      const z = s.add(k1.mul(dt)).add(xi);
      return np.clip(heun(s, k1, slope(z, connectivity.matmul(z), gj)).add(xi), 0, 1);
    };
    return lax.foriLoop(0, steps, step, np.full([nodes], 0.1)).mean();
  };

/** A ring of the past; its length is a power of two, so that places wrap by their bits. */
function ringOf(longest: number): number {
  let rows = 2;
  while (rows <= longest) rows *= 2;
  return rows;
}

/** `delay` in steps, from node j (column) to node i (row): an array that all points share, or one for each. */
function delayed(steps: number, gj: NdArray, connectivity: NdArray, delay: NdArray, rows: number): NdArray {
  const column = np.arange(nodes);
  const step = (t: NdArray, { s, past }: { s: NdArray; past: NdArray }) => {
    const place = np
      .bitwiseAnd(np.sub(t, delay), rows - 1)
      .mul(nodes)
      .add(column);
    const coupling = connectivity.mul(past.ravel().take(place)).sum(1);
    const k1 = slope(s, coupling, gj);
    const next = heun(s, k1, slope(s.add(k1.mul(dt)), coupling, gj));
    const after = np.bitwiseAnd(t.add(1), rows - 1);
    return { s: next, past: lax.dynamicUpdateSlice(past, next.expandDims(0), [after, 0]) };
  };
  return lax.foriLoop(0, steps, step, { s: np.full([nodes], 0.1), past: np.full([rows, nodes], 0.1) }).s.mean();
}

/** In whole steps, halves to even. */
const stepsOf = (length: number, v: number): number => {
  const x = length / v / dt;
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
};

const delays = Int32Array.from(lengths, (length) => stepsOf(length, speed));
const longest = (v: number): number => stepsOf(Math.max(...lengths), v);

const sharedDelays =
  ({ steps }: BuildOptions) =>
  (state: { G: NdArray }, connectivity: NdArray): NdArray =>
    delayed(steps, state.G.mul(J), connectivity, np.asarray(delays).reshape([nodes, nodes]), ringOf(longest(speed)));

const ownDelays =
  ({ steps }: BuildOptions) =>
  (state: { G: NdArray; speed: NdArray }, connectivity: NdArray, distance: NdArray): NdArray =>
    delayed(
      steps,
      state.G.mul(J),
      connectivity,
      distance.div(state.speed).round().astype("int32"),
      ringOf(longest(slowest)),
    );

const spaceOf = (n: number) => new GridSpace({ G: new Parameter("G", 1, { low: 0, high: 2, free: true }) }, { n });

const matrix = (data: Float32Array): NdArray => np.asarray(data).reshape([nodes, nodes]);

const workload = (
  name: string,
  title: string,
  steps: number,
  defines: readonly string[],
  build: (options: BuildOptions) => Built,
): Workload => ({
  name,
  title,
  size: { points: 64, steps },
  quick: { points: 16, steps: 50 },
  unit: "node-steps",
  width: nodes,
  noisy: defines.includes("NOISE"),
  c: { source: "wong-wang", defines },
  build,
});

export const workloads = [
  workload("wong-wang", "Reduced Wong-Wang, 84 nodes", 1000, [], (options) => ({
    model: quiet(options),
    space: spaceOf(options.points),
    args: [matrix(weights)],
    shared: [weights],
  })),
  workload("wong-wang-noise", "… with noise", 1000, ["NOISE"], (options) => ({
    model: noisy(options),
    space: new Space({ G: new GridAxis(0, 2, options.points), seed: new DataAxis(seeds(options.points)) }),
    args: [matrix(weights)],
    shared: [weights],
  })),
  workload("wong-wang-delays", "… with delays", 500, ["DELAYS"], (options) => ({
    model: sharedDelays(options),
    space: spaceOf(options.points),
    args: [matrix(weights)],
    shared: [weights, delays, Int32Array.of(longest(speed))],
  })),
  workload("wong-wang-speeds", "… with delays by a swept speed", 250, ["SPEEDS"], (options) => ({
    model: ownDelays(options),
    space: new Space({ G: new GridAxis(0, 2, options.points), speed: new GridAxis(slowest, 10, options.points) }),
    args: [matrix(weights), matrix(lengths)],
    shared: [weights, lengths, Int32Array.of(longest(slowest))],
  })),
];

export default defineExploration({
  model: quiet({ points: 64, steps: 1000, generator: "threefry" }),
  space: spaceOf(64),
  args: [matrix(weights)],
  title: "Reduced Wong-Wang, 84 nodes",
});
