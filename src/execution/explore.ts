/** What a model file exports: everything that `lanewise run` needs to know. */

import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { RestOf } from "./types.ts";

/** A model, the space to run it over, and how to show what comes of it. */
export interface Exploration<State, R, A extends readonly unknown[], K> {
  /** Called once with tracers, as by `ParallelExecution`. */
  readonly model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R;
  /** The points; `--set` and `--axis` of the command line change it by the paths of its state. */
  readonly space: AbstractSpace<State, unknown>;
  /** As of `ParallelExecution`. */
  readonly args?: A | undefined;
  /** As of `ParallelExecution`. */
  readonly kwargs?: K | undefined;
  /** Heading of what is shown. */
  readonly title?: string;
  /** Name of the result that pictures and reports show first, as in `toColumns`; stores keep it. Default: the first. */
  readonly show?: string;
  /** Names for the dimensions of results with a shape, by the names that results have in tables, as stores keep them. */
  readonly dims?: { readonly [result: string]: readonly string[] };
}

/** An exploration of any types, as a reader of model files sees it. */
export interface AnyExploration {
  model(...args: readonly unknown[]): unknown;
  readonly space: AbstractSpace<unknown, unknown>;
  readonly args?: readonly unknown[];
  readonly kwargs?: object;
  readonly title?: string;
  readonly show?: string;
  readonly dims?: { readonly [result: string]: readonly string[] };
}

/** For the default export of a file that `lanewise run` is given; it gives back what it gets, with types checked. */
export const defineExploration = <State, R, const A extends readonly unknown[] = readonly [], K = undefined>(
  exploration: Exploration<State, R, A, K>,
): Exploration<State, R, A, K> => exploration;
