/** A model over a space → a job for devices. Tracing and compiling are done once, for all runs. */

import type { ColumnSource } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { isLanewiseError, LanewiseError } from "../base/errors.ts";
import { formatBytes } from "../base/memory.ts";
import { sameShape } from "../base/shape.ts";
import { formatType, type Type } from "../base/value.ts";
import { allocateColumns } from "../device/batch.ts";
import { compile, tune } from "../device/cache.ts";
import { type HostDevice, holdDevices, holdsDevices, releaseDevices } from "../device/host.ts";
import { kernelBytes } from "../device/kernel.ts";
import { createRunner } from "../device/makers.ts";
import { freeMemory } from "../device/platform.ts";
import type { Code, Tally, Task } from "../device/protocol.ts";
import { type CompileOptions, type TargetName, targets, whyTarget } from "../device/table.ts";
import { checkPoints } from "../space/check.ts";
import type { AbstractSpace } from "../space/space.ts";
import { Failures } from "./failures.ts";
import { type AnyModel, type Traced, traceOverSpace } from "./model.ts";
import type { ParallelOptions, WatchOptions } from "./parallel.ts";
import { batchRule, pointsAtHand } from "./plan.ts";
import type { Report } from "./report.ts";
import type { PointJob } from "./schedule.ts";
import { nextTaskId } from "./task.ts";
import * as check from "./validate.ts";

const where = "ParallelExecution";

/** A run that can begin. */
export interface Prepared {
  readonly traced: Traced;
  readonly job: PointJob;
  readonly failures: Failures;
  /** Of a run that began with the job and ends now; `bytes` of results were kept. */
  report(tallies: readonly Tally[], bytes: number): Report;
}

/** Seconds of work, over all devices, that are worth a measurement of a twentieth of a second. */
const WORTH_TUNING = 0.5;

/** The estimate may be wrong by this factor; what a run takes beyond that is the start of threads, not work. */
const ESTIMATE_ERROR = 10;

const estimateOf = (code: Code, total: number): number =>
  code.kind === "interpreter" ? 0 : code.secondsPerPoint * total;

export class Preparation {
  private readonly model: AnyModel;
  private readonly space: AbstractSpace<unknown, unknown>;
  private readonly options: ParallelOptions;
  readonly float: FloatDType;
  readonly target: TargetName;
  private traced: Traced | undefined;
  private compiled: Task | undefined;
  private tuned = false;
  /** What was compiled, once it is known to fit into memory. */
  private fit: CompileOptions | undefined;
  /** Seconds that devices have worked on the compiled task. */
  private worked = 0;

  /** Throws for options that make no execution. */
  constructor(model: AnyModel, space: AbstractSpace<unknown, unknown>, options: ParallelOptions) {
    check.checkArgs(where, options.args, options.kwargs);
    check.checkBatch(where, options.nVmap ?? "auto");
    check.checkDevices(where, options.nPmap ?? "auto");
    check.checkBytes(where, options.memoryBudget);
    check.checkShared(where, options.sharedMemory);
    check.checkBoolean(where, "fastMath", options.fastMath);
    check.checkFailures(where, options);
    check.checkTimeout(where, options.deviceTimeout);
    this.float = check.checkFloat(where, options.dtype);
    this.target = check.checkTarget(where, options.target);
    this.model = model;
    this.space = space;
    this.options = options;
  }

  /**
   * Devices are held for `holder`, and start while this thread traces and compiles. `fits` looks at the results' types and at the number of points before anything is
   * compiled, and may throw.
   */
  async prepare(
    holder: object,
    watch: WatchOptions,
    fits: (types: readonly Type[], total: number) => void,
  ): Promise<Prepared> {
    watch.signal?.throwIfAborted();
    const total = this.space.N;
    checkPoints(where, total);
    const count = Math.max(1, Math.min(check.checkDevices(where, this.options.nPmap ?? "auto"), total));
    const held = holdsDevices(holder);
    const devices = holdDevices(holder, count);
    if (total > 0) for (const device of devices) device.open(this.target);
    try {
      return await this.jobOn(devices, total, watch, fits);
    } catch (error) {
      if (!held) releaseDevices(holder, this.task);
      throw error;
    }
  }

  private async jobOn(
    devices: readonly HostDevice[],
    total: number,
    { signal, onProgress }: WatchOptions,
    fits: (types: readonly Type[], total: number) => void,
  ): Promise<Prepared> {
    const { nVmap = "auto", sharedMemory, deviceTimeout } = this.options;
    const [traced, traceSeconds] = timed(() => this.trace());
    fits(traced.outputs, total);
    const began = performance.now();
    const first = await this.compile(traced, total, devices.length);
    const shared = check.checkShared(where, sharedMemory);
    const sources = this.space.columns(this.float);
    checkSources(sources, traced, total);
    const task = await this.tune(first, { traced, sources, total, devices });
    const compileSeconds = (performance.now() - began) / 1000;
    const rule = batchRule(nVmap, task.code, total, devices.length);
    const failures = new Failures(`${where}.run`, this.space, this.float, this.options);
    const { inspect, fault: onFault } = failures;
    const watch = { signal, onProgress, deviceTimeout, inspect, onFault };
    const job: PointJob = { task, sources, total, rule, devices, shared, ...watch };
    const started = performance.now();
    return {
      traced,
      job,
      failures,
      report: (tallies, bytes) => {
        const runSeconds = (performance.now() - started) / 1000;
        this.worked += Math.min(runSeconds * devices.length, ESTIMATE_ERROR * estimateOf(task.code, total));
        const times = { traceSeconds, compileSeconds, runSeconds };
        return reportOf(tallies, this.target, job, bytes, {
          ...times,
          ...(failures.counts && { statuses: failures.counts }),
        });
      },
    };
  }

