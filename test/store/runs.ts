/** Runs into a store without devices: a space, a model, and chunks whose values follow from the index. */

import { type AnyModel, traceOverSpace } from "../../src/execution/model.ts";
import { runIntoStore, type StoreOptions, type StoreOutcome, type StoreRun } from "../../src/execution/store-run.ts";
import { GridSpace, Parameter, UniformSpace } from "../../src/index.ts";
import type { AbstractSpace } from "../../src/space/space.ts";
import type { Files } from "../../src/store/files.ts";

const free = (name: string) => new Parameter(name, 0, { low: 0, high: 1, free: true });

/** 6 × 5 points in chunks of 10. */
export const grid = (high = 1): AbstractSpace<unknown, unknown> =>
  new GridSpace({ a: new Parameter("a", 0, { low: 0, high, free: true }), b: free("b") }, { n: { a: 6, b: 5 } });

/** 25 points in chunks of 10, with their parameters in the store. */
export const points = (): AbstractSpace<unknown, unknown> => new UniformSpace({ a: free("a") }, { N: 25 });

const model: AnyModel = (state) => {
  const { a } = state as { a: { mul(x: number): unknown } };
  return { double: a.mul(2), half: a.mul(0.5) };
};

/** No two beats in a test, and nobody waits long. */
export const quick = { beat: 10_000, lease: 8 };

interface Wishes extends Partial<Omit<StoreOptions, "files">> {
  readonly space?: AbstractSpace<unknown, unknown>;
  readonly fastMath?: boolean;
  readonly float?: "float32" | "float64";
  readonly model?: AnyModel;
  readonly signal?: AbortSignal;
  /** Called before each chunk is given. */
  readonly before?: (index: number) => Promise<void> | void;
  /** Added to every value. */
  readonly offset?: number;
}

/** Numbers of the chunks that were computed go to `computed`. */
export function runOn(files: Files, computed: number[] = [], wishes: Wishes = {}): Promise<StoreOutcome> {
  const { space = grid(), fastMath = false, float = "float32", signal, before, offset = 0, ...store } = wishes;
  const traced = traceOverSpace({ model: wishes.model ?? model, space, args: [], kwargs: undefined, float });
  const chunks: StoreRun["chunks"] = async function* ({ ranges, wanted }) {
    for (let index = 0; index < ranges.chunks; index++) {
      if (!wanted(index)) continue;
      const { start, count } = ranges.range(index);
      await before?.(index);
      computed.push(index);
      const values = (scale: number) => Float32Array.from({ length: count }, (_, i) => scale * (start + i) + offset);
      const columns = { data: traced.outputs.map((_, k) => values(k + 1)), status: new Uint8Array(count).fill(1) };
      yield { index, start, count, columns, tallies: [] };
    }
  };
  const options = { where: "disk", resume: false, overwrite: false, chunk: 10, lock: quick, ...store, files };
  return runIntoStore({
    space,
    traced,
    float,
    target: "wasm",
    fastMath,
    store: options,
    chunks,
    ...(signal && { signal }),
  });
}
