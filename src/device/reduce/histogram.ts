/** Counts of numbers in bins of equal width: between given ends, or over a range that widens with the numbers. */

import type { NumberReader, NumberWriter } from "./numbers.ts";
import type { RangeBins, State } from "./state.ts";

/** The `bins + 1` ends of bins between `low` and `high`. */
export function binEdges({ bins, low, high }: Omit<RangeBins, "kind">): Float64Array {
  const width = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, k) => (k === bins ? high : low + k * width));
}

/** As NumPy counts: a bin has its lower edge but not its upper one, the last bin has both. */
export class RangeHistogram implements State<RangeHistogram> {
  readonly counts: Float64Array;
  /** Numbers beyond the ends, and NaNs. */
  outside: number;

  constructor(counts: Float64Array, outside: number) {
    this.counts = counts;
    this.outside = outside;
  }

  static of = (values: Float64Array, n: number, how: RangeBins): RangeHistogram => {
    const { bins, low, high } = how;
    const counts = new Float64Array(bins);
    const edges = binEdges(how);
    const scale = bins / (high - low);
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const x = values[i] as number;
      if (!(x >= low && x <= high)) {
        outside++;
        continue;
      }
      // The product may be off by a rounding: the edges themselves decide.
      let bin = Math.min(bins - 1, Math.floor((x - low) * scale));
      if (x < (edges[bin] as number)) bin--;
      else if (bin < bins - 1 && x >= (edges[bin + 1] as number)) bin++;
      counts[bin] = (counts[bin] as number) + 1;
    }
    return new RangeHistogram(counts, outside);
  };

  static read = (input: NumberReader, { bins }: RangeBins): RangeHistogram =>
    new RangeHistogram(readCounts(input, bins), input.next());

  merge({ counts, outside }: RangeHistogram): void {
    addCounts(this.counts, counts, 0);
    this.outside += outside;
  }

  write(out: NumberWriter): void {
    writeCounts(out, this.counts);
    out.push(this.outside);
  }
}

/**
 * Bins whose width is a power of two and whose edges are multiples of it. When numbers come that lie beyond, the width
 * is doubled until all fit: two bins become one, exactly, so that the counts follow from the numbers alone, in whatever
 * order and in however many parts they come.
 */
export class WideningHistogram implements State<WideningHistogram> {
  min: number;
  max: number;
  counts: Float64Array;
  /** NaNs and infinite numbers, which have no bin. */
  outside: number;
  /** The first bin begins at `first * 2 ** exponent`. */
  exponent: number;
  first: number;

  constructor(min: number, max: number, counts: Float64Array, outside: number) {
    this.min = min;
    this.max = max;
    this.counts = counts;
    this.outside = outside;
    this.exponent = exponentFor(min, max, counts.length);
    this.first = firstBin(min, max, this.exponent);
  }

  static of = (values: Float64Array, n: number, { bins }: { readonly bins: number }): WideningHistogram => {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let finite = 0;
    for (let i = 0; i < n; i++) {
      const x = values[i] as number;
      if (x - x !== 0) continue;
      finite++;
      if (x < min) min = x;
      if (x > max) max = x;
    }
    const histogram = new WideningHistogram(min, max, new Float64Array(bins), n - finite);
    histogram.count(values, n);
    return histogram;
  };

  static read = (input: NumberReader, { bins }: { readonly bins: number }): WideningHistogram =>
    new WideningHistogram(input.next(), input.next(), readCounts(input, bins), input.next());

  merge(later: WideningHistogram): void {
    this.outside += later.outside;
    if (later.min > later.max) return;
    this.widen(later.min, later.max);
    later.widen(this.min, this.max);
    addCounts(this.counts, later.counts, later.first - this.first);
  }

