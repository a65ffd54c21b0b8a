/** What executions are asked for, checked: every fault has its own sentence. */

import type { FloatDType } from "../base/dtype.ts";
import { isPlainObject } from "../base/tree.ts";
import { hostDeviceCount } from "../device/host.ts";
import { canShareMemory } from "../device/platform.ts";
import { defaultTarget, type TargetName, targetNames, targets } from "../device/table.ts";
import { describe } from "../space/arrays.ts";
import { checkCount, checkOptions } from "../space/check.ts";
import { AbstractSpace } from "../space/space.ts";
import type { FailureOptions } from "./failures.ts";
import type { ExecutionOptions, RunOptions, WatchOptions } from "./parallel.ts";
import type { ReduceOptions } from "./reduce.ts";
import type { StreamOptions } from "./stream.ts";

export function checkModel(where: string, model: unknown): void {
  if (typeof model === "function") return;
  throw new TypeError(
    `${where}: expected a model that is a function, got ${describe(model)}; give (state) => result as the first argument`,
  );
}

export function checkSpace(where: string, space: unknown): void {
  if (space instanceof AbstractSpace) return;
  throw new TypeError(
    `${where}: expected a space as the second argument, got ${describe(space)}; ` +
      "make one with GridSpace, UniformSpace, DataSpace or Space, or extend AbstractSpace",
  );
}

/** Options that all executions have. */
export const options = [
  "args",
  "kwargs",
  "dtype",
  "memoryBudget",
  "replications",
  "onError",
  "failFast",
] as const satisfies readonly (keyof ExecutionOptions)[];

/** Options of runs that keep results on disk. */
const onDisk: readonly string[] = ["store", "resume", "overwrite", "chunk", "cache"];

/** For runs that call the model itself: without a program nothing tells what results on disk are of. */
export function checkInMemory(where: string, options: unknown): void {
  const wrong = Object.keys(isPlainObject(options) ? options : {}).find((name) => onDisk.includes(name));
  if (wrong === undefined) return;
  throw new TypeError(
    `${where}: expected a run in memory, since nothing is traced here that results on disk could be known by, got ` +
      `${wrong}; use ParallelExecution, or leave it out`,
  );
}

export function checkRun<O extends RunOptions & Partial<ReduceOptions>>(where: string, options: O): O {
  const run = `${where}.run`;
  const kept = where === "ParallelExecution" ? ["cache", "store"] : [];
  checkOptions(run, options, [...watching, ...kept, ...reducing]);
  checkWatching(run, options);
  checkReducing(run, options);
  return options;
}

const reducing = ["reduce", "over", "nonFinite"] as const satisfies readonly (keyof ReduceOptions)[];

/** The reductions themselves are looked at when the results are known. */
function checkReducing(where: string, { reduce, over, nonFinite, cache }: RunOptions & Partial<ReduceOptions>): void {
  if (reduce !== undefined && cache !== undefined) {
    throw new TypeError(`${where}: expected one of reduce, which keeps no points, and cache, which does; drop one`);
  }
  if (reduce === undefined && (over !== undefined || nonFinite !== undefined)) {
    const got = over === undefined ? "nonFinite" : "over";
    throw new TypeError(`${where}: expected reduce beside ${got}, got none; write { reduce: { result: "mean" } }`);
  }
  if (reduce !== undefined && (!isPlainObject(reduce) || Object.keys(reduce).length === 0)) {
    const got = isPlainObject(reduce) ? "an empty one" : describe(reduce);
    throw new TypeError(`${where}: expected reduce as an object, got ${got}; write { reduce: { result: "mean" } }`);
  }
  if (nonFinite === undefined || nonFinite === "omit" || nonFinite === "propagate") return;
  throw new TypeError(`${where}: expected nonFinite "omit" or "propagate", got ${describe(nonFinite)}; choose one`);
}

export function checkStream(where: string, options: StreamOptions): StreamOptions {
  const stream = `${where}.stream`;
  checkOptions(stream, options, [...watching, "points"] satisfies (keyof StreamOptions)[]);
  checkWatching(stream, options);
  if (options.points !== undefined) checkCount(stream, "points", options.points);
  return options;
}

const watching = ["signal", "onProgress"] as const satisfies readonly (keyof WatchOptions)[];

