/** Picking and placing elements: static slices are views, indices known only at run time clamp to the array. */

import type { DType } from "../base/dtype.ts";
import type { LanewiseError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { isNumberArray } from "../base/tree.ts";
import { formatType, type Value } from "../base/value.ts";
import { resolveAxis, resolveIndex, resolveShape } from "./axes.ts";
import { type ArrayLike, broadcastTo, castTo, describe, filled, toHandle, unify } from "./convert.ts";
import { add, less, minimum, numeric, where } from "./elementwise.ts";
import { apply, type Handle, isTraced, numbersOf, ofNumber, ofValue, shapeError, typeError } from "./handle.ts";
import { ravel } from "./reshape.ts";
import { atUserLine } from "./source.ts";

/** Python's `start:stop:step` along one axis; negative positions count from the end. */
export interface Range {
  readonly start?: number;
  readonly stop?: number;
  readonly step?: number;
}

/** One entry per axis, `null` for all of it; axes left out are taken whole. */
export function slice(x: ArrayLike, ...ranges: readonly (Range | null)[]): Handle {
  const array = toHandle("slice", x);
  const rank = array.shape.length;
  if (ranges.length > rank) {
    throw tooMany("slice", "ranges", ranges.length, array);
  }
  const parts = array.shape.map((size, i) => resolveRange(ranges[i] ?? {}, size));
  return apply("slice", [array], {
    start: parts.map((p) => p.start),
    step: parts.map((p) => p.step),
    shape: parts.map((p) => p.count),
  });
}

const tooMany = (name: string, what: string, count: number, x: Handle): LanewiseError =>
  typeError(
    name,
    `at most ${x.shape.length} ${what}, one for each axis of ${formatType(x)}`,
    String(count),
    "drop some",
  );

function resolveRange({ start, stop, step = 1 }: Range, size: number): { start: number; step: number; count: number } {
  for (const [name, x] of Object.entries({ start, stop, step })) {
    if (x === undefined || (Number.isInteger(x) && !(name === "step" && x === 0))) continue;
    throw new RangeError(
      `slice: expected ${name} to be a whole number${name === "step" ? " other than 0" : ""}, got ${describe(x)}; ` +
        `for positions known at run time use lax.dynamicSlice${atUserLine()}`,
    );
  }
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, lowest), highest);
  const first = start === undefined ? (step > 0 ? lowest : highest) : clamp(start);
  const end = stop === undefined ? (step > 0 ? highest : lowest) : clamp(stop);
  const count = Math.max(0, Math.ceil((end - first) / step));
  return { start: count === 0 ? 0 : first, step, count };
}

/** Numbers that were written down, and are checked; arrays may be traced, and clamp, so that both behave alike. */
const isWritten = (x: ArrayLike): boolean =>
  typeof x === "number" || ArrayBuffer.isView(x) || isNumberArray(x) || (Array.isArray(x) && x.length === 0);

/** Integers as int32. */
export function integersOf(name: string, x: ArrayLike): Handle {
  const found = typeof x === "number" || Array.isArray(x) ? toHandle(name, x, wholeDType(x)) : toHandle(name, x);
  if (found.dtype === "int32") return found;
  // Larger ones are outside of any array.
  if (found.dtype === "uint32") return castTo(minimum(found, 2 ** 31 - 1), "int32");
  if (isWritten(x) && found.value?.data.every(Number.isInteger)) return castTo(found, "int32");
  const remedy = found.dtype === "bool" ? "choose with np.where" : 'convert with astype("int32")';
  throw typeError(name, "integers", typeof x === "number" ? String(x) : formatType(found), remedy);
}

/** Whole numbers are read as int32, exactly. */
const wholeDType = (x: number | readonly ArrayLike[]): DType | undefined =>
  (typeof x === "number" ? [x] : (x as readonly unknown[]).flat(Infinity)).every(Number.isInteger)
    ? "int32"
    : undefined;

