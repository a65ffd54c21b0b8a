/** The numbers themselves: for reductions by a function of the user's own, which devices never get. */

import type { NumberReader, NumberWriter } from "./numbers.ts";

export class Values {
  readonly values: Float64Array;

  constructor(values: Float64Array) {
    this.values = values;
  }

  /** Looks at the values where they lie. */
  static of = (values: Float64Array, n: number): Values => new Values(values.subarray(0, n));

  static read = (input: NumberReader): Values => new Values(input.take(input.next()));

  write(out: NumberWriter): void {
    out.push(this.values.length);
    out.append(this.values);
  }
}
