/** What the lowering must know of a target: plain data, handed down by whoever compiles. */

import type { OpName } from "../op/table.ts";

export interface Target {
  readonly name: string;
  /** Points in one machine vector of 32-bit elements; 64-bit values take two vectors. */
  readonly lanes: number;
  /** Vector registers; bounds how many lane groups are interleaved. */
  readonly registers: number;
  /** Elementwise ops the emitter has; all others must have been expanded. */
  readonly native: ReadonlySet<OpName>;
}
