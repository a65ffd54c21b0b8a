/** Sums, means, variances and extremes of blocks of numbers, and how those of two blocks become one. */

import type { NumberReader, NumberWriter } from "./numbers.ts";
import type { State } from "./state.ts";

/** Eight sums side by side, number i in sum i mod 8, and then in pairs: fast, with an error like that of pairwise sums. */
function blockSum(x: Float64Array, n: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    a += x[i] as number;
    b += x[i + 1] as number;
    c += x[i + 2] as number;
    d += x[i + 3] as number;
    e += x[i + 4] as number;
    f += x[i + 5] as number;
    g += x[i + 6] as number;
    h += x[i + 7] as number;
  }
  let rest = 0;
  for (; i < n; i++) rest += x[i] as number;
  return a + b + (c + d) + (e + f + (g + h)) + rest;
}

/**
 * A sum in float64: the sums of blocks are added with Neumaier's compensation (A. Neumaier 1974,
 * doi:10.1002/zamm.19740540106), so its error hardly grows with the number of blocks.
 */
export class Sum implements State<Sum> {
  private sum: number;
  private rest: number;

  constructor(sum: number, rest: number) {
    this.sum = sum;
    this.rest = rest;
  }

  static of = (values: Float64Array, n: number): Sum => new Sum(blockSum(values, n), 0);

  static read = (input: NumberReader): Sum => new Sum(input.next(), input.next());

  get value(): number {
    return Number.isFinite(this.sum) ? this.sum + this.rest : this.sum;
  }

  merge({ sum, rest }: Sum): void {
    const total = this.sum + sum;
    this.rest += Math.abs(this.sum) >= Math.abs(sum) ? this.sum - total + sum : sum - total + this.sum;
    this.rest += rest;
    this.sum = total;
  }

  write(out: NumberWriter): void {
    out.push(this.sum);
    out.push(this.rest);
  }
}

/**
 * Squares of deviations from the mean, in float64. Within a block in two passes with the correction for the rounded
 * mean, between blocks by the pairwise update: T. F. Chan, G. H. Golub, R. J. LeVeque 1983, "Algorithms for computing
 * the sample variance", doi:10.1080/00031305.1983.10483115.
 */
export class Moments implements State<Moments> {
  private n: number;
  private mean: number;
  /** Sum of squared deviations. */
  private squares: number;

  constructor(n: number, mean: number, squares: number) {
    this.n = n;
    this.mean = mean;
    this.squares = squares;
  }

  static of = (values: Float64Array, n: number): Moments => {
    if (n === 0) return new Moments(0, 0, 0);
    const mean = blockSum(values, n) / n;
    return new Moments(n, mean, deviations(values, n, mean));
  };

  static read = (input: NumberReader): Moments => new Moments(input.next(), input.next(), input.next());

  /** With n - `ddof` as the divisor; NaN where that is not positive. */
  variance(ddof: number): number {
    return this.n > ddof ? this.squares / (this.n - ddof) : Number.NaN;
  }

  merge({ n, mean, squares }: Moments): void {
    if (n === 0) return;
    const both = this.n + n;
    const apart = mean - this.mean;
    this.squares += squares + apart * apart * ((this.n / both) * n);
    this.mean += apart * (n / both);
    this.n = both;
  }

  write(out: NumberWriter): void {
    out.push(this.n);
    out.push(this.mean);
    out.push(this.squares);
  }
}

/** Four sums side by side, as in `blockSum`. */
function deviations(x: Float64Array, n: number, mean: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let sum = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const p = (x[i] as number) - mean;
    const q = (x[i + 1] as number) - mean;
    const r = (x[i + 2] as number) - mean;
    const s = (x[i + 3] as number) - mean;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
    sum += p + q + (r + s);
  }
  for (; i < n; i++) {
    const p = (x[i] as number) - mean;
    a += p * p;
    sum += p;
  }
  return a + b + (c + d) - (sum * sum) / n;
}

/** The smallest and the largest number; NaN where one of them is. */
export class Extremes implements State<Extremes> {
  min: number;
  max: number;

  constructor(min: number, max: number) {
    this.min = min;
    this.max = max;
  }

  static of = (values: Float64Array, n: number): Extremes => {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const x = values[i] as number;
      if (x < min) min = x;
      if (x > max) max = x;
      if (Number.isNaN(x)) return new Extremes(x, x);
    }
    return new Extremes(min, max);
  };

  static read = (input: NumberReader): Extremes => new Extremes(input.next(), input.next());

  merge({ min, max }: Extremes): void {
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
  }

  write(out: NumberWriter): void {
    out.push(this.min);
    out.push(this.max);
  }
}
