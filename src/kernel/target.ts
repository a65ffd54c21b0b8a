/** What the lowering must know of a target: plain data, handed down by whoever compiles. */

import type { OpName } from "../op/table.ts";

export interface Target {
  readonly name: string;
  /** Points in one machine vector of 32-bit elements; 64-bit values take two vectors. */
  readonly lanes: number;
  /** When lane groups are worth interleaving, by measurement. Vectors alive, or carried, are counted for one group. */
  readonly interleave: {
    /**
     * Of loops with fewer statements: most vectors of all groups together; `fused`: carried where they are sums that
     * products are fused into.
     */
    readonly short: {
      readonly statements: number;
      readonly alive: number;
      readonly carried: number;
      readonly fused: number;
    };
    /** Of long ones: as many groups for up to so many vectors alive in each; with more, there is one. */
    readonly long: readonly { readonly most: number; readonly groups: number }[];
    /** Of long ones: vector instructions that are to be at hand in every cycle. */
    readonly width: number;
  };
  /** Terms of a long sum in one turn of its loop: they share the counter's cost, where nobody unrolls later. */
  readonly terms: number;
  /**
   * Values that a branch seldom changes pass through memory. An engine that orders instructions itself otherwise writes
   * all of one lane group's work before the next one's, so that nothing is computed side by side.
   */
  readonly seldomInMemory: boolean;
  /** Elementwise ops the emitter has; all others must have been expanded. */
  readonly native: ReadonlySet<OpName>;
}
