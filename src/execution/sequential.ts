/** One point at a time, in order, on this thread, without tracing: for looking at what a model does. */

import { fromValue } from "../array/ndarray.ts";
import { elementOf } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { STEP_LIMIT } from "../base/status.ts";
import { sameStructure } from "../base/tree.ts";
import { formatType, type Type, type Value } from "../base/value.ts";
import { markFinished } from "../device/batch.ts";
import { freeMemory } from "../device/platform.ts";
import { checkOptions, checkPoints } from "../space/check.ts";
import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import { allocateResults, checkBudget, type ResultColumns, resultBytes } from "../store/memory.ts";
import { type Outputs, resultsOf } from "./assemble.ts";
import { type EvaluatedModel, eagerArguments, evaluateModel, traceOverSpace } from "./model.ts";
import type { ExecutionOptions, RunOptions } from "./parallel.ts";
import { Reporter } from "./progress.ts";
import type { Report } from "./report.ts";
import type { Results } from "./results.ts";
import type { RestOf, ResultOf, StackedOf } from "./types.ts";
import * as check from "./validate.ts";

/** The event loop gets its turn at least as often: for signals, and for a page to stay alive. */
const BREATH_MS = 50;

const where = "SequentialExecution";

/**
 * Calls `model(state, ...args, kwargs)` for each point of a space with arrays that hold numbers: `console.log` inside
 * a model shows them. The results are the same, bit for bit, as those of `ParallelExecution`.
 */
export class SequentialExecution<
  State = unknown,
  R = unknown,
  const A extends readonly unknown[] = readonly [],
  K = undefined,
> {
  readonly #model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R;
  readonly #space: AbstractSpace<State, unknown>;
  readonly #options: ExecutionOptions<A, K>;
  readonly #float: FloatDType;

  /** @throws {TypeError | RangeError} for arguments that make no execution. */
  constructor(
    model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R,
    space: AbstractSpace<State, unknown>,
    options: ExecutionOptions<A, K> = {},
  ) {
    check.checkModel(where, model);
    check.checkSpace(where, space);
    checkOptions(where, options, check.options);
    check.checkArgs(where, options.args, options.kwargs);
    check.checkBytes(where, options.memoryBudget);
    this.#float = check.checkFloat(where, options.dtype);
    this.#model = model;
    this.#space = space;
    this.#options = options;
  }

  /** Computes all points, in order. Rejects with what the model throws, or with the signal's reason. */
  async run(options: RunOptions = {}): Promise<Results<ResultOf<R>, StackedOf<R>>> {
    const { signal, onProgress } = check.checkRun(where, options);
    signal?.throwIfAborted();
    const total = this.#space.N;
    checkPoints(where, total);
    let done = 0;
    const reporter = new Reporter(total, () => [done], onProgress);
    const began = performance.now();
    const point = this.#evaluator();
    let first: { readonly outputs: Outputs; readonly columns: ResultColumns } | undefined;
    for (let breath = performance.now(); done < total; done++) {
      signal?.throwIfAborted();
      const { values, limited, ...outputs } = point(done);
      first ??= { outputs, columns: this.#allocate(outputs.outputs, total) };
      store(first.outputs, outputs, values, first.columns, done);
      if (limited) first.columns.status[done] = STEP_LIMIT;
      reporter.tell();
      if (performance.now() - breath < BREATH_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
    reporter.finish();
    const { outputs, columns } = first ?? this.#none();
    const runSeconds = (performance.now() - began) / 1000;
    const notFinite = markFinished(columns, outputs.outputs, 0, total);
    return resultsOf<R>(this.#space, outputs, columns, reportOf(total, runSeconds, outputs.outputs, notFinite));
  }

  /** Gives a point's results by its index. */
  #evaluator(): (index: number) => EvaluatedModel {
    const float = this.#float;
    const space = this.#space;
    const sources = space.columns(float);
    const rest = eagerArguments(this.#options.args ?? [], this.#options.kwargs, float);
    const model = this.#model as (...args: unknown[]) => unknown;
    return (index) => {
      const values = sources.map((source) => fromValue({ ...typeOf(source), data: elementOf(source, index) }));
      return evaluateModel(() => model(space.materialise(values, { dtype: float }), ...rest), float);
    };
  }

  #allocate(types: readonly Type[], total: number): ResultColumns {
    checkBudget(where, types, total, this.#options.memoryBudget ?? freeMemory() / 2);
    return allocateResults(types, total, false);
  }

  /** Without a point to look at, a trace tells the results' types. */
  #none(): { readonly outputs: Outputs; readonly columns: ResultColumns } {
    const model = this.#model as (...args: unknown[]) => unknown;
    const { args = [], kwargs } = this.#options;
    const outputs = traceOverSpace({ model, space: this.#space, args, kwargs, float: this.#float });
    return { outputs, columns: allocateResults(outputs.outputs, 0, false) };
  }
}

const typeOf = ({ dtype, shape }: Type): Type => ({ dtype, shape });

function store(first: Outputs, now: Outputs, values: readonly Value[], columns: ResultColumns, index: number): void {
  if (!sameStructure(first.structure, now.structure)) {
    throw new LanewiseError(
      "type",
      `${where}: expected the model to return the same tree at every point, got another one at point ${index}; ` +
        "return all results always, NaN where there is none",
    );
  }
  values.forEach(({ dtype, shape, data }, k) => {
    const type = first.outputs[k] as Type;
    if (type.dtype !== dtype || !sameShape(type.shape, shape)) {
      throw new LanewiseError(
        "type",
        `${where}: expected result ${first.paths[k] || "value"} to be ${formatType(type)} as at point 0, ` +
          `got ${formatType({ dtype, shape })} at point ${index}; let it not depend on the point`,
      );
    }
    columns.data[k]?.set(data, index * data.length);
  });
}

/** The model runs as it is written, here. */
const itself = { name: "this thread", target: "eager", why: "the model itself runs, point by point" } as const;

const reportOf = (points: number, runSeconds: number, types: readonly Type[], notFinite: number): Report =>
  Object.freeze({
    points,
    batches: points,
    batchSize: Math.min(1, points),
    devices: Object.freeze([Object.freeze({ ...itself, points, batches: points })]),
    traceSeconds: 0,
    compileSeconds: 0,
    runSeconds,
    pointsPerSecond: points === 0 ? 0 : points / Math.max(runSeconds, 1e-9),
    bytes: resultBytes(types, points),
    notFinite,
  });
