/** The workloads, loaded from TypeScript, and Lanewise as a user has it: what was built to dist/. */

import { createJiti } from "jiti";
import * as lanewise from "../../dist/index.js";

export { lanewise };

const jiti = createJiti(import.meta.url, { virtualModules: { lanewise } });

/** All workloads, by name. */
export async function loadWorkloads() {
  const { workloads } = await jiti.import("../models/index.ts");
  return new Map(workloads.map((workload) => [workload.name, workload]));
}

/** Columns of numbers, and of arrays. */
const leaves = (tree) =>
  ArrayBuffer.isView(tree)
    ? [tree]
    : tree instanceof lanewise.NdArray
      ? [tree.data]
      : Object.values(tree).flatMap(leaves);

/** Results as rows, one per output number, each with all points: [outputs × points], and the number of rows. */
export function rowsOf(results) {
  const N = results.length;
  const columns = leaves(results.stacked);
  const widths = columns.map((column) => column.length / N);
  const rows = widths.reduce((sum, width) => sum + width, 0);
  const wide = columns.some((column) => column instanceof Float64Array);
  const all = new (wide ? Float64Array : Float32Array)(rows * N);
  let row = 0;
  columns.forEach((column, c) => {
    for (let e = 0; e < widths[c]; e++, row++) {
      for (let i = 0; i < N; i++) all[row * N + i] = column[i * widths[c] + e];
    }
  });
  return { rows, values: all };
}

/** What Lanewise can be told to run, fastest last; `strict` gives the same bits as C does. */
const configurations = [
  { name: "wasm", strict: true, options: { target: "wasm" } },
  { name: "x64", strict: true, options: { target: "x64" } },
  { name: "x64 fastMath", strict: false, options: { target: "x64", fastMath: true } },
];

const one = () => new lanewise.Space({ x: new lanewise.GridAxis(0, 1, 1) });

/** The configurations that run here, and why the others do not. */
export async function offered() {
  const found = { offered: [], missing: [] };
  for (const configuration of configurations) {
    try {
      await new lanewise.ParallelExecution(({ x }) => x.exp(), one(), { ...configuration.options, nPmap: 1 }).run();
      found.offered.push(configuration);
    } catch (error) {
      found.missing.push({ name: configuration.name, why: error.message });
    }
  }
  return found;
}

/** Generators of random keys that this Lanewise has. */
export function generators() {
  const { random } = lanewise;
  const draw = (key) => [...random.bits(key, [4]).data].join();
  try {
    const philox = draw(random.key(7, { impl: "philox" }));
    return philox === draw(random.key(7)) ? ["threefry"] : ["threefry", "philox"];
  } catch {
    return ["threefry"];
  }
}

/** Every workload with every generator that it can use: name as shown, workload, build options but the size. */
export const variantsOf = (workloads, all = generators()) =>
  [...workloads].flatMap((workload) =>
    (workload.noisy ? all : all.slice(0, 1)).map((generator) => ({
      name: workload.noisy && generator !== "threefry" ? `${workload.name}, ${generator}` : workload.name,
      workload,
      generator,
    })),
  );

/** Drawing numbers alone is a question to one thread. */
export const isSimulation = ({ workload }) => workload.unit !== "normals";
