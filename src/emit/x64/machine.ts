/**
 * Code before its registers are chosen: steps over any number of vectors of 256 bits. General registers are chosen by
 * whoever writes the steps.
 */

import type { Memory } from "./encoder.ts";
import type { Instruction, Jump } from "./forms.ts";

/** A vector by number; it gets a register, or a place on the stack, later. */
export interface Vector {
  readonly vector: number;
}

/** Numbers are general registers or the instruction's own numbers. */
export type StepOperand = number | Memory | Vector;

export type Step =
  | { readonly kind: "instruction"; readonly name: Instruction; readonly operands: readonly StepOperand[] }
  /** `to` is a phi or a merge: it is given values in several places. */
  | { readonly kind: "move"; readonly to: Vector; readonly from: Vector }
  /** a·b ± c, rounded once; which of the three is overwritten is chosen with the registers. */
  | {
      readonly kind: "fused";
      readonly family: `v${Fused}`;
      readonly suffix: "ps" | "pd";
      readonly out: Vector;
      /** Of the second factor and the term one may be memory. */
      readonly factors: readonly [Vector, Vector | Memory];
      readonly term: Vector | Memory;
    }
  /** The head of a loop, jumped back to by `again`; `leave` goes behind `endLoop`. */
  | { readonly kind: "loop"; readonly phis: readonly Vector[] }
  | { readonly kind: "leave"; readonly jump: Jump }
  | { readonly kind: "again"; readonly jump: Jump }
  | { readonly kind: "endLoop" }
  /** Jumps to `else` if the condition of the flags holds. */
  | { readonly kind: "if"; readonly jump: Jump }
  | { readonly kind: "else" }
  | { readonly kind: "endIf" }
  /** Behind all code; no vector is needed there. */
  | { readonly kind: "finish"; readonly jump: Jump };

/** a·b + c, a·b − c, c − a·b. */
export type Fused = "fmadd" | "fmsub" | "fnmadd";

/** 32-bit words in a vector. */
const WORDS = 8;

const float = new Float32Array(1);
const double = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);
const doubleWords = new Int32Array(double.buffer);

export class Machine {
  readonly steps: Step[] = [];
  /** Vectors that are constants → their words. */
  readonly constants = new Map<number, readonly number[]>();
  /** Whether loops ask if they may go on (`Control.while`). */
  asksToGoOn = false;
  /** By their words, or by the one that all of them are. */
  private readonly known = new Map<string | number, Vector>();
  private count = 0;

  get vectors(): number {
    return this.count;
  }

  vector(): Vector {
    return { vector: this.count++ };
  }

  emit(name: Instruction, ...operands: readonly StepOperand[]): void {
    this.steps.push({ kind: "instruction", name, operands });
  }

  /** Writes an instruction whose first operand is its result. */
  op(name: Instruction, ...operands: readonly StepOperand[]): Vector {
    const out = this.vector();
    this.emit(name, out, ...operands);
    return out;
  }

  fuse(family: `v${Fused}`, suffix: "ps" | "pd", factors: readonly [Vector, Vector], term: Vector): Vector {
    const out = this.vector();
    this.steps.push({ kind: "fused", family, suffix, out, factors, term });
    return out;
  }

  /** The words, again and again until the vector is full. */
  words(...words: readonly number[]): Vector {
    const given = words.map((word) => word | 0);
    const key = given.every((word) => word === given[0]) ? (given[0] as number) : given.join();
    const found = this.known.get(key);
    if (found) return found;
    const out = this.vector();
    this.known.set(key, out);
    this.constants.set(
      out.vector,
      Array.from({ length: WORDS }, (_, i) => given[i % given.length] as number),
    );
    return out;
  }

  float32(value: number): Vector {
    float[0] = value;
    return this.words(floatWords[0] as number);
  }

  float64(value: number): Vector {
    double[0] = value;
    return this.words(doubleWords[0] as number, doubleWords[1] as number);
  }

  /** The first word of a constant; `undefined` for other vectors. */
  wordOf({ vector }: Vector): number | undefined {
    return this.constants.get(vector)?.[0];
  }
}
