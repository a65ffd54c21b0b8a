/** What a model file exports: everything that `lanewise run` needs to know. */

import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { RestOf } from "./types.ts";

export interface Exploration<State = unknown, A extends readonly unknown[] = readonly unknown[], K = unknown, R = unknown> {
  /** Called as `model(state, ...args, kwargs)`. */
  readonly model: (state: ModelState<State>, ...rest: RestOf<A, K>) => R;
  readonly space: AbstractSpace<State>;
  /** Arguments after the state, the same for all points; arrays are inputs of the kernel, never part of its code. */
  readonly args?: A;
  readonly kwargs?: K;
  /** Printed above the results. */
  readonly title?: string;
  /** Name of the output to draw. Default: the first that is one number per point. */
  readonly show?: string;
}

/** Marks and types what a file exports as its default, for `lanewise run`: `export default defineExploration({ model, space })`. */
export const defineExploration = <State, const A extends readonly unknown[] = [], K = undefined, R = unknown>(
  exploration: Exploration<State, A, K, R>,
): Exploration<State, A, K, R> => exploration;
