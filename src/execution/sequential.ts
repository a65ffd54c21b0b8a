/** One point at a time, in order, on this thread, without tracing: for looking at what a model does. */

import { fromValue } from "../array/ndarray.ts";
import { elementOf } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { STEP_LIMIT, type StatusCounts } from "../base/status.ts";
import { sameStructure } from "../base/tree.ts";
import { formatType, type Type, type Value } from "../base/value.ts";
import { markFinished } from "../device/batch.ts";
import { freeMemory } from "../device/platform.ts";
import { blockAt, blockCount } from "../device/reduce/blocks.ts";
import { checkOptions, checkPoints } from "../space/check.ts";
import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import { allocateResults, checkBudget, type ResultColumns, resultBytes } from "../store/memory.ts";
import { type Outputs, resultsOf } from "./assemble.ts";
import { FAIL_FAST_POINTS, Failures } from "./failures.ts";
import { type EvaluatedModel, eagerArguments, evaluateModel, traceOverSpace } from "./model.ts";
import type { ExecutionOptions, WatchOptions } from "./parallel.ts";
import { Reporter } from "./progress.ts";
import { markFailed } from "./recovery.ts";
import { isReduced, type ReduceOptions, Reducing } from "./reduce.ts";
import type { ReducedOf, Reductions } from "./reduce-spec.ts";
import { replicated } from "./replicate.ts";
import type { Report } from "./report.ts";
import type { Results } from "./results.ts";
import { type StreamChunk, type StreamOptions, streamChunk, streamPoints } from "./stream.ts";
import type { RestOf, ResultOf, StackedOf } from "./types.ts";
import * as check from "./validate.ts";

/** The event loop gets its turn at least as often: for signals, and for a page to stay alive. */
const BREATH_MS = 50;

const where = "SequentialExecution";

