/**
 * Quantiles without the numbers: exact up to K numbers, beyond that a summary that loses as little as it says.
 *
 * Level h holds sorted numbers that stand for 2^h numbers each. A level that outgrows K is halved: every second of its
 * numbers goes one level up, in turn those of even and of odd rank. That moves the rank of no number by more than 2^h,
 * and a level is halved at most n / (2^h K) times, so after n numbers every rank is right to within
 * (n / K) · (1 + log2(n / K)), which is 0.4 % of n at 10^8 numbers. The scheme is that of G. S. Manku, S. Rajagopalan,
 * B. G. Lindsay 1998, "Approximate medians and other quantiles in one pass and with limited memory",
 * doi:10.1145/276305.276342; unlike later ones it draws no lots, so the same numbers give the same quantiles.
 */

import type { NumberReader, NumberWriter } from "./numbers.ts";
import type { State } from "./state.ts";

/** Numbers of a level. Up to so many are kept as they are. */
export const K = 4096;

const empty = new Float64Array();

export class Sketch implements State<Sketch> {
  /** Sorted. */
  private readonly levels: Float64Array[];
  /** Which rank of two goes up when a level is halved next. */
  private readonly turns: number[];
  private min: number;
  private max: number;

  private constructor(levels: Float64Array[], turns: number[], min: number, max: number) {
    this.levels = levels;
    this.turns = turns;
    this.min = min;
    this.max = max;
  }

  static of = (values: Float64Array, n: number): Sketch => {
    // NaNs are sorted to the end.
    const sorted = values.slice(0, n).sort();
    const sketch = new Sketch([sorted], [0], sorted[0] ?? Number.POSITIVE_INFINITY, lastOf(sorted));
    sketch.shrink();
    return sketch;
  };

  static read = (input: NumberReader): Sketch => {
    const [min, max] = [input.next(), input.next()];
    const levels: Float64Array[] = [];
    const turns: number[] = [];
    for (let left = input.next(); left > 0; left--) {
      turns.push(input.next());
      levels.push(input.take(input.next()));
    }
    return new Sketch(levels, turns, min, max);
  };

  merge({ levels, turns, min, max }: Sketch): void {
    levels.forEach((numbers, h) => {
      this.levels[h] = mergeSorted(this.levels[h] ?? empty, numbers);
      this.turns[h] = (this.turns[h] ?? 0) ^ (turns[h] as number);
    });
    // A NaN stays.
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    this.shrink();
  }

  write(out: NumberWriter): void {
    out.push(this.min);
    out.push(this.max);
    out.push(this.levels.length);
    this.levels.forEach((numbers, h) => {
      out.push(this.turns[h] as number);
      out.push(numbers.length);
      out.append(numbers);
    });
  }

  /**
   * The numbers at these shares of the ranks, between two numbers on the line through them, as NumPy's default; NaN
   * when there are no numbers, or a NaN among them.
   */
  quantiles(shares: readonly number[]): number[] {
    if (!(this.min <= this.max)) return shares.map(() => Number.NaN);
    const { values, ends } = this.ranked();
    const n = ends.at(-1) as number;
    const at = (rank: number): number => {
      if (rank === 0) return this.min;
      return rank === n - 1 ? this.max : (values[firstAbove(ends, rank)] as number);
    };
    return shares.map((share) => {
      const place = share * (n - 1);
      const rank = Math.floor(place);
      const low = at(rank);
      const part = place - rank;
      return part === 0 ? low : low + (at(rank + 1) - low) * part;
    });
  }

  /** All numbers in order, and of each the rank after the last that it stands for. */
  private ranked(): { readonly values: Float64Array; readonly ends: Float64Array } {
    const count = this.levels.reduce((sum, { length }) => sum + length, 0);
    const values = new Float64Array(count);
    const ends = new Float64Array(count);
    const next = this.levels.map(() => 0);
    for (let i = 0, rank = 0; i < count; i++) {
      let least = -1;
      for (let h = 0; h < next.length; h++) {
        const x = this.levels[h]?.[next[h] as number];
        if (x !== undefined && (least < 0 || x < (this.levels[least]?.[next[least] as number] as number))) least = h;
      }
      const from = next[least] as number;
      values[i] = this.levels[least]?.[from] as number;
      next[least] = from + 1;
      rank += 2 ** least;
      ends[i] = rank;
    }
    return { values, ends };
  }

  /** Halves the levels that are too long, from the lowest on. */
  private shrink(): void {
    for (let h = 0; h < this.levels.length; h++) {
      const numbers = this.levels[h] as Float64Array;
      if (numbers.length <= K) continue;
      const turn = this.turns[h] as number;
      const pairs = Math.floor(numbers.length / 2);
      const half = new Float64Array(pairs);
      for (let i = 0; i < pairs; i++) half[i] = numbers[2 * i + turn] as number;
      // The last of an odd number of them stays.
      this.levels[h] = numbers.slice(2 * pairs);
      this.turns[h] = 1 - turn;
      this.levels[h + 1] = mergeSorted(this.levels[h + 1] ?? empty, half);
      this.turns[h + 1] ??= 0;
    }
  }
}

const lastOf = (sorted: Float64Array): number => sorted.at(-1) ?? Number.NEGATIVE_INFINITY;

function mergeSorted(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const out = new Float64Array(a.length + b.length);
  for (let i = 0, j = 0, k = 0; k < out.length; k++) {
    const [x, y] = [a[i], b[j]];
    if (y === undefined || (x !== undefined && x <= y)) {
      out[k] = x as number;
      i++;
    } else {
      out[k] = y;
      j++;
    }
  }
  return out;
}

/** The first of ascending numbers that is larger than `x`. */
function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
