/**
 * A column: the values of one leaf at every point of a space, as plain data that can be posted to a thread.
 *
 *   point i → index = start + step·i → digit = floor(index / repeat) mod count → element `digit` of the source
 *
 * `repeat` and `count` are one digit of a mixed-radix number, so a product of axes is one column per axis
 * and no column is longer than its axis. A point's value depends on its index alone.
 */

import { allocate, type DType, isFloat, type TypedArray } from "./dtype.ts";
import { geometric } from "./geometric.ts";
import { type KeyData, uniformAt } from "./key.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** What the digits count: written values, evenly or geometrically spaced ones, or draws. */
export type Source =
  | { readonly kind: "table"; readonly values: TypedArray }
  | { readonly kind: "linear" | "geometric"; readonly low: number; readonly high: number; readonly n: number }
  | { readonly kind: "uniform"; readonly key: KeyData; readonly low: number; readonly high: number };

/** Which element of the source point i has. */
export interface Walk {
  readonly count: number;
  readonly repeat: number;
  readonly start: number;
  /** Negative for reversed slices. */
  readonly step: number;
}

export type ColumnSource = Source &
  Walk & {
    /** Of the values that are written. */
    readonly dtype: DType;
    /** Of one point's value. */
    readonly shape: Shape;
    /** Numbers per point: the size of `shape`. */
    readonly elementSize: number;
  };

/** Spaced axes up to this length are computed once and copied; longer ones are computed where they are read. */
const tableLimit = 16384;

/** The column of a source; float32 columns are computed in 64 bits and rounded, except draws, which are 32-bit draws. */
export function columnOf(source: Source, walk: Walk, dtype: DType, shape: Shape): ColumnSource {
  const elementSize = sizeOf(shape);
  const spaced = source.kind === "linear" || source.kind === "geometric";
  const column: ColumnSource = { ...source, ...walk, dtype, shape, elementSize };
  if (!spaced || source.n > tableLimit) return column;
  const values = allocate(dtype, source.n);
  const write = writer(column);
  for (let digit = 0; digit < source.n; digit++) write(digit, values, digit);
  return { kind: "table", values, ...walk, dtype, shape, elementSize };
}

type Write = (digit: number, out: TypedArray, offset: number) => void;

/** How an element is written. Integers take the nearest spaced value and the floor of a draw. */
function writer(column: ColumnSource): Write {
  const size = column.elementSize;
  const float = isFloat(column.dtype);
  if (column.kind === "table") {
    const { values } = column;
    if (size === 1) {
      return (digit, out, offset) => {
        out[offset] = values[digit] as number;
      };
    }
    return (digit, out, offset) => {
      for (let e = 0; e < size; e++) out[offset + e] = values[digit * size + e] as number;
    };
  }
  const { low, high } = column;
  if (column.kind === "uniform") {
    const { key } = column;
    const draw = column.dtype === "float64" ? draw64 : draw32;
    return (digit, out, offset) => {
      for (let e = 0; e < size; e++) {
        const value = draw(key, digit * size + e, low, high);
        out[offset + e] = float ? value : Math.floor(value);
      }
    };
  }
  const last = column.n - 1;
  const at = column.kind === "geometric" ? geometric(low, high, column.n) : linear(low, high, last);
  return (digit, out, offset) => {
    const value = at(digit);
    for (let e = 0; e < size; e++) out[offset + e] = float ? value : Math.round(value);
  };
}

/** Both ends exactly; one division per value, so that steps of a tenth stay tenths. */
function linear(low: number, high: number, last: number): (k: number) => number {
  const span = high - low;
  return (k) => (k === last && k > 0 ? high : low + (k === 0 ? 0 : (k * span) / last));
}

const draw64 = (key: KeyData, index: number, low: number, high: number): number =>
  Math.max(low, uniformAt(key, index, "float64") * (high - low) + low);

// The same roundings as random.uniform in float32.
function draw32(key: KeyData, index: number, low: number, high: number): number {
  const bottom = Math.fround(low);
  const span = Math.fround(Math.fround(high) - bottom);
  return Math.max(bottom, Math.fround(Math.fround(uniformAt(key, index, "float32") * span) + bottom));
}

