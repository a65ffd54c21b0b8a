/** One model, one space, every device. */

import type { ColumnSource } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { formatType } from "../base/value.ts";
import { compile } from "../device/cache.ts";
import { holdDevices, releaseDevices } from "../device/host.ts";
import { freeMemory } from "../device/platform.ts";
import type { BatchRule, Tally, Task } from "../device/protocol.ts";
import { type TargetName, targets, whyTarget } from "../device/table.ts";
import { checkOptions, checkPoints } from "../space/check.ts";
import type { ModelState } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import { allocateResults, checkBudget, resultBytes } from "../store/memory.ts";
import { resultsOf } from "./assemble.ts";
import { type Traced, traceOverSpace } from "./model.ts";
import { batchRule, fillableGroups } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { Report } from "./report.ts";
import type { Results } from "./results.ts";
import { runJob } from "./schedule.ts";
import { nextTaskId } from "./task.ts";
import type { RestOf, ResultOf, StackedOf } from "./types.ts";
import * as check from "./validate.ts";

/** What every execution can be told. */
export interface ExecutionOptions<A extends readonly unknown[] = readonly unknown[], K = unknown> {
  /** The model's arguments after the state. Arrays are shared by all points and arrive as `NdArray`. Default none. */
  readonly args?: A | undefined;
  /** The model's last argument, a record of named values. Default: the model is called without it. */
  readonly kwargs?: K | undefined;
  /** Type of floats. `"float64"` widens all of them. Default `"float32"`. */
  readonly dtype?: FloatDType;
  /** Most bytes the results may take. Default half of the free memory. */
  readonly memoryBudget?: number;
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
   * Allows roundings that differ from the model's text: products fused into sums, divisions by a common divisor as one,
   * shorter formulas for functions. The same for every way to run on one target. Default `false`: the bits are those of
   * the definition, on every target.
   */
  readonly fastMath?: boolean;
  /** Whether results lie in memory that threads share. Default: where the platform allows it. */
  readonly sharedMemory?: boolean;
}

const parallelOptions = [
  "nVmap",
  "nPmap",
  "target",
  "fastMath",
  "sharedMemory",
] as const satisfies readonly (keyof ParallelOptions)[];

