/** What is known of the numbers of some blocks: can be merged with what is known of later ones, and written down. */

import { RangeHistogram, WideningHistogram } from "./histogram.ts";
import { Extremes, Moments, Sum } from "./moments.ts";
import type { NumberReader, NumberWriter } from "./numbers.ts";
import { Sketch } from "./sketch.ts";
import { Values } from "./values.ts";

export interface State<S> {
  /** Takes in what is known of the numbers that follow. */
  merge(later: S): void;
  write(out: NumberWriter): void;
}

/** How numbers are accumulated; plain data. */
export type Accumulation =
  | { readonly kind: "sum" | "moments" | "extremes" | "sketch" | "values" }
  | RangeBins
  | { readonly kind: "widening"; readonly bins: number };

export interface RangeBins {
  readonly kind: "range";
  readonly bins: number;
  readonly low: number;
  readonly high: number;
}

/** The states that accumulations have. */
export interface States {
  readonly sum: Sum;
  readonly moments: Moments;
  readonly extremes: Extremes;
  readonly sketch: Sketch;
  readonly values: Values;
  readonly range: RangeHistogram;
  readonly widening: WideningHistogram;
}

export type AnyState = States[keyof States];

/** All but the numbers themselves, which nobody could keep. */
export type MergedState = Exclude<AnyState, Values>;

interface Kind<K extends keyof States> {
  /** Of the first `n` values of one block; they are not kept. */
  of(values: Float64Array, n: number, how: Extract<Accumulation, { kind: K }>): States[K];
  read(input: NumberReader, how: Extract<Accumulation, { kind: K }>): States[K];
}

const kinds: { readonly [K in keyof States]: Kind<K> } = {
  sum: Sum,
  moments: Moments,
  extremes: Extremes,
  sketch: Sketch,
  values: Values,
  range: RangeHistogram,
  widening: WideningHistogram,
};

// The row's functions take the accumulation of its own kind, which TypeScript cannot see through the lookup.
const kindOf = ({ kind }: Accumulation) => kinds[kind] as unknown as Kind<keyof States>;

export const stateOf = (how: Accumulation, values: Float64Array, n: number): AnyState =>
  kindOf(how).of(values, n, how as never);

export const readState = (how: Accumulation, input: NumberReader): AnyState => kindOf(how).read(input, how as never);

/** Both are of one accumulation. */
export const mergeStates = (into: MergedState, later: MergedState): void => (into as State<MergedState>).merge(later);