  get fastMath(): boolean {
    return this.options.fastMath ?? false;
  }

  trace(): Traced {
    const { model, space, float } = this;
    const { args = [], kwargs } = this.options;
    this.traced ??= traceOverSpace({ model, space, args, kwargs, float });
    return this.traced;
  }

  /** The task that devices may have loaded, if any. */
  get task(): number | undefined {
    return this.compiled?.id;
  }

  private async compile(traced: Traced, total: number, count: number): Promise<Task> {
    if (this.compiled) return this.compiled;
    const code = await this.fitting(traced, total, count);
    this.compiled ??= { id: nextTaskId(), code, outputs: traced.outputs, shared: traced.shared };
    return this.compiled;
  }

  /** Code for which there is room on so many devices: where the batch is ours to choose, for fewer points if need be. */
  private async fitting({ program }: Traced, total: number, count: number): Promise<Code> {
    const { nVmap = "auto" } = this.options;
    const usual = this.compileOptions(total, count);
    const less = [{ points: targets[this.target].lanes }, { points: 1, compact: true }];
    const fewer = less.filter(({ points }) => nVmap === "auto" && points < usual.points);
    let refusal: unknown;
    for (const change of [{}, ...fewer]) {
      try {
        const options = { ...usual, ...change };
        const code = await compile(program, this.target, options);
        checkRoom(code, count);
        this.fit = options;
        return code;
      } catch (error) {
        if (!isLanewiseError(error, "memory")) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  private compileOptions(total: number, count: number): CompileOptions {
    const { nVmap = "auto", fastMath = false } = this.options;
    return this.fit ?? { points: pointsAtHand(nVmap, total, count), fastMath };
  }

  /** The task with its lane groups chosen by measurement, once there is, or has been, enough to do. */
  private async tune(task: Task, { traced, sources, total, devices }: Work): Promise<Task> {
    const { code, outputs, shared } = task;
    if (this.tuned || code.kind === "interpreter" || total === 0) return task;
    if (Math.max(this.worked, estimateOf(code, total)) < WORTH_TUNING) return task;
    this.tuned = true;
    const options = this.compileOptions(total, devices.length);
    const best = await tune(traced.program, this.target, options, (candidate) => {
      // This thread measures, beside the devices.
      checkRoom(candidate, devices.length + 1);
      return measure(candidate, outputs, shared, sources, total);
    });
    if (best === code) return task;
    for (const device of devices) device.forget(task.id);
    this.compiled = { ...task, id: nextTaskId(), code: best };
    return this.compiled;
  }
}

/** Refuses code whose buffers would not fit: the system ends a process that takes more memory than there is. */
function checkRoom(code: Code, devices: number): void {
  if (code.kind === "interpreter") return;
  const [each, free] = [kernelBytes(code), freeMemory()];
  if (each * devices <= free) return;
  throw new LanewiseError(
    "memory",
    `${where}.run: expected a model whose arrays fit into the free memory (${formatBytes(free)}), got ` +
      `${formatBytes(each)} on each of ${devices} devices; use fewer devices (nPmap, --devices), fewer points at a time ` +
      "(nVmap, --batch) or smaller arrays",
  );
}

interface Work {
  readonly traced: Traced;
  readonly sources: readonly ColumnSource[];
  readonly total: number;
  readonly devices: readonly HostDevice[];
}

/** Runs of a candidate; the shortest of them was disturbed least. */
const SAMPLES = 8;

/**
 * WebAssembly runs as it is compiled at once, until better code is there: that takes at most this share of the time. An
 * engine that compiles once is waited for in vain, for so many seconds.
 */
const OPTIMISED = 0.6;
const PATIENCE = 0.1;

/** Seconds that code takes for a point of the space, on this thread. */
function measure(
  code: Code,
  outputs: readonly Type[],
  shared: Task["shared"],
  sources: readonly ColumnSource[],
  total: number,
): number {
  const count = code.kind === "interpreter" ? 1 : code.points;
  const runner = createRunner({ code, shared });
  const columns = allocateColumns(outputs, count);
  const sample = (): number => timed(() => runner.run(sources, 0, Math.min(count, total), columns, 0))[1];
  if (code.kind === "wasm") untilOptimised(sample);
  return Math.min(...Array.from({ length: SAMPLES }, sample)) / count;
}

function untilOptimised(sample: () => number): void {
  // Calls take one of two ways in turn (device/wasm.ts): each is compared with its like.
  const first = [sample(), sample()] as const;
  let spent = first[0] + first[1];
  for (let turn = 0; spent < PATIENCE; turn++) {
    const seconds = sample();
    if (seconds < OPTIMISED * (first[turn % 2] as number)) return;
    spent += seconds;
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
      `${where}: expected ${name} to be ${formatType(type)} as when the model was traced, got ${got}; ` +
        "make a new execution for a space of other types",
    );
  });
}

function reportOf(
  tallies: readonly Tally[],
  target: TargetName,
  { total: points, rule }: PointJob,
  bytes: number,
  times: Pick<Report, "traceSeconds" | "compileSeconds" | "runSeconds" | "statuses">,
): Report {
  const why = whyTarget(target);
  const sum = (key: keyof Tally): number => tallies.reduce((n, tally) => n + tally[key], 0);
  const computed = sum("points");
  return Object.freeze({
    points,
    computed,
    batches: sum("batches"),
    batchSize: Math.min(rule.batch, points),
    devices: Object.freeze(
      tallies.map(({ points, batches }, i) => Object.freeze({ name: `host ${i}`, target, why, points, batches })),
    ),
    ...times,
    pointsPerSecond: computed / Math.max(times.runSeconds, 1e-9),
    bytes,
    notFinite: times.statuses?.notFinite ?? sum("notFinite"),
  });
}
