/** Reduced Wong-Wang network, 84 nodes, dense, Heun: 64 values of G, 1000 steps of 1 ms. The same operations as bench/c/wong-wang.c. */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";

// Deco et al. 2013, doi:10.1523/JNEUROSCI.1091-13.2013; time in ms, currents in nA, rates in 1/s.
const [a, b, d, gamma, tau] = [270, 108, 0.154, 0.641 / 1000, 100];
const [w, J, I0] = [0.9, 0.2609, 0.32];
const dt = 1;

export const nodes = 84;
export const points = 64;
export const steps = 1000;

/** Log-normal weights of a fixed seed, no self-coupling, every row's sum 1; [nodes, nodes]. */
export function weights(): Float32Array {
  let seed = 20130709;
  // Park-Miller: small, and the same in every language.
  const uniform = (): number => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const values = Float64Array.from({ length: nodes * nodes }, (_, i) =>
    i % (nodes + 1) === 0 ? 0 : Math.exp(normal()),
  );
  const sums = Float64Array.from({ length: nodes }, (_, i) =>
    values.subarray(i * nodes, (i + 1) * nodes).reduce((sum, x) => sum + x, 0),
  );
  return Float32Array.from(values, (x, i) => x / (sums[Math.floor(i / nodes)] as number));
}

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

export const model = (state: { G: NdArray }, connectivity: NdArray): NdArray => {
  const gj = state.G.mul(J);
  const step = (s: NdArray): NdArray => {
    const k1 = slope(s, connectivity.matmul(s), gj);
    const z = s.add(k1.mul(dt));
    return s.add(k1.add(slope(z, connectivity.matmul(z), gj)).mul(dt / 2));
  };
  return lax.foriLoop(0, steps, (_, s) => step(s), np.full([nodes], 0.1)).mean();
};

export const args = [np.asarray(weights()).reshape([nodes, nodes])];

export const spaceOf = (n: number) =>
  new GridSpace({ G: new Parameter("G", 1, { low: 0, high: 2, free: true }) }, { n });

export default defineExploration({ model, space: spaceOf(points), args, title: "Reduced Wong-Wang, 84 nodes" });