/**
 * Calls `model(state, ...args, kwargs)` for each point of a space with arrays that hold numbers: `console.log` inside
 * a model shows them. The results are the same, bit for bit, as those of `ParallelExecution`. They are kept in memory
 * alone: what lies on disk is known by its traced program, and here nothing is traced.
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
    check.checkFailures(where, options);
    this.#float = check.checkFloat(where, options.dtype);
    this.#model = model;
    this.#space = replicated(where, space, options.replications);
    this.#options = options;
  }

  /** Computes all points and keeps none, as `ParallelExecution` does, with the same bits. */
  run<const Q extends Reductions>(
    options: WatchOptions & ReduceOptions<Q>,
  ): Promise<Results<ReducedOf<Q>, StackedOf<ReducedOf<Q>>>>;
  /**
   * Computes all points, in order. A point at which the model throws has the status "failed", and its error's message
   * is the reason; rejects with what the model throws where it does so at all of the first hundred points or `onError`
   * says so, with an error of kind `"point"` as that of `ParallelExecution`, or with the signal's reason.
   */
  run(options?: WatchOptions): Promise<Results<ResultOf<R>, StackedOf<R>>>;
  async run(options: WatchOptions & Partial<ReduceOptions> = {}): Promise<unknown> {
    check.checkInMemory(`${where}.run`, options);
    const asked = check.checkRun(where, options);
    const budget = this.#options.memoryBudget ?? freeMemory() / 2;
    if (isReduced(asked)) return this.#reduce(asked, budget);
    const began = performance.now();
    const whole = this.#parts(asked, function* ({ outputs }, total) {
      checkBudget(where, outputs, total, budget);
      yield { start: 0, count: total };
    });
    const { outputs, count, columns, notFinite, failures } = (await whole.next()).value as Part;
    const report = reportOf(count, began, outputs.outputs, notFinite, failures.counts);
    return resultsOf<R>(this.#space, outputs, columns, report, failures.reasonOf);
  }

  /** As that of `ParallelExecution`: chunks of points with their results, in order. */
  async *stream(options: StreamOptions = {}): AsyncGenerator<StreamChunk<ResultOf<R>, StackedOf<R>>, void, void> {
    const asked = check.checkStream(where, options);
    const began = performance.now();
    for await (const part of this.#parts(asked, function* (outputs, total) {
      const points = asked.points ?? streamPoints(outputs, total);
      for (let start = 0; start < total; start += points) yield { start, count: Math.min(points, total - start) };
    })) {
      const report = reportOf(part.count, began, part.outputs.outputs, part.notFinite);
      yield streamChunk<R>(this.#space, part.outputs, part, report);
    }
  }

  async #reduce(asked: WatchOptions & ReduceOptions, budget: number): Promise<unknown> {
    const began = performance.now();
    const space = this.#space;
    let reducing: Reducing | undefined;
    let notFinite = 0;
    let statuses: StatusCounts | undefined;
    let block = 0;
    const start = (outputs: Outputs): Reducing => {
      reducing = new Reducing(`${where}.run`, space, outputs, asked, budget);
      return reducing;
    };
    const blocks = function* (outputs: Outputs) {
      const { plan, order } = start(outputs);
      for (let k = 0; k < blockCount(plan.blocks); k++) yield { ...blockAt(plan.blocks, k), index: order.index };
    };
    for await (const part of this.#parts(asked, blocks)) {
      reducing?.reduce(block++, part.columns);
      notFinite += part.notFinite;
      statuses = part.failures.counts;
    }
    const whole = reducing ?? start(this.#none());
    return whole.results((bytes) => ({ ...reportOf(space.N, began, [], notFinite, statuses), bytes }));
  }

  /** Computes parts of the space one after the other; what they are may depend on the types of the results. */
  async *#parts(
    { signal, onProgress }: WatchOptions,
    partsOf: (outputs: Outputs, total: number) => Iterable<PartRange>,
  ): AsyncGenerator<Part, void, void> {
    signal?.throwIfAborted();
    const total = this.#space.N;
    checkPoints(where, total);
    let done = 0;
    const reporter = new Reporter(total, () => [done], onProgress);
    const evaluate = this.#evaluator();
    const failures = new Failures(`${where}.run`, this.#space, this.#float, this.#options);
    const first = total === 0 ? undefined : this.#first(evaluate, total);
    const outputs = first?.results ?? this.#none();
    let breath = performance.now();
    for (const { start, count, index = (i: number) => i } of partsOf(outputs, total)) {
      const columns = allocateResults(outputs.outputs, count, false);
      let notFinite = 0;
      for (let i = 0; i < count; i++) {
        signal?.throwIfAborted();
        const point = index(start + i);
        const results = first && point === first.point ? first.results : this.#attempt(evaluate, point, failures);
        if (results) {
          const { values, limited, ...now } = results;
          store(outputs, now, values, columns, i, point);
          if (limited) columns.status[i] = STEP_LIMIT;
        } else markFailed(columns, outputs.outputs, i, 1);
        notFinite += markFinished(columns, outputs.outputs, i, 1);
        failures.inspect(columns.status.subarray(i, i + 1), point);
        done++;
        reporter.tell();
        if (performance.now() - breath < BREATH_MS) continue;
        await new Promise((resolve) => setTimeout(resolve));
        breath = performance.now();
      }
      if (done === total) reporter.finish();
      yield { outputs, start, count, columns, notFinite, failures };
    }
  }

  /** The first point that goes well tells the types of all; without one among so many, the model is at fault. */
  #first(evaluate: Evaluate, total: number): { readonly point: number; readonly results: EvaluatedModel } {
    let failure: { readonly error: unknown } | undefined;
    for (let point = 0; point < Math.min(total, FAIL_FAST_POINTS); point++) {
      try {
        return { point, results: evaluate(point) };
      } catch (error) {
        if (this.#options.onError === "stop") throw error;
        failure ??= { error };
      }
    }
    throw failure?.error;
  }

  /** A point's results, or nothing where the model throws. */
  #attempt(evaluate: Evaluate, point: number, failures: Failures): EvaluatedModel | undefined {
    try {
      return evaluate(point);
    } catch (error) {
      if (this.#options.onError === "stop") throw error;
      const reason = error instanceof Error ? error.message : String(error);
      failures.fault({ first: point, count: 1, reason });
      return undefined;
    }
  }

  /** Gives a point's results by its index. */
  #evaluator(): Evaluate {
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

  /** Without a point to look at, a trace tells the results' types. */
  #none(): Outputs {
    const model = this.#model as (...args: unknown[]) => unknown;
    const { args = [], kwargs } = this.#options;
    return traceOverSpace({ model, space: this.#space, args, kwargs, float: this.#float });
  }
}

/** Points to be computed one after the other. */
interface PartRange {
  readonly start: number;
  readonly count: number;
  /** The space's number of a point; default: the same. */
  readonly index?: (i: number) => number;
}

interface Part extends Omit<PartRange, "index"> {
  readonly outputs: Outputs;
  /** Of these points alone. */
  readonly columns: ResultColumns;
  readonly notFinite: number;
  /** Of the run so far. */
  readonly failures: Failures;
}

type Evaluate = (point: number) => EvaluatedModel;

const typeOf = ({ dtype, shape }: Type): Type => ({ dtype, shape });

/** Writes the results of point `index` of the space to row `row`. */
function store(
  first: Outputs,
  now: Outputs,
  values: readonly Value[],
  columns: ResultColumns,
  row: number,
  index: number,
): void {
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
    columns.data[k]?.set(data, row * data.length);
  });
}

/** The model runs as it is written, here. */
const itself = { name: "this thread", target: "eager", why: "the model itself runs, point by point" } as const;

function reportOf(
  points: number,
  began: number,
  types: readonly Type[],
  notFinite: number,
  statuses?: StatusCounts,
): Report {
  const runSeconds = (performance.now() - began) / 1000;
  return Object.freeze({
    points,
    computed: points,
    batches: points,
    batchSize: Math.min(1, points),
    devices: Object.freeze([Object.freeze({ ...itself, points, batches: points })]),
    traceSeconds: 0,
    compileSeconds: 0,
    runSeconds,
    pointsPerSecond: points === 0 ? 0 : points / Math.max(runSeconds, 1e-9),
    bytes: resultBytes(types, points),
    notFinite,
    ...(statuses && { statuses }),
  });
}
