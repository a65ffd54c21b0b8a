/** What the runner needs to know of a workload: how it is built, which C program computes the same, and its sizes. */

import { type AbstractSpace, type NdArray, random } from "lanewise";

/** The generator of random keys. */
export type Generator = "threefry" | "philox";

export interface Size {
  /** Members of the parameter space. */
  readonly points: number;
  readonly steps: number;
}

export interface BuildOptions extends Size {
  readonly generator: Generator;
}

/** A model with its space, and what the C program reads after the columns of the space. */
export interface Built {
  // biome-ignore lint/suspicious/noExplicitAny: models differ in what they take
  readonly model: (state: any, ...args: any[]) => unknown;
  readonly space: AbstractSpace<unknown, unknown>;
  readonly args: readonly unknown[];
  /** Arrays that all points share, in the order in which the C program reads them. */
  readonly shared: readonly (Float32Array | Int32Array)[];
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly size: Size;
  /** For a smoke test. */
  readonly quick: Size;
  /** What is counted: `width` of them in every step of every point. */
  readonly unit: "steps" | "node-steps" | "normals";
  readonly width: number;
  /** Whether it draws random numbers. */
  readonly noisy: boolean;
  /** File in `c/` without its ending, and what the preprocessor is told. */
  readonly c: { readonly source: string; readonly defines?: readonly string[] };
  readonly build: (options: BuildOptions) => Built;
}

/** A key of a generator, as `random.key` makes it. */
export const keyOf = (seed: NdArray, generator: Generator): NdArray =>
  generator === "threefry" ? random.key(seed) : (random.key as KeyMaker)(seed, { impl: generator });

type KeyMaker = (seed: NdArray | number, options: { impl: Generator }) => NdArray;

/** 0, 1, 2, …: a seed for each point. */
export const seeds = (points: number): Int32Array => Int32Array.from({ length: points }, (_, i) => i);

/** Sides of a grid with that many points, as square as can be. */
export function sides(points: number): [number, number] {
  let side = Math.floor(Math.sqrt(points));
  while (points % side !== 0) side--;
  return [points / side, side];
}
