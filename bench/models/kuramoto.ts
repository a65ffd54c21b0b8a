/** Kuramoto oscillators, 80 nodes, a sine for each pair, classical RK4, over the coupling and the spread of frequencies. The same operations as c/kuramoto.c. */

import { GridSpace, lax, type NdArray, np, Parameter } from "lanewise";
import { connectome } from "./connectome.ts";
import { sides, type Workload } from "./workload.ts";

const dt = 0.05;
const nodes = 80;
const { weights } = connectome(nodes);

/** From -1 to 1 in an order without neighbours. */
const frequencies = Float32Array.from({ length: nodes }, (_, i) => ((i * 37) % nodes) / (nodes / 2) - 1);
/** All around the circle. */
const phases = Float32Array.from({ length: nodes }, (_, i) => (((i * 23) % nodes) * 6.25) / nodes);

const modelOf =
  (steps: number) =>
  ({ K, spread }: { K: NdArray; spread: NdArray }, connectivity: NdArray): NdArray => {
    const omega = np.asarray(frequencies).mul(spread);
    const slope = (theta: NdArray): NdArray => {
      const pull = np.sub(theta.expandDims(0), theta.expandDims(1)).sin();
      return omega.add(connectivity.mul(pull).sum(1).mul(K));
    };
    const step = (theta: NdArray): NdArray => {
      const k1 = slope(theta);
      const k2 = slope(theta.add(k1.mul(dt / 2)));
      const k3 = slope(theta.add(k2.mul(dt / 2)));
      const k4 = slope(theta.add(k3.mul(dt)));
      return theta.add(
        k1
          .add(k2.mul(2))
          .add(k3.mul(2))
          .add(k4)
          .mul(dt / 6),
      );
    };
    const theta = lax.foriLoop(0, steps, (_, theta) => step(theta), np.asarray(phases));
    return theta.cos().mean().square().add(theta.sin().mean().square()).sqrt();
  };

export const workloads: Workload[] = [
  {
    name: "kuramoto",
    title: "Kuramoto, 80 nodes, RK4",
    size: { points: 64, steps: 40 },
    quick: { points: 16, steps: 5 },
    unit: "node-steps",
    width: nodes,
    noisy: false,
    c: { source: "kuramoto" },
    build: ({ points, steps }) => {
      const space = new GridSpace(
        {
          K: new Parameter("K", 1, { low: 0, high: 4, free: true }),
          spread: new Parameter("spread", 1, { low: 0.5, high: 2, free: true }),
        },
        { n: 1 },
      );
      [space.n.K, space.n.spread] = sides(points);
      return {
        model: modelOf(steps),
        space,
        args: [np.asarray(weights).reshape([nodes, nodes])],
        shared: [weights, frequencies, phases],
      };
    },
  },
];
