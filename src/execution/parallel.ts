/** One model, one space, every device. */

import type { FloatDType } from "../base/dtype.ts";
import { releaseDevices } from "../device/host.ts";
import { freeMemory } from "../device/platform.ts";
import type { TargetName } from "../device/table.ts";
import { checkOptions } from "../space/check.ts";
import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import { allocateResults, checkBudget, resultBytes } from "../store/memory.ts";
import { resultsOf } from "./assemble.ts";
import { chunksOf } from "./chunks.ts";
import type { FailureOptions } from "./failures.ts";
import type { AnyModel } from "./model.ts";
import { Preparation } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import { isReduced, type ReduceOptions, Reducing } from "./reduce.ts";
import { inOrder, reduceJob } from "./reduce-run.ts";
import type { ReducedOf, Reductions } from "./reduce-spec.ts";
import { replicated } from "./replicate.ts";
import type { Results } from "./results.ts";
import { runCached } from "./run-cached.ts";
import { runStored } from "./run-stored.ts";
import { runJob } from "./schedule.ts";
import { checkNoStore, checkStoreRun, isStoreRun, type StoreRunOptions } from "./store-options.ts";
import type { StoredResults } from "./stored-results.ts";
import { type StreamChunk, type StreamOptions, streamChunk, streamPoints } from "./stream.ts";
import type { RestOf, ResultOf, StackedOf } from "./types.ts";
import * as check from "./validate.ts";

/** What every execution can be told. */
export interface ExecutionOptions<A extends readonly unknown[] = readonly unknown[], K = unknown>
  extends FailureOptions {
  /** The model's arguments after the state. Arrays are shared by all points and arrive as `NdArray`. Default none. */
  readonly args?: A | undefined;
  /** The model's last argument, a record of named values. Default: the model is called without it. */
  readonly kwargs?: K | undefined;
  /** Type of floats. `"float64"` widens all of them. Default `"float32"`. */
  readonly dtype?: FloatDType;
  /** Most bytes the results may take. Default half of the free memory. */
  readonly memoryBudget?: number;
  /**
   * Independent random streams of every point, as a further axis named `replicate`, which varies fastest: every random
   * key in the state becomes `foldIn(foldIn(key, point), replicate)`, with the number of the point in the space. Results
   * are reduced over them with `over: ["replicate"]`. Default: none, keys are those of the state.
   */
  readonly replications?: number;
}

/** How to spread points over lanes and devices; nothing of it changes a number, but `dtype`. */
export interface ParallelOptions<A extends readonly unknown[] = readonly unknown[], K = unknown>
  extends ExecutionOptions<A, K> {
  /** Points that a device computes at once; never changes a result. Default `"auto"`: what its cache holds. */
  readonly nVmap?: number | "auto";
  /** Devices to use, at most `deviceCount()`. Default `"auto"`: all. */
  readonly nPmap?: number | "auto";
  /** What the program is compiled to. Default: the fastest that runs here, see `devices()`. */
  readonly target?: TargetName;
  /**
   * Allows roundings that differ from the model's text: products fused into sums, one reciprocal for several divisions by
   * a number, shorter formulas for some functions, on targets that can (x64). The same for every way to run on one target. Default `false`: the bits are those
   * of the definition, on every target.
   */
  readonly fastMath?: boolean;
  /** Whether results lie in memory that threads share. Default: where the platform allows it. */
  readonly sharedMemory?: boolean;
  /**
   * Milliseconds that a device may spend on one batch. One that takes longer is taken to hang: its thread is ended, and
   * the batch is computed again elsewhere, then in halves, until the points that hang are known; they get the status
   * "failed". Default none: how long a batch may take, only the model's author knows.
   */
  readonly deviceTimeout?: number;
}

const parallelOptions = [
  "nVmap",
  "nPmap",
  "target",
  "fastMath",
  "sharedMemory",
  "deviceTimeout",
] as const satisfies readonly (keyof ParallelOptions)[];

