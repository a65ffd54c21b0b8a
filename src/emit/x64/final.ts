/** Code whose registers are chosen: instructions with registers, memory and places on the stack that are not laid out yet. */

import type { Memory } from "./encoder.ts";
import type { Instruction, Jump } from "./forms.ts";

/** Where a vector lies that has no register: on the stack or, a constant, behind the code. */
export interface Home {
  readonly home: number;
}
/** The stack's place for breaking circles of moves. */
export const SPARE = -1;

/** The label behind all code. */
export const FINISH = 0;

export type Final =
  | { readonly kind: "instruction"; readonly name: Instruction; readonly operands: readonly (number | Memory | Home)[] }
  /** To be written if the vector has a place on the stack. */
  | { readonly kind: "keep"; readonly vector: number; readonly register: number }
  /** `again`: code comes back to it, many times. */
  | { readonly kind: "label"; readonly label: number; readonly again?: true }
  | { readonly kind: "jump"; readonly jump: Jump; readonly label: number };

export interface Allocated {
  readonly code: readonly Final[];
  /** Vectors on the stack → number of their slot. */
  readonly slots: ReadonlyMap<number, number>;
  readonly slotCount: number;
}
