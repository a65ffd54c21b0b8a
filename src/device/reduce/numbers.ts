/** Numbers one after the other: what devices write about blocks of points, and whoever merges them reads again. */

export class NumberWriter {
  private numbers = new Float64Array(1024);
  private length = 0;

  push(x: number): void {
    this.reserve(1);
    this.numbers[this.length++] = x;
  }

  append(xs: Float64Array): void {
    this.reserve(xs.length);
    this.numbers.set(xs, this.length);
    this.length += xs.length;
  }

  /** All that was written, as its own storage. */
  done(): Float64Array<ArrayBuffer> {
    return this.numbers.slice(0, this.length);
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.numbers.length) return;
    const larger = new Float64Array(Math.max(needed, 2 * this.numbers.length));
    larger.set(this.numbers);
    this.numbers = larger;
  }
}

export class NumberReader {
  private at = 0;
  private readonly numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.numbers = numbers;
  }

  next(): number {
    return this.numbers[this.at++] as number;
  }

  /** The next `count` numbers, where they lie. */
  take(count: number): Float64Array {
    this.at += count;
    return this.numbers.subarray(this.at - count, this.at);
  }
}