/** Indices counted from the front: written ones are checked, others wrap once and clamp where they are used. */
function toIndices(name: string, indices: ArrayLike, size: number): Handle {
  const array = integersOf(name, indices);
  const { value } = array;
  if (!value || !isWritten(indices)) return where(less(array, 0), add(array, size), array);
  const resolved = filled("int32", value.shape, (i) => resolveIndex(name, value.data[i] as number, size));
  return sameNumbers(resolved, value) ? array : ofValue(resolved);
}

const sameNumbers = (a: Value, b: Value): boolean => a.data.every((x, i) => x === b.data[i]);

/** Elements at `indices` along an axis; without one, of the flattened array. */
export function take(x: ArrayLike, indices: ArrayLike, axis?: number | null): Handle {
  const given = toHandle("take", x);
  const array = axis === undefined || axis === null ? ravel(given) : given;
  const along = axis === undefined || axis === null ? 0 : resolveAxis("take", axis, array.shape.length);
  return apply("gather", [array, toIndices("take", indices, array.shape[along] as number)], { axis: along });
}

/** `x[i, j, …]`: numbers or integer scalars, one per leading axis. */
export function at(x: ArrayLike, ...indices: readonly ArrayLike[]): Handle {
  const array = toHandle("at", x);
  const rank = array.shape.length;
  if (indices.length > rank) {
    throw tooMany("at", "indices", indices.length, array);
  }
  const [first] = indices;
  if (
    indices.length === 1 &&
    first !== undefined &&
    typeof first !== "number" &&
    toHandle("at", first).shape.length > 0
  ) {
    return take(array, first, 0);
  }
  const starts = indices.map((index, d) => toIndices("at", index, array.shape[d] as number));
  const list = starts.find((start) => start.shape.length > 0);
  if (list) throw shapeError("at", "scalars as indices", [list.shape], "use take along one axis after the other");
  const window = array.shape.map((size, d) => (d < indices.length ? 1 : size));
  const rest = array.shape.slice(indices.length);
  return apply("reshape", [windowOf(array, starts, window)], { shape: rest });
}

function windowOf(array: Handle, starts: readonly Handle[], shape: Shape): Handle {
  const outside = shape.some((size, d) => size > (array.shape[d] as number));
  if (starts.some(isTraced) || outside) {
    const all = shape.map((_, d) => starts[d] ?? ofNumber(0, "int32"));
    return apply("dynamicSlice", [array, ...all], { shape: [...shape] });
  }
  const start = shape.map((size, d) => {
    const last = (array.shape[d] as number) - size;
    return Math.min(Math.max(starts[d]?.value?.data[0] ?? 0, 0), last);
  });
  return apply("slice", [array], { start, step: shape.map(() => 1), shape: [...shape] });
}

/** One scalar per axis, counted from the front. */
function startsOf(name: string, array: Handle, starts: ArrayLike): Handle[] {
  const given: readonly ArrayLike[] = Array.isArray(starts) ? starts : rows(toHandle(name, starts));
  if (given.length !== array.shape.length) {
    const wanted = `one start for each axis of ${formatType(array)}`;
    throw typeError(name, wanted, String(given.length), "give 0 where it is the whole axis");
  }
  return given.map((start, d) => {
    const index = integersOf(name, start);
    if (index.shape.length > 0) throw shapeError(name, "scalars as starts", [index.shape], "pick one element");
    return where(less(index, 0), add(index, array.shape[d] as number), index);
  });
}

const rows = (x: Handle): Handle[] => Array.from({ length: x.shape[0] ?? 0 }, (_, i) => at(x, i));

