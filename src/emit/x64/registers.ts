/**
 * Which vector is in which register while code is written, position by position. A vector that has no register when it
 * is needed is read from its home; one that leaves its register is stored there wherever it is made.
 */

import type { Memory } from "./encoder.ts";
import type { Final, Home } from "./final.ts";
import type { Instruction } from "./forms.ts";
import type { Live, Steps, Touched } from "./live.ts";
import type { Machine, Vector } from "./machine.ts";

export const REGISTERS = 16;

/** Register → vector in it, -1 for none. */
export type State = number[];

export class Registers {
  readonly code: Final[] = [];
  readonly live: Live;
  readonly constants: Machine["constants"];
  state: State = new Array<number>(REGISTERS).fill(-1);
  /** The step that is being written. */
  position = 0;
  /** What the registers hold where the innermost loop begins, and will have to hold where it begins again. */
  head: State | undefined;
  /** Vectors that have a place on the stack. */
  readonly spilled = new Set<number>();
  /** A vector that will be a phi's next value → the phi. */
  private readonly wishes = new Map<number, number>();

  private readonly touched: readonly Touched[];

  constructor({ steps, touched }: Steps, machine: Machine, live: Live) {
    this.touched = touched;
    this.live = live;
    this.constants = machine.constants;
    for (const step of steps) if (step.kind === "move") this.wishes.set(step.from.vector, step.to.vector);
  }

  /** What the step reads and writes that is being written. */
  get now(): Touched {
    return this.touched[this.position] as Touched;
  }

  /** The vector's register, -1 for none. */
  of({ vector }: Vector): number {
    return this.state.indexOf(vector);
  }

  has({ vector }: Vector): boolean {
    return this.state.includes(vector);
  }

  /** The registers that these are in. */
  pinned(vectors: readonly Vector[]): number[] {
    return vectors.map((vector) => this.of(vector)).filter((r) => r >= 0);
  }

  leave(vector: Vector): void {
    const register = this.of(vector);
    if (register >= 0) this.state[register] = -1;
  }

  /** Nothing needs it after this step. */
  dies({ vector }: Vector): boolean {
    return !this.live.isLive(vector, this.position);
  }

  write(name: Instruction, ...operands: readonly (number | Memory | Home)[]): void {
    this.code.push({ kind: "instruction", name, operands });
  }

  keep(vector: number, register: number): void {
    this.code.push({ kind: "keep", vector, register });
  }

  homeOf(vector: number): Home {
    if (!this.constants.has(vector)) this.spilled.add(vector);
    return { home: vector };
  }

  evict(register: number): void {
    const vector = this.state[register] as number;
    if (vector >= 0 && this.live.isLive(vector, this.position)) this.homeOf(vector);
    this.state[register] = -1;
  }

  /** Vectors that nothing needs any more leave their registers. */
  forget(): void {
    this.state.forEach((v, r) => {
      if (v >= 0 && !this.live.isLive(v, this.position)) this.state[r] = -1;
    });
  }

  releaseDead(vectors: readonly Vector[]): void {
    for (const vector of vectors) if (this.dies(vector)) this.leave(vector);
  }

  /** A register for `vector`: the one it will be wanted in, a free one, or the one whose content waits longest. */
  take(vector: number, pinned: readonly number[]): number {
    const { head } = this;
    const wish = this.wishes.get(vector) ?? vector;
    const wanted = head?.indexOf(wish) ?? -1;
    if (wanted >= 0 && this.state[wanted] === -1 && !pinned.includes(wanted)) return this.occupy(wanted, vector);
    const free = this.free(pinned);
    if (free >= 0) return this.occupy(free, vector);
    const longest = this.longestWaiting(pinned);
    this.evict(longest);
    return this.occupy(longest, vector);
  }

  /** Registers that a phi comes back to are left to its next value, if there are others. */
  private free(pinned: readonly number[]): number {
    let free = -1;
    for (let r = 0; r < REGISTERS; r++) {
      if ((this.state[r] as number) >= 0 || pinned.includes(r)) continue;
      if ((this.head?.[r] ?? -1) < 0) return r;
      if (free < 0) free = r;
    }
    return free;
  }

  private longestWaiting(pinned: readonly number[]): number {
    let best = -1;
    let farthest = -1;
    for (let r = 0; r < REGISTERS; r++) {
      if (pinned.includes(r)) continue;
      const distance = this.live.distance(this.state[r] as number, this.position);
      if (distance > farthest) [best, farthest] = [r, distance];
    }
    return best;
  }

  /** In a register, loaded if need be. */
  bring(vector: number, pinned: readonly number[]): number {
    const found = this.state.indexOf(vector);
    if (found >= 0) return found;
    const register = this.take(vector, pinned);
    this.write("vmovups", register, this.homeOf(vector));
    return register;
  }

  /** A register is free, and it will be read again soon. */
  worthLoading({ vector }: Vector): boolean {
    if (this.constants.has(vector) || !this.state.includes(-1)) return false;
    return this.live.distance(vector, this.position) < this.touched.length;
  }

  private occupy(register: number, vector: number): number {
    this.state[register] = vector;
    return register;
  }
}
