/** A model over a space → a job for devices. Tracing and compiling are done once, for all runs. */

import type { ColumnSource } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { formatType, type Type } from "../base/value.ts";
import { compile } from "../device/cache.ts";
import { holdDevices } from "../device/host.ts";
import type { Tally, Task } from "../device/protocol.ts";
import { type TargetName, targets, whyTarget } from "../device/table.ts";
import { checkPoints } from "../space/check.ts";
import type { AbstractSpace } from "../space/space.ts";
import { type AnyModel, type Traced, traceOverSpace } from "./model.ts";
import type { ParallelOptions, RunOptions } from "./parallel.ts";
import { batchRule, fillableGroups } from "./plan.ts";
import type { Report } from "./report.ts";
import type { PointJob } from "./schedule.ts";
import { nextTaskId } from "./task.ts";
import * as check from "./validate.ts";

const where = "ParallelExecution";

/** A run that can begin. */
export interface Prepared {
  readonly traced: Traced;
  readonly job: PointJob;
  /** Of a run that began with the job and ends now; `bytes` of results were kept. */
  report(tallies: readonly Tally[], bytes: number): Report;
}

export class Preparation {
  readonly task = nextTaskId();
  private readonly model: AnyModel;
  private readonly space: AbstractSpace<unknown, unknown>;
  private readonly options: ParallelOptions;
  private readonly float: FloatDType;
  private readonly target: TargetName;
  private traced: Traced | undefined;
  private compiled: Task | undefined;

  /** Throws for options that make no execution. */
  constructor(model: AnyModel, space: AbstractSpace<unknown, unknown>, options: ParallelOptions) {
    check.checkArgs(where, options.args, options.kwargs);
    check.checkBatch(where, options.nVmap ?? "auto");
    check.checkDevices(where, options.nPmap ?? "auto");
    check.checkBytes(where, options.memoryBudget);
    check.checkShared(where, options.sharedMemory);
    check.checkBoolean(where, "fastMath", options.fastMath);
    this.float = check.checkFloat(where, options.dtype);
    this.target = check.checkTarget(where, options.target);
    this.model = model;
    this.space = space;
    this.options = options;
  }

  /**
   * Devices are held for `holder`. `fits` looks at the results' types and at the number of points before anything is
   * compiled, and may throw.
   */
  async prepare(
    holder: object,
    { signal, onProgress }: RunOptions,
    fits: (types: readonly Type[], total: number) => void,
  ): Promise<Prepared> {
    signal?.throwIfAborted();
    const { nVmap = "auto", nPmap = "auto", sharedMemory } = this.options;
    const total = this.space.N;
    checkPoints(where, total);
    const count = Math.max(1, Math.min(check.checkDevices(where, nPmap), total));
    const [traced, traceSeconds] = timed(() => this.trace());
    fits(traced.outputs, total);
    const began = performance.now();
    const task = await this.compile(traced, total, count);
    const compileSeconds = (performance.now() - began) / 1000;
    const shared = check.checkShared(where, sharedMemory);
    const sources = this.space.columns(this.float);
    checkSources(sources, traced, total);
    const rule = batchRule(nVmap, task.code, total, count);
    const devices = holdDevices(holder, count);
    const job: PointJob = { task, sources, total, rule, devices, shared, signal, onProgress };
    const started = performance.now();
    return {
      traced,
      job,
      report: (tallies, bytes) => {
        const runSeconds = (performance.now() - started) / 1000;
        return reportOf(tallies, this.target, job, bytes, { traceSeconds, compileSeconds, runSeconds });
      },
    };
  }

  trace(): Traced {
    const { model, space, float } = this;
    const { args = [], kwargs } = this.options;
    this.traced ??= traceOverSpace({ model, space, args, kwargs, float });
    return this.traced;
  }

  private async compile(traced: Traced, total: number, count: number): Promise<Task> {
    if (this.compiled) return this.compiled;
    const { nVmap = "auto", fastMath = false } = this.options;
    const groups = fillableGroups(nVmap, total, count, targets[this.target].lanes);
    const code = await compile(traced.program, this.target, { groups, fastMath });
    this.compiled ??= { id: this.task, code, outputs: traced.outputs, shared: traced.shared };
    return this.compiled;
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
  times: Pick<Report, "traceSeconds" | "compileSeconds" | "runSeconds">,
): Report {
  const why = whyTarget(target);
  const sum = (key: keyof Tally): number => tallies.reduce((n, tally) => n + tally[key], 0);
  return Object.freeze({
    points,
    batches: sum("batches"),
    batchSize: Math.min(rule.batch, points),
    devices: Object.freeze(
      tallies.map(({ points, batches }, i) => Object.freeze({ name: `host ${i}`, target, why, points, batches })),
    ),
    ...times,
    pointsPerSecond: points === 0 ? 0 : points / Math.max(times.runSeconds, 1e-9),
    bytes,
    notFinite: sum("notFinite"),
  });
}
