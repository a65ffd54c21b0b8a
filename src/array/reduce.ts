/** Reductions over axes. Sums run in row-major order of the reduced axes, one after the other. */

import { isFloat } from "../base/dtype.ts";
import type { LanewiseError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { OpName } from "../op/table.ts";
import { type Axis, resolveAxes, resolveAxis } from "./axes.ts";
import { type ArrayLike, broadcastTo, castTo, filled, toFloat, toHandle } from "./convert.ts";
import { div, equal, isnan, logicalOr, mul, numeric, sqrt, sub, where } from "./elementwise.ts";
import { apply, type Handle, ofNumber, ofValue, typeError } from "./handle.ts";

export interface ReduceOptions {
  /** Keep the reduced axes with size 1. Default false. */
  readonly keepdims?: boolean;
}

export interface SpreadOptions extends ReduceOptions {
  /** Taken from the number of elements before dividing. Default 0: the population's variance, as in NumPy. */
  readonly ddof?: number;
}

export type Reduction = (x: ArrayLike, axis?: Axis, options?: ReduceOptions) => Handle;

const reduction =
  (name: string, op: OpName, prepare: (x: Handle) => Handle): Reduction =>
  (x, axis, { keepdims = false } = {}) => {
    const array = prepare(toHandle(name, x));
    const axes = resolveAxes(name, axis, array.shape.length);
    const empty = axes.some((a) => array.shape[a] === 0);
    if (empty && (op === "reduceMin" || op === "reduceMax")) {
      throw emptyAxis(name);
    }
    const reduced = axes.length === 0 ? array : apply(op, [array], { axes });
    return keepdims ? apply("reshape", [reduced], { shape: kept(array, axes) }) : reduced;
  };

const emptyAxis = (name: string): LanewiseError =>
  typeError(name, "at least one element", "an empty axis", "check the array's size first");

const kept = (x: Handle, axes: readonly number[]): number[] => x.shape.map((d, i) => (axes.includes(i) ? 1 : d));

export const sum = reduction("sum", "sum", numeric);
export const prod = reduction("prod", "prod", numeric);
export const min = reduction("min", "reduceMin", numeric);
export const max = reduction("max", "reduceMax", numeric);
export const all = reduction("all", "reduceAnd", (x) => castTo(x, "bool"));
export const any = reduction("any", "reduceOr", (x) => castTo(x, "bool"));

const countOf = (x: Handle, axis: Axis, name: string): number =>
  sizeOf(resolveAxes(name, axis, x.shape.length).map((a) => x.shape[a] as number));

export const mean: Reduction = (x, axis, options) => {
  const array = toFloat(toHandle("mean", x));
  return div(sum(array, axis, options), countOf(array, axis, "mean"));
};

/** Mean of the squared distances from the mean, in two passes. */
export function variance(x: ArrayLike, axis?: Axis, { ddof = 0, keepdims = false }: SpreadOptions = {}): Handle {
  const array = toFloat(toHandle("variance", x));
  const distance = sub(array, mean(array, axis, { keepdims: true }));
  return div(sum(mul(distance, distance), axis, { keepdims }), Math.max(0, countOf(array, axis, "variance") - ddof));
}

export const std = (x: ArrayLike, axis?: Axis, options?: SpreadOptions): Handle => sqrt(variance(x, axis, options));

/** Position of the first element that `extreme` picks; the first NaN wins, as in NumPy. */
const position =
  (name: string, extreme: Reduction) =>
  (x: ArrayLike, axis?: number | null, { keepdims = false }: ReduceOptions = {}): Handle => {
    const given = numeric(toHandle(name, x));
    const flat = axis === undefined || axis === null;
    const array = flat ? apply("reshape", [given], { shape: [sizeOf(given.shape)] }) : given;
    const along = flat ? 0 : resolveAxis(name, axis, array.shape.length);
    if (array.shape[along] === 0) throw emptyAxis(name);
    const best = extreme(array, along, { keepdims: true });
    const found = isFloat(array.dtype) ? logicalOr(equal(array, best), isnan(array)) : equal(array, best);
    const size = array.shape[along] as number;
    const shape = array.shape.map((d, i) => (i === along ? d : 1));
    const places = ofValue(filled("int32", shape, (i) => i));
    const candidates = where(found, broadcastTo(name, places, array.shape), ofNumber(size - 1, "int32"));
    const index = min(candidates, along, { keepdims: keepdims && !flat });
    return keepdims && flat ? apply("reshape", [index], { shape: given.shape.map(() => 1) }) : index;
  };

export const argmax = position("argmax", max);
export const argmin = position("argmin", min);

/** Running sum along an axis; without one, of the flattened array. */
export function cumsum(x: ArrayLike, axis?: number | null): Handle {
  const array = numeric(toHandle("cumsum", x));
  if (axis !== undefined && axis !== null) {
    return apply("cumsum", [array], { axis: resolveAxis("cumsum", axis, array.shape.length) });
  }
  return apply("cumsum", [apply("reshape", [array], { shape: [sizeOf(array.shape)] })], { axis: 0 });
}