/**
 * Writes the values of points start, start + 1, …, start + count - 1 to the front of `out`
 * (count · elementSize numbers, row-major).
 */
export function fillColumn(column: ColumnSource, start: number, count: number, out: TypedArray): void {
  if (count === 0) return;
  const size = column.elementSize;
  const write = writer(column);
  const odometer = new Odometer(column, start);
  if (column.step !== 1) {
    for (let p = 0; p < count; p++) {
      write(odometer.digit, out, p * size);
      odometer.advance();
    }
    return;
  }
  // One period by runs of equal digits, the rest by doubling.
  const period = column.count * column.repeat;
  const first = Math.min(count, period);
  if (column.kind === "table" && size === 1 && column.repeat === 1) fillRows(column, odometer.digit, first, out);
  else fillRuns(write, odometer, first, column, out);
  for (let done = first; done < count; done *= 2) {
    out.copyWithin(done * size, 0, Math.min(done, count - done) * size);
  }
}

/** `points` successive elements of a table from `digit` on, around its end at most once. */
function fillRows(column: ColumnSource & { kind: "table" }, digit: number, points: number, out: TypedArray): void {
  const { values, count } = column;
  const before = Math.min(points, count - digit);
  out.set(values.subarray(digit, digit + before));
  if (points > before) out.set(values.subarray(0, points - before), before);
}

function fillRuns(write: Write, odometer: Odometer, points: number, column: ColumnSource, out: TypedArray): void {
  const size = column.elementSize;
  for (let p = 0; p < points; ) {
    const run = Math.min(column.repeat - odometer.within, points - p);
    write(odometer.digit, out, p * size);
    // A native fill costs more than a value.
    if (run > 1) repeatFirst(out.subarray(p * size, (p + run) * size), size);
    odometer.nextDigit();
    p += run;
  }
}

function repeatFirst(out: TypedArray, size: number): void {
  if (size === 1) out.fill(out[0] as number);
  else for (let at = size; at < out.length; at += size) out.copyWithin(at, 0, size);
}

/** The digit of successive points without a division for each. */
class Odometer {
  digit: number;
  /** Position within the run of equal digits. */
  within: number;
  readonly #column: ColumnSource;
  readonly #digits: number;
  readonly #remainder: number;

  constructor(column: ColumnSource, point: number) {
    const { count, repeat, step } = column;
    const index = column.start + step * point;
    this.#column = column;
    this.within = index % repeat;
    this.digit = ((index - this.within) / repeat) % count;
    this.#remainder = ((step % repeat) + repeat) % repeat;
    this.#digits = ((((step - this.#remainder) / repeat) % count) + count) % count;
  }

  /** To the next point. */
  advance(): void {
    const { count, repeat } = this.#column;
    this.within += this.#remainder;
    this.digit += this.#digits;
    if (this.within >= repeat) {
      this.within -= repeat;
      this.digit++;
    }
    if (this.digit >= count) this.digit -= count;
  }

  /** To the first point of the next digit. */
  nextDigit(): void {
    this.within = 0;
    this.digit++;
    if (this.digit === this.#column.count) this.digit = 0;
  }
}

/** Reads single points into one scratch array, which the next read overwrites. */
export function reader(column: ColumnSource): (point: number) => TypedArray {
  const { count, repeat, start, step } = column;
  const out = allocate(column.dtype, column.elementSize);
  const write = writer(column);
  return (point) => {
    const index = start + step * point;
    write(((index - (index % repeat)) / repeat) % count, out, 0);
    return out;
  };
}

/** Points start, start + step, … of a walk. */
export const sliceWalk = <C extends Walk>(walk: C, start: number, step: number): C => ({
  ...walk,
  start: walk.start + walk.step * start,
  step: walk.step * step,
});

/** The value of one point, as its own storage. */
export const elementOf = (column: ColumnSource, point: number): TypedArray => reader(column)(point);
