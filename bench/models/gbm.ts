/**
 * Geometric Brownian motion, three components, by Euler and Maruyama: dX = 1.5 X dt + 0.01 X dW, steps of 2^-8, every
 * point with a key of its own. The same operations as c/gbm.c. And the normal numbers alone: c/normals.c.
 */

import { DataAxis, lax, type NdArray, np, random, Space } from "lanewise";
import { type BuildOptions, keyOf, seeds, type Workload } from "./workload.ts";

const [drift, noise, dt] = [1.5, 0.01, 2 ** -8];

const gbm =
  ({ steps, generator }: BuildOptions) =>
  ({ seed }: { seed: NdArray }): NdArray => {
    const key = keyOf(seed, generator);
    return lax.foriLoop(
      0,
      steps,
      (t, x: NdArray) => {
        const z = random.normal(random.foldIn(key, t), [3], { dtype: "float32" });
        return x.add(x.mul(drift * dt)).add(x.mul(noise * Math.sqrt(dt)).mul(z));
      },
      np.full([3], 0.1),
    );
  };

const perStep = 16;

const normals =
  ({ steps, generator }: BuildOptions) =>
  ({ seed }: { seed: NdArray }): NdArray => {
    const key = keyOf(seed, generator);
    return lax.foriLoop(
      0,
      steps,
      (t, sum: NdArray) => sum.add(random.normal(random.foldIn(key, t), [perStep], { dtype: "float32" })),
      np.zeros([perStep]),
    );
  };

const build = (model: typeof gbm) => (options: BuildOptions) => ({
  model: model(options),
  space: new Space({ seed: new DataAxis(seeds(options.points)) }),
  args: [],
  shared: [],
});

export const workloads: Workload[] = [
  {
    name: "gbm",
    title: "Geometric Brownian motion, Euler-Maruyama",
    size: { points: 16384, steps: 256 },
    quick: { points: 256, steps: 32 },
    unit: "steps",
    width: 1,
    noisy: true,
    c: { source: "gbm" },
    build: build(gbm),
  },
  {
    name: "normals",
    title: "Normal numbers alone",
    size: { points: 2048, steps: 400 },
    quick: { points: 256, steps: 10 },
    unit: "normals",
    width: perStep,
    noisy: true,
    c: { source: "normals" },
    build: build(normals),
  },
];