/** How to watch a run, and to stop it. */
export interface WatchOptions {
  /** Stops the run within one batch; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told at most ten times a second, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A run of a `ParallelExecution`. */
export interface RunOptions extends WatchOptions {
  /**
   * A directory in which results are kept by what they were computed from: points that an earlier run of the same model
   * had, over whatever space, are not computed again.
   */
  readonly cache?: string;
}

const where = "ParallelExecution";

/**
 * Runs `model(state, ...args, kwargs)` for every point of a space, on all lanes of all devices. The model is called
 * once, with tracers; later runs neither trace nor compile.
 *
 * Worker threads start with the first run and serve all executions; `dispose()` (or `using`) lets them go.
 *
 * @throws {TypeError | RangeError} for arguments that make no execution.
 */
export class ParallelExecution<
  State = unknown,
  R = unknown,
  const A extends readonly unknown[] = readonly [],
  K = undefined,
> {
  readonly #space: AbstractSpace<State, unknown>;
  readonly #options: ParallelOptions<A, K>;
  readonly #preparation: Preparation;

  constructor(
    model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R,
    space: AbstractSpace<State, unknown>,
    options: ParallelOptions<A, K> = {},
  ) {
    check.checkModel(where, model);
    check.checkSpace(where, space);
    checkOptions(where, options, [...check.options, ...parallelOptions]);
    // The model's own parameter types are what the state and the arguments become.
    this.#space = replicated(where, space, options.replications);
    this.#preparation = new Preparation(model as AnyModel, this.#space, options);
    this.#options = options;
  }

  /** Computes all points into a store on disk; resolves when all of them are there, with results that are read from it. */
  run(options: StoreRunOptions): Promise<StoredResults<ResultOf<R>, StackedOf<R>>>;
  /**
   * Computes all points and keeps none: results are reduced while the run goes on, over all points or over axes.
   *
   *     const results = await executor.run({ reduce: { attackRate: ["mean", "std"] }, over: ["seed"] });
   *     results.at(0).attackRate.mean;
   *     results.grid("attackRate.std");
   */
  run<const Q extends Reductions>(
    options: WatchOptions & ReduceOptions<Q>,
  ): Promise<Results<ReducedOf<Q>, StackedOf<ReducedOf<Q>>>>;
  /**
   * Computes all points; resolves when every result is in.
   *
   * Rejects with a LanewiseError of kind `"trace"` or `"type"` for a model that cannot be traced, `"memory"` for results
   * larger than the budget, `"device"` when devices do not start, `"point"` where `onError` or `failFast` say so, or with
   * the signal's reason.
   */
  run(options?: RunOptions): Promise<Results<ResultOf<R>, StackedOf<R>>>;
  async run(options: RunOptions & Partial<ReduceOptions> = {}): Promise<unknown> {
    if (isStoreRun(options)) {
      const stored = { preparation: this.#preparation, holder: this, space: this.#space };
      return runStored(stored, checkStoreRun(where, options));
    }
    checkNoStore(where, options);
    const asked = check.checkRun(where, options);
    const budget = this.#options.memoryBudget ?? freeMemory() / 2;
    if (isReduced(asked)) return this.#reduce(asked, budget);
    if (asked.cache !== undefined) {
      const kept = { preparation: this.#preparation, holder: this, space: this.#space };
      return runCached<R>(kept, { ...asked, cache: asked.cache }, budget, where);
    }
    const { job, traced, report, failures } = await this.#preparation.prepare(this, asked, (types, total) =>
      checkBudget(where, types, total, budget),
    );
    const columns = allocateResults(traced.outputs, job.total, job.shared);
    const tallies = job.total === 0 ? [] : await runJob({ ...job, columns });
    const told = report(tallies, resultBytes(traced.outputs, job.total));
    return resultsOf<R>(this.#space, traced, columns, told, failures.reasonOf);
  }

  /**
   * Computes all points and gives them in chunks, in order of their index, while the devices go on: for results that
   * are looked at once, and are too many to keep. The devices compute a few chunks ahead and then wait; leaving the loop
   * stops them. Numbers are those of `run`, whatever the size of the chunks.
   *
   *     for await (const { start, results } of executor.stream({ points: 10_000 })) save(start, results.stacked);
   *
   * Throws what `run` rejects with.
   */
  async *stream(options: StreamOptions = {}): AsyncGenerator<StreamChunk<ResultOf<R>, StackedOf<R>>, void, void> {
    const asked = check.checkStream(where, options);
    const { job, traced, report } = await this.#preparation.prepare(this, asked, () => undefined);
    const points = asked.points ?? streamPoints(traced, job.total);
    for await (const chunk of chunksOf(job, { points })) {
      const bytes = resultBytes(traced.outputs, chunk.count);
      yield streamChunk<R>(this.#space, traced, chunk, report(chunk.tallies, bytes));
    }
  }

  async #reduce(asked: WatchOptions & ReduceOptions, budget: number): Promise<unknown> {
    const { job, traced, report } = await this.#preparation.prepare(this, asked, () => undefined);
    const reducing = new Reducing(`${where}.run`, this.#space, traced, asked, budget);
    const tallies = job.total === 0 ? [] : await reduceJob(inOrder(job, reducing.order), reducing.plan, reducing.take);
    return reducing.results((bytes) => report(tallies, bytes));
  }

  /** Lets go of the devices; the last execution to do so ends their threads. Another run starts them again. */
  dispose(): void {
    releaseDevices(this, this.#preparation.task);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
