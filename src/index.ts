/** The public names: each is here on purpose, and `test/api` holds the list. */

export type { ArrayLike } from "./array/convert.ts";
export * as lax from "./array/lax.ts";
export { NdArray } from "./array/ndarray.ts";
export * as nn from "./array/nn.ts";
export * as np from "./array/np.ts";
export * as random from "./array/random.ts";
export * as running from "./array/running.ts";
export type { DType, FloatDType, TypedArray } from "./base/dtype.ts";
export { type ErrorKind, isLanewiseError, LanewiseError } from "./base/errors.ts";
export type { StatusCounts, StatusName } from "./base/status.ts";
export { type DeviceInfo, deviceCount, devices } from "./device/devices.ts";
export { setHostDeviceCount } from "./device/host.ts";
export { type AnyExploration, defineExploration, type Exploration } from "./execution/explore.ts";
export type { FailureOptions } from "./execution/failures.ts";
export { openResults } from "./execution/open-results.ts";
export {
  type ExecutionOptions,
  ParallelExecution,
  type ParallelOptions,
  type RunOptions,
  type WatchOptions,
} from "./execution/parallel.ts";
export type { Progress } from "./execution/progress.ts";
export type { ReduceOptions } from "./execution/reduce.ts";
export type {
  CustomReduction,
  HistogramReduction,
  HistogramValue,
  QuantilesReduction,
  ReducedOf,
  Reduction,
  ReductionName,
  Reductions,
  SpreadReduction,
} from "./execution/reduce-spec.ts";
export type { DeviceReport, Report } from "./execution/report.ts";
export type { FailedPoint, Results } from "./execution/results.ts";
export { SequentialExecution } from "./execution/sequential.ts";
export type { StoreRunOptions } from "./execution/store-options.ts";
export type { StoredChunk, StoredResults } from "./execution/stored-results.ts";
export type { StreamChunk, StreamOptions } from "./execution/stream.ts";
export { type Axes, jit, pmap, type VmapOptions, vmap } from "./execution/transform.ts";
export type { ArgumentOf, ResultOf, StackedOf } from "./execution/types.ts";
export { DataAxis, GridAxis, LogGridAxis, UniformAxis } from "./space/axis.ts";
export { Space } from "./space/axis-space.ts";
export type { Labels } from "./space/check.ts";
export { DataSpace } from "./space/data-space.ts";
export type { LabelsByPath } from "./space/labels.ts";
export { Parameter } from "./space/parameter.ts";
export { GridSpace, UniformSpace } from "./space/parameter-space.ts";
export type { ModelState, PointOf } from "./space/point.ts";
export { AbstractSpace } from "./space/space.ts";