export function checkWatching(where: string, { signal, onProgress, cache }: RunOptions): void {
  if (cache !== undefined && (typeof cache !== "string" || cache === "")) {
    throw new TypeError(`${where}: expected a directory as cache, got ${describe(cache)}; write "cache"`);
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw new TypeError(
      `${where}: expected an AbortSignal as signal, got ${describe(signal)}; give controller.signal of an AbortController`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(
      `${where}: expected a function as onProgress, got ${describe(onProgress)}; write (progress) => …`,
    );
  }
}

export function checkArgs(where: string, args: unknown, kwargs: unknown): void {
  if (args !== undefined && !Array.isArray(args)) {
    throw new TypeError(
      `${where}: expected args as an array, got ${describe(args)}; write { args: [a, b] } for model(state, a, b)`,
    );
  }
  if (kwargs !== undefined && (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs))) {
    throw new TypeError(
      `${where}: expected kwargs as an object, got ${describe(kwargs)}; write { kwargs: { gain: 2 } } for model(state, { gain })`,
    );
  }
}

const isCount = (count: unknown): boolean => count === "auto" || (Number.isSafeInteger(count) && (count as number) > 0);

export function checkBatch(where: string, nVmap: unknown): number | "auto" {
  if (isCount(nVmap)) return nVmap as number | "auto";
  throw new RangeError(
    `${where}: expected nVmap to be a positive integer or "auto", got ${describe(nVmap)}; ` +
      "give the number of points that a device computes at once",
  );
}

/** The number of devices, resolved when a run starts: there may be more or fewer than at construction. */
export function checkDevices(where: string, nPmap: unknown): number {
  const known = hostDeviceCount();
  if (!isCount(nPmap)) {
    throw new RangeError(
      `${where}: expected nPmap to be a positive integer or "auto", got ${describe(nPmap)}; give at most ${known}, the number of devices`,
    );
  }
  if (nPmap === "auto") return known;
  if ((nPmap as number) <= known) return nPmap as number;
  throw new RangeError(
    `${where}: expected nPmap of at most ${known}, the number of devices (deviceCount()), got ${nPmap}; ` +
      "lower it, or call setHostDeviceCount first",
  );
}

export function checkFloat(where: string, dtype: unknown): FloatDType {
  if (dtype === undefined) return "float32";
  if (dtype === "float32" || dtype === "float64") return dtype;
  throw new TypeError(
    `${where}: expected dtype to be "float32" or "float64", got ${describe(dtype)}; ` +
      "it is the type of floats; give integers as typed arrays",
  );
}

export function checkTarget(where: string, target: unknown): TargetName {
  if (target === undefined) return defaultTarget();
  if (!targetNames.includes(target as TargetName)) {
    throw new TypeError(`${where}: expected target to be one of ${targetNames.join(", ")}, got ${describe(target)}`);
  }
  const whyNot = targets[target as TargetName].whyNot();
  if (!whyNot) return target as TargetName;
  throw new TypeError(
    `${where}: expected a target that runs here, got ${target}, but ${whyNot}; leave out target to run ${defaultTarget()}`,
  );
}

export function checkShared(where: string, shared: unknown): boolean {
  const possible = canShareMemory();
  if (shared === undefined) return possible;
  if (typeof shared !== "boolean") {
    throw new TypeError(`${where}: expected sharedMemory to be true or false, got ${describe(shared)}`);
  }
  if (!shared || possible) return shared;
  throw new TypeError(
    `${where}: expected a page that may share memory, got one that is not cross-origin isolated; ` +
      "leave out sharedMemory, or serve the page with the headers COOP same-origin and COEP require-corp",
  );
}

export function checkFailures(where: string, { onError, failFast }: FailureOptions): void {
  checkBoolean(where, "failFast", failFast);
  if (onError === undefined || onError === "record" || onError === "stop") return;
  throw new TypeError(
    `${where}: expected onError to be "record" or "stop", got ${describe(onError)}; leave it out to record`,
  );
}

export function checkTimeout(where: string, timeout: unknown): void {
  if (timeout === undefined || (typeof timeout === "number" && timeout > 0)) return;
  throw new RangeError(
    `${where}: expected deviceTimeout to be a positive number of milliseconds, got ${describe(timeout)}; leave it out for none`,
  );
}

export function checkBytes(where: string, budget: unknown): number | undefined {
  if (budget === undefined || (typeof budget === "number" && budget >= 0)) return budget;
  throw new RangeError(
    `${where}: expected memoryBudget to be a number of bytes, got ${describe(budget)}; leave it out for half of free memory`,
  );
}

export function checkBoolean(where: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new TypeError(`${where}: expected ${name} to be true or false, got ${describe(value)}`);
}
