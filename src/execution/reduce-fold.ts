/** Reductions by the user's functions: numbers of one block after the other in, a state out. */

import { describe } from "../space/arrays.ts";
import type { CustomReduction } from "./reduce-spec.ts";

/** The state of one custom reduction of one number of a result, in one cell. */
export class CustomFold {
  private readonly custom: CustomReduction;
  private state: unknown;

  /** `values`: those of the first block. */
  constructor(custom: CustomReduction, values: Float64Array) {
    this.custom = custom;
    this.state = this.fold(custom.init(), values);
  }

  /** Takes in the values of the block that follows. */
  add(values: Float64Array): void {
    const { custom } = this;
    this.state = custom.merge
      ? custom.merge(this.state, this.fold(custom.init(), values))
      : this.fold(this.state, values);
  }

  value(): number | ArrayLike<number> {
    const { finalize } = this.custom;
    const value = finalize ? finalize.call(this.custom, this.state) : this.state;
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    if (typeof value === "number" || isList) return value as number | ArrayLike<number>;
    throw new TypeError(
      `reduce: expected a number or numbers from finalize, got ${describe(value)}; give finalize: (state) => number`,
    );
  }

  private fold(state: unknown, values: Float64Array): unknown {
    let now = state;
    for (let i = 0; i < values.length; i++) now = this.custom.update(now, values[i] as number);
    return now;
  }
}