  /** Makes room for numbers from `min` to `max`. */
  widen(min: number, max: number): void {
    const had = this.min <= this.max;
    const { first, exponent, counts } = this;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    this.exponent = exponentFor(this.min, this.max, counts.length);
    this.first = firstBin(this.min, this.max, this.exponent);
    if (!had || (first === this.first && exponent === this.exponent)) return;
    this.counts = new Float64Array(counts.length);
    const ratio = powerOfTwo(Math.min(this.exponent - exponent, 1022));
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin] as number;
      if (count === 0) continue;
      const at = Math.floor((first + bin) / ratio) - this.first;
      this.counts[at] = (this.counts[at] as number) + count;
    }
  }

  /** The ends of the bins; from 0 to about 1 where there is nothing but zeros. */
  edges(): Float64Array {
    const { counts, exponent } = this;
    const width = powerOfTwo(exponent === LEAST ? -Math.floor(Math.log2(counts.length)) : exponent);
    return Float64Array.from({ length: this.counts.length + 1 }, (_, k) => (this.first + k) * width);
  }

  write(out: NumberWriter): void {
    out.push(this.min);
    out.push(this.max);
    writeCounts(out, this.counts);
    out.push(this.outside);
  }

  private count(values: Float64Array, n: number): void {
    const { counts, first } = this;
    const scale = powerOfTwo(-this.exponent);
    const clean = this.outside === 0;
    for (let i = 0; i < n; i++) {
      const x = values[i] as number;
      if (!clean && x - x !== 0) continue;
      let bin = Math.floor(x * scale);
      // A product that is rounded to zero has lost its sign.
      if (bin === 0 && x < 0) bin = -1;
      counts[bin - first] = (counts[bin - first] as number) + 1;
    }
  }
}

const words = new DataView(new ArrayBuffer(8));

/** The exponent of the leading bit; that of the smallest normal number for all below. */
function exponentOf(x: number): number {
  words.setFloat64(0, x);
  return Math.max(LEAST, ((words.getUint32(0) >>> 20) & 0x7ff) - 1023);
}

/** For exponents of normal numbers, without a rounding. */
function powerOfTwo(exponent: number): number {
  words.setUint32(0, (exponent + 1023) << 20);
  words.setUint32(4, 0);
  return words.getFloat64(0);
}

const LEAST = -1022;
const MOST = 1022;

/** Bins are at least this much narrower than the largest number, which keeps their numbers exact. */
const NARROWEST = 40;

const firstBin = (min: number, max: number, exponent: number): number => (min <= max ? binOf(min, exponent) : 0);

function binOf(x: number, exponent: number): number {
  const bin = Math.floor(x * powerOfTwo(-exponent));
  return bin === 0 && x < 0 ? -1 : bin;
}

/** The width, as an exponent, with which numbers from `min` to `max` fit: never less for a wider range. */
function exponentFor(min: number, max: number, bins: number): number {
  const size = Math.max(-min, max);
  if (!(min <= max) || size === 0) return LEAST;
  // The distance of two halves cannot overflow.
  const apart = exponentOf(max / 2 - min / 2) + 1 - Math.ceil(Math.log2(bins)) - 1;
  let exponent = Math.min(MOST, Math.max(LEAST, exponentOf(size) - NARROWEST, apart));
  while (exponent < MOST && binOf(max, exponent) - binOf(min, exponent) >= bins) exponent++;
  return exponent;
}

function addCounts(into: Float64Array, counts: Float64Array, shift: number): void {
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count !== 0) into[bin + shift] = (into[bin + shift] as number) + count;
  }
}

/** Only what lies between the first and the last count that is not zero. */
function writeCounts(out: NumberWriter, counts: Float64Array): void {
  let low = 0;
  let high = counts.length;
  while (low < high && counts[low] === 0) low++;
  while (high > low && counts[high - 1] === 0) high--;
  out.push(low);
  out.push(high - low);
  out.append(counts.subarray(low, high));
}

function readCounts(input: NumberReader, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  const low = input.next();
  counts.set(input.take(input.next()), low);
  return counts;
}
