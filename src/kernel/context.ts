/** What all parts of the lowering share. */

import type { Range } from "../pass/range.ts";
import type { Node } from "../program/program.ts";
import type { Buffer, Index, Register } from "./kernel.ts";
import type { IsLane } from "./lanes.ts";
import type { Place } from "./place.ts";
import type { Block, Writer } from "./writer.ts";

/** An array in memory: element [i, j, …] is number `base + i·strides[0] + j·strides[1] + …` of the buffer. */
export interface View {
  readonly buffer: Buffer;
  readonly base: Index;
  readonly strides: readonly number[];
}

/** Where a value is: one register per element, or in memory. What has no slot is computed where it is read. */
export type Slot =
  | { readonly kind: "registers"; readonly registers: readonly Register[]; readonly block: Block }
  | { readonly kind: "memory"; readonly view: View };

/** Tables of a segment sum: where the terms of each segment begin, and how many they are. */
export interface Segments {
  readonly first: View;
  readonly count: View;
}

export interface Context {
  readonly writer: Writer;
  readonly isLane: IsLane;
  /** Arrays of up to this many elements live in registers. */
  readonly unrolled: number;
  /** Terms of a long sum in one turn of its loop. */
  readonly terms: number;
  /** Rows of a product computed together: each element of the other operand is loaded once for all of them. */
  readonly rows: number;
  /** As the target has it. */
  readonly seldomInMemory: boolean;
  readonly slots: Map<Node, Slot>;
  /** Copies in memory of values that live in registers, for indices known only at run time. */
  readonly spills: Map<Node, View>;
  /** Tables already made, by indices and number of segments. */
  readonly segments: Map<string, Segments>;
  /** Where lanes are elements: how many of them. */
  readonly elementLanes: number | undefined;
  /** Where lanes are elements: the loop whose turns are to be done side by side, and whether it runs again and again. */
  along: { readonly counter: Register; readonly again: boolean } | undefined;
  /** Memory that does not change while points are computed. */
  readonly settled: Set<Buffer>;
  /** Copies in another order, by buffer and width (permute.ts). */
  readonly copies: Map<string, Buffer>;
  /** What runs once per call. */
  prologue: Block;
  /** The outermost block of what is computed for each point. */
  body: Block | undefined;
  /** Lanes that take part where the code is; undefined: all. Only loops that wait for lanes ask for it. */
  mask: Register | undefined;
  /** The values that whole numbers can have. */
  rangeOf(node: Node): Range;
  /** One element of a value. */
  read(node: Node, places: readonly Place[]): Register;
  /** The name under which a value computed where it is read is known. */
  fusedKey(node: Node, places: readonly Place[]): string;
  /** Scratch memory, taken from what was released before. */
  allocate(draft: Pick<Buffer, "name" | "dtype" | "lane" | "elements">): Buffer;
  release(buffer: Buffer): void;
}