/** A window of a static size at starts known at run time; they clamp so that it lies inside. */
export function dynamicSlice(x: ArrayLike, starts: ArrayLike, sizes: Shape): Handle {
  const array = toHandle("dynamicSlice", x);
  const fits =
    sizes.length === array.shape.length &&
    sizes.every((s, d) => Number.isInteger(s) && s >= 0 && s <= (array.shape[d] as number));
  if (!fits) throw shapeError("dynamicSlice", "a window inside of the array", [array.shape, sizes], "make it smaller");
  return apply("dynamicSlice", [array, ...startsOf("dynamicSlice", array, starts)], { shape: [...sizes] });
}

/** The array with a window replaced; the starts clamp so that it lies inside. */
export function dynamicUpdateSlice(x: ArrayLike, update: ArrayLike, starts: ArrayLike): Handle {
  const array = toHandle("dynamicUpdateSlice", x);
  const [, window] = unify("dynamicUpdateSlice", [array, update]) as [Handle, Handle];
  if (window.dtype !== array.dtype) {
    throw typeError(
      "dynamicUpdateSlice",
      `an update of ${array.dtype}`,
      window.dtype,
      "convert one of them with astype",
    );
  }
  const fits =
    window.shape.length === array.shape.length && window.shape.every((s, d) => s <= (array.shape[d] as number));
  if (!fits) {
    throw shapeError(
      "dynamicUpdateSlice",
      "an update inside of the array",
      [array.shape, window.shape],
      "make it smaller",
    );
  }
  return apply("dynamicUpdateSlice", [array, window, ...startsOf("dynamicUpdateSlice", array, starts)]);
}

/** Places in 0 to count - 1, which must be known when tracing: the kernel is laid out for them. */
function staticIndices(name: string, indices: ArrayLike, count: number, lowest: number): Handle {
  const remedy = "close over a typed array instead of passing it as an argument";
  const array = integersOf(name, indices);
  const value = numbersOf(array, `${name}: indices`, remedy);
  if (value.shape.length !== 1) throw shapeError(name, "a list of indices", [value.shape], "flatten it");
  const wrong = value.data.findIndex((i) => i < lowest || i >= count);
  if (wrong >= 0) {
    throw new RangeError(
      `${name}: expected indices from ${lowest} to ${count - 1}, got ${value.data[wrong]} at place ${wrong}; ` +
        `correct it, or raise the count${atUserLine()}`,
    );
  }
  if (value.data.every((i) => i >= 0)) return array;
  return ofValue(filled("int32", value.shape, (i) => ((value.data[i] as number) + count) % count));
}

/** `x` with `updates[i]` added at `indices[i]` of the first axis, in order of i. Indices are static. */
export function scatterAdd(x: ArrayLike, indices: ArrayLike, updates: ArrayLike): Handle {
  const [array, terms] = unify("scatterAdd", [x, updates]).map(numeric) as [Handle, Handle];
  if (array.shape.length === 0) throw shapeError("scatterAdd", "an array with axes", [[]], "use add");
  const places = staticIndices("scatterAdd", indices, array.shape[0] as number, -(array.shape[0] as number));
  const shape = [places.shape[0] as number, ...array.shape.slice(1)];
  return apply("scatterAdd", [array, places, broadcastTo("scatterAdd", terms, shape)]);
}

/** Sums of `values[i]` over all i with `segmentIds[i] = s`, for every s below `numSegments`. The ids are static. */
export function segmentSum(values: ArrayLike, segmentIds: ArrayLike, numSegments: number): Handle {
  const terms = numeric(toHandle("segmentSum", values));
  const [count] = resolveShape("segmentSum", numSegments) as [number];
  const ids = staticIndices("segmentSum", segmentIds, count, 0);
  if (terms.shape[0] !== ids.shape[0]) {
    throw shapeError("segmentSum", "one segment id per value", [terms.shape, ids.shape], "make the lists equally long");
  }
  const zeros = broadcastTo("segmentSum", ofNumber(0, terms.dtype), [count, ...terms.shape.slice(1)]);
  return apply("scatterAdd", [zeros, ids, terms]);
}