/** How to watch a run, and to stop it. */
export interface RunOptions {
  /** Stops the run within one batch; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told at most ten times a second, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
}

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
  readonly #model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R;
  readonly #space: AbstractSpace<State, unknown>;
  readonly #options: ParallelOptions<A, K>;
  readonly #target: TargetName;
  readonly #float: FloatDType;
  readonly #task = nextTaskId();
  #traced: Traced | undefined;
  #compiled: Task | undefined;

  constructor(
    model: (state: NoInfer<ModelState<State>>, ...rest: RestOf<A, K>) => R,
    space: AbstractSpace<State, unknown>,
    options: ParallelOptions<A, K> = {},
  ) {
    const where = "ParallelExecution";
    check.checkModel(where, model);
    check.checkSpace(where, space);
    checkOptions(where, options, [...check.options, ...parallelOptions]);
    check.checkArgs(where, options.args, options.kwargs);
    check.checkBatch(where, options.nVmap ?? "auto");
    check.checkDevices(where, options.nPmap ?? "auto");
    check.checkBytes(where, options.memoryBudget);
    check.checkShared(where, options.sharedMemory);
    check.checkBoolean(where, "fastMath", options.fastMath);
    this.#float = check.checkFloat(where, options.dtype);
    this.#target = check.checkTarget(where, options.target);
    this.#model = model;
    this.#space = space;
    this.#options = options;
  }

  /**
   * Computes all points; resolves when every result is in.
   *
   * Rejects with a LanewiseError of kind `"trace"` or `"type"` for a model that cannot be traced, `"memory"` for results
   * larger than the budget, `"device"` when a device dies, or with the signal's reason.
   */
  async run(options: RunOptions = {}): Promise<Results<ResultOf<R>, StackedOf<R>>> {
    const where = "ParallelExecution";
    const { signal, onProgress } = check.checkRun(where, options);
    signal?.throwIfAborted();
    const nVmap = this.#options.nVmap ?? "auto";
    const total = this.#space.N;
    checkPoints(where, total);
    const count = Math.max(1, Math.min(check.checkDevices(where, this.#options.nPmap ?? "auto"), total));
    const [traced, traceSeconds] = timed(() => this.#trace());
    checkBudget(where, traced.outputs, total, this.#options.memoryBudget ?? freeMemory() / 2);
    const began = performance.now();
    const task = await this.#compile(traced, nVmap, total, count);
    const compileSeconds = (performance.now() - began) / 1000;
    const shared = check.checkShared(where, this.#options.sharedMemory);
    const columns = allocateResults(traced.outputs, total, shared);
    const sources = this.#space.columns(this.#float);
    checkSources(sources, traced, total);
    const rule = batchRule(nVmap, task.code, total, count);
    const started = performance.now();
    const devices = holdDevices(this, count);
    const job = { task, sources, total, rule, devices, shared, columns, signal, onProgress };
    const tallies = total === 0 ? [] : await runJob(job);
    const runSeconds = (performance.now() - started) / 1000;
    const times = { traceSeconds, compileSeconds, runSeconds };
    const bytes = resultBytes(traced.outputs, total);
    const report = reportOf(tallies, this.#target, total, rule, bytes, times);
    return resultsOf<R>(this.#space, traced, columns, report);
  }

  /** Lets go of the devices; the last execution to do so ends their threads. Another run starts them again. */
  dispose(): void {
    releaseDevices(this, this.#task);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #trace(): Traced {
    const { args = [], kwargs } = this.#options;
    // The model's own parameter types are what these arguments become.
    const model = this.#model as (...args: unknown[]) => unknown;
    this.#traced ??= traceOverSpace({ model, space: this.#space, args, kwargs, float: this.#float });
    return this.#traced;
  }

  async #compile(traced: Traced, nVmap: number | "auto", total: number, count: number): Promise<Task> {
    if (this.#compiled) return this.#compiled;
    const groups = fillableGroups(nVmap, total, count, targets[this.#target].lanes);
    const code = await compile(traced.program, this.#target, { groups, fastMath: this.#options.fastMath ?? false });
    this.#compiled ??= { id: this.#task, code, outputs: traced.outputs, shared: traced.shared };
    return this.#compiled;
  }
}

function timed<T>(f: () => T): [T, number] {
  const began = performance.now();
  return [f(), (performance.now() - began) / 1000];
}

/** A space may have changed since it was traced, but not in the types of its leaves. */
function checkSources(sources: readonly ColumnSource[], { points }: Traced, total: number): void {
  if (total === 0) return;
  points.forEach(({ name, type }, i) => {
    const source = sources[i];
    if (source && source.dtype === type.dtype && sameShape(source.shape, type.shape)) return;
    const got = source ? formatType(source) : "none";
    throw new LanewiseError(
      "type",
      `ParallelExecution: expected ${name} to be ${formatType(type)} as when the model was traced, got ${got}; ` +
        "make a new execution for a space of other types",
    );
  });
}

function reportOf(
  tallies: readonly Tally[],
  target: TargetName,
  points: number,
  { batch }: BatchRule,
  bytes: number,
  times: Pick<Report, "traceSeconds" | "compileSeconds" | "runSeconds">,
): Report {
  const why = whyTarget(target);
  const sum = (key: keyof Tally): number => tallies.reduce((n, tally) => n + tally[key], 0);
  return Object.freeze({
    points,
    batches: sum("batches"),
    batchSize: Math.min(batch, points),
    devices: Object.freeze(
      tallies.map(({ points, batches }, i) => Object.freeze({ name: `host ${i}`, target, why, points, batches })),
    ),
    ...times,
    pointsPerSecond: points === 0 ? 0 : points / Math.max(times.runSeconds, 1e-9),
    bytes,
    notFinite: sum("notFinite"),
  });
}
