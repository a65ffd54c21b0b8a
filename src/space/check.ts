/** Checks that several spaces and axes share, each with its sentence. */

import { describe } from "../array/convert.ts";
import { isPlainObject } from "../base/tree.ts";

/** Throws unless low < high where both are given, and both are numbers. */
export function checkBounds(where: string, low: number | undefined, high: number | undefined): void {
  for (const [name, bound] of [
    ["low", low],
    ["high", high],
  ] as const) {
    if (bound !== undefined && typeof bound !== "number") {
      throw new TypeError(
        `${where}: expected a number as ${name}, got ${describe(bound)}; give one bound for all elements`,
      );
    }
  }
  if (low === undefined || high === undefined || low < high) {
    if (Number.isNaN(low) || Number.isNaN(high)) {
      throw new RangeError(
        `${where}: expected bounds that are numbers, got low ${low} and high ${high}; leave out a bound to have none`,
      );
    }
    return;
  }
  throw new RangeError(`${where}: expected low < high, got low ${low} and high ${high}; swap or widen the bounds`);
}

/** Throws unless both bounds are finite, and so is what is computed between n values. */
export function checkFinite(where: string, low: number, high: number, n: number): void {
  if (Number.isFinite(low) && Number.isFinite(high) && Number.isFinite((high - low) * n)) return;
  throw new RangeError(
    `${where}: expected finite bounds, got low ${low} and high ${high}; give bounds that can be spanned`,
  );
}

/** Throws unless options are a record of known names: a misspelt option would silently do nothing. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (!isPlainObject(options)) {
    throw new TypeError(
      `${where}: expected options as an object, got ${describe(options)}; write { ${known[0]}: … }, or leave it out`,
    );
  }
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new TypeError(`${where}: expected options among ${known.join(", ")}, got ${wrong}; correct or drop it`);
}

/** What a value is called and means: stores and reports hand it on, computing does not look at it. */
export interface Labels {
  /** What people call it. */
  readonly name?: string | undefined;
  /** What it is measured in, such as `"ms"`. */
  readonly unit?: string | undefined;
  /** What it means, in a sentence. */
  readonly description?: string | undefined;
}

/** The labels among the options, each a text or not given. */
export function readLabels(where: string, { name, unit, description }: Labels): Labels {
  for (const [option, text] of Object.entries({ name, unit, description })) {
    if (text === undefined || typeof text === "string") continue;
    throw new TypeError(`${where}: expected text as ${option}, got ${describe(text)}; put it in quotes`);
  }
  return { name, unit, description };
}

/** Throws unless N is a number of points: spaces of the user's own give it themselves. */
export function checkPoints(where: string, n: unknown): asserts n is number {
  if (Number.isSafeInteger(n) && (n as number) >= 0) return;
  throw new TypeError(
    `${where}: expected N to be a whole number from 0 on, got ${describe(n)}; give the space a getter N`,
  );
}

export function checkCount(where: string, name: string, n: unknown): asserts n is number {
  if (Number.isSafeInteger(n) && (n as number) > 0) return;
  throw new RangeError(`${where}: expected a positive integer as ${name}, got ${describe(n)}; give a count from 1 up`);
}

/** The product of counts; more than 2^53 points could not be told apart by their index. */
export function countPoints(where: string, counts: readonly number[], paths: readonly string[]): number {
  let n = 1;
  for (const count of counts) n *= count;
  if (n <= 2 ** 53) return n;
  const factors = counts.map((count, i) => `${paths[i]}: ${count}`).join(", ");
  throw new RangeError(
    `${where}: expected at most 2^53 points, got ${n.toExponential(3)} (${factors}); use fewer values on some axis`,
  );
}

/** The index from the front of element `index` of `length`; negative ones count from the end. */
export function resolveIndex(where: string, index: number, length: number): number {
  if (!Number.isInteger(index)) {
    throw new RangeError(`${where}: expected an integer index, got ${describe(index)}; round it first`);
  }
  const resolved = index < 0 ? index + length : index;
  if (resolved >= 0 && resolved < length) return resolved;
  const range = length === 0 ? "nothing in an empty one" : `an index from ${-length} to ${length - 1}`;
  throw new RangeError(`${where}: expected ${range}, got ${index}; check it against length`);
}

export interface Span {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Python's slice(start, stop, step) over `length` elements. */
export function resolveSlice(where: string, length: number, a?: number, b?: number, step = 1): Span {
  for (const part of [a, b, step]) {
    if (part !== undefined && !Number.isInteger(part)) {
      throw new RangeError(`${where}: expected integers, got ${describe(part)}; round it first`);
    }
  }
  if (step === 0) throw new RangeError(`${where}: expected a step other than 0, got 0; use 1, or -1 for backwards`);
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (i: number): number => Math.min(Math.max(i < 0 ? i + length : i, least), most);
  const start = a === undefined ? (step > 0 ? 0 : length - 1) : clamp(a);
  const stop = b === undefined ? (step > 0 ? length : -1) : clamp(b);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  // An empty slice starts at 0, so that it points at nothing outside.
  return count === 0 ? { start: 0, step: 1, length: 0 } : { start, step, length: count };
}
