/**
 * A kernel is a program laid out for lanes: registers, buffers, a loop nest. Target-independent text;
 * `target.ts` gives the numbers (lanes) it was laid out for.
 *
 *   kernel    := buffers, prologue: block (once per call, uniform), body: block (once per chunk of points)
 *   block     := statement*
 *   statement := op | const | load | gather | store | loop | while | if
 *
 * A chunk is `groups × lanes` points. A *lane register* holds one value per point of the chunk (the emitter
 * makes `groups` machine registers of it); a *uniform register* holds one value for all points. Registers are
 * assigned once; what changes from turn to turn of a loop is a phi.
 *
 * Where lanes are `across` elements a chunk is one point: all buffers are uniform, and a lane register holds that many
 * consecutive elements of an array (wide.ts).
 */

import type { DType, TypedArray } from "../base/dtype.ts";
import type { OpName } from "../op/table.ts";

export interface Register {
  readonly id: number;
  readonly dtype: DType;
  /** One value per point; false: uniform. */
  readonly lane: boolean;
}

/**
 * - constant, shared (args), uniform scratch: `lane: false`, element e at `offset + e · bytes`.
 * - lane scratch: element e is a block of groups × lanes values, at `offset + e · groups · lanes · bytes`.
 * - input, output: as lane scratch, inside the chunk's own block (see layout.ts); uniform where lanes are elements.
 * In memory `bool` takes 4 bytes: 0 or 1 uniform, 0 or −1 per lane.
 */
export interface Buffer {
  readonly id: number;
  readonly name: string;
  readonly kind: "constant" | "shared" | "input" | "output" | "scratch";
  readonly dtype: DType;
  readonly lane: boolean;
  readonly elements: number;
  /** Only of `constant`. */
  readonly data?: TypedArray;
}

/** An element's number: `offset + Σ register · stride`; the registers are uniform int32. */
export interface Index {
  readonly offset: number;
  readonly terms: readonly { readonly register: Register; readonly stride: number }[];
}

/** Ops of the kernel alone, beside the elementwise native ops of the table. */
export type KernelOp =
  | OpName
  /** lane bool → uniform bool: is any point's true? */
  | "any"
  /** uniform → lane, the same value for every point. */
  | "splat";

export interface Phi {
  readonly register: Register;
  readonly init: Register;
  /** The value for the next turn; defined in the body, or any register around it. */
  readonly next: Register;
}

/** One value out of two blocks. */
export interface Merge {
  readonly register: Register;
  readonly then: Register;
  readonly otherwise: Register;
}

export type Statement =
  /** Elementwise. A lane result may mix lane and uniform operands; all uniform operands give a uniform result. */
  | { readonly kind: "op"; readonly out: Register; readonly op: KernelOp; readonly args: readonly Register[] }
  | { readonly kind: "const"; readonly out: Register; readonly value: number }
  /**
   * A uniform buffer gives a uniform register, or a lane register of consecutive elements (lanes are elements there, the
   * first one at the index); a lane buffer gives a lane register.
   */
  | { readonly kind: "load"; readonly out: Register; readonly buffer: Buffer; readonly index: Index }
  /** Per point its own element: `index + Σ lane term · stride`; the lane terms were clamped by code before. */
  | {
      readonly kind: "gather";
      readonly out: Register;
      readonly buffer: Buffer;
      readonly index: Index;
      readonly lane: Register;
      readonly stride: number;
    }
  /** Uniform registers are splat into lane buffers; lane registers go to consecutive elements of uniform buffers. */
  | { readonly kind: "store"; readonly buffer: Buffer; readonly index: Index; readonly value: Register }
  /** `count` turns; `counter` runs 0, 1, … (uniform int32). After it the phi registers hold the last values. */
  | {
      readonly kind: "loop";
      readonly counter: Register;
      readonly count: number | Register;
      readonly phis: readonly Phi[];
      readonly body: readonly Statement[];
    }
  /** test, leave if `condition` (uniform bool) is false, body, phis advance, again. */
  | {
      readonly kind: "while";
      readonly phis: readonly Phi[];
      readonly test: readonly Statement[];
      readonly condition: Register;
      readonly body: readonly Statement[];
    }
  /** `condition` is uniform bool. */
  | {
      readonly kind: "if";
      readonly condition: Register;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly merges: readonly Merge[];
    };

export interface Kernel {
  readonly lanes: number;
  /** Lane groups interleaved in one chunk. */
  readonly groups: number;
  /** What lanes are everywhere. Default: points. */
  readonly across?: "elements";
  readonly buffers: readonly Buffer[];
  readonly prologue: readonly Statement[];
  readonly body: readonly Statement[];
}
