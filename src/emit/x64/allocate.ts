/**
 * Chooses registers in one pass over the steps: whose next use is farthest away leaves its register. What leaves once is
 * stored wherever it is made, so that its place on the stack is always good and nothing has to be stored on the way.
 * At jumps that meet, moves bring every vector where the other side has it.
 */

import type { Memory } from "./encoder.ts";
import { forms, type Instruction, type Jump, memoryPlace } from "./forms.ts";
import { Live, type Loop, vectorsOf, withoutUnused } from "./live.ts";
import type { Machine, Step, StepOperand, Vector } from "./machine.ts";

const REGISTERS = 16;
/** So many vectors stay in registers across a loop, however crowded it is. */
const KEPT = 6;

/** Where a vector lies that has no register: on the stack or, a constant, behind the code. */
export interface Home {
  readonly home: number;
}
/** The stack's place for breaking circles of moves. */
export const SPARE = -1;

export type Final =
  | { readonly kind: "instruction"; readonly name: Instruction; readonly operands: readonly (number | Memory | Home)[] }
  /** To be written if the vector has a place on the stack. */
  | { readonly kind: "keep"; readonly vector: number; readonly register: number }
  | { readonly kind: "label"; readonly label: number }
  | { readonly kind: "jump"; readonly jump: Jump; readonly label: number };

export interface Allocated {
  readonly code: readonly Final[];
  /** Vectors on the stack → number of their slot. */
  readonly slots: ReadonlyMap<number, number>;
  readonly slotCount: number;
}

/** The label behind all code. */
export const FINISH = 0;

/** Operands may change places where that saves a load. */
const commutative: ReadonlySet<Instruction> = new Set([
  "vaddps",
  "vaddpd",
  "vmulps",
  "vmulpd",
  "vandps",
  "vandpd",
  "vorps",
  "vorpd",
  "vxorps",
  "vxorpd",
  "vpaddd",
  "vpmulld",
  "vpand",
  "vpor",
  "vpxor",
  "vpcmpeqd",
  "vpminsd",
  "vpminud",
  "vpmaxsd",
  "vpmaxud",
] as const);

/** Register → vector in it, -1 for none. */
type State = number[];
type Where = { readonly label: number; readonly state: State };

export function allocate(machine: Machine): Allocated {
  const steps = withoutUnused(machine);
  return new Allocation(steps, machine).run();
}

class Allocation {
  private readonly steps: readonly Step[];
  private readonly constants: ReadonlyMap<number, readonly number[]>;
  private readonly live: Live;
  private readonly code: Final[] = [];
  private state: State = new Array<number>(REGISTERS).fill(-1);
  private readonly spilled = new Set<number>();
  /** A vector that will be a phi's next value → the phi. */
  private readonly wishes = new Map<number, number>();
  private readonly heads: { readonly label: number; readonly state: State; readonly leave: Where[] }[] = [];
  private readonly branches: { other: Where; join?: Where }[] = [];
  private labels = FINISH + 1;
  private position = 0;

  constructor(steps: readonly Step[], machine: Machine) {
    this.steps = steps;
    this.constants = machine.constants;
    this.live = new Live(steps, machine);
    for (const step of steps) if (step.kind === "move") this.wishes.set(step.from.vector, step.to.vector);
  }

  run(): Allocated {
    for (const [i, step] of this.steps.entries()) {
      this.position = i;
      this.step(step);
    }
    return { code: this.code, ...this.slots() };
  }

  private step(step: Step): void {
    switch (step.kind) {
      case "instruction":
        this.instruction(step);
        break;
      case "move":
        this.move(step.to.vector, step.from.vector);
        break;
      case "gather":
        this.gather(step);
        break;
      case "fused":
        this.fused(step);
        break;
      case "finish":
        this.code.push({ kind: "jump", jump: step.jump, label: FINISH });
        break;
      case "loop":
        this.openLoop();
        break;
      case "leave": {
        const label = this.labels++;
        this.code.push({ kind: "jump", jump: step.jump, label });
        this.heads.at(-1)?.leave.push({ label, state: [...this.state] });
        break;
      }
      case "again":
        this.again(step.jump);
        break;
      case "endLoop": {
        const [left] = (this.heads.pop() as { leave: Where[] }).leave;
        if (left) this.continueAt(left);
        this.forget();
        break;
      }
      default:
        this.branch(step);
    }
  }

  private branch(step: Step & { kind: "if" | "else" | "endIf" }): void {
    if (step.kind === "if") {
      const label = this.labels++;
      this.code.push({ kind: "jump", jump: step.jump, label });
      this.branches.push({ other: { label, state: [...this.state] } });
      return;
    }
    const branch = this.branches.at(-1) as { other: Where; join?: Where };
    if (step.kind === "else") {
      branch.join = { label: this.labels++, state: [...this.state] };
      this.code.push({ kind: "jump", jump: "jmp", label: branch.join.label });
      this.continueAt(branch.other);
      return;
    }
    this.branches.pop();
    const join = branch.join as Where;
    const wanted = join.state.map((v) => (v >= 0 && this.live.isLive(v, this.position) ? v : -1));
    this.meet(wanted);
    this.part(wanted);
    this.continueAt({ label: join.label, state: wanted });
  }

  private continueAt({ label, state }: Where): void {
    this.code.push({ kind: "label", label });
    this.state = [...state];
  }

  /** Vectors that nothing needs any more leave their registers. */
  private forget(): void {
    this.state.forEach((v, r) => {
      if (v >= 0 && !this.live.isLive(v, this.position)) this.state[r] = -1;
    });
  }

  /** What is not used in a crowded loop, or least, waits outside. */
  private openLoop(): void {
    this.forget();
    const loop = this.live.loops[this.position] as Loop;
    const here = this.state.filter((v) => v >= 0);
    const uses = new Map(here.map((v) => [v, this.live.usesIn(v, loop)]));
    const isConstant = (v: number): number => (this.constants.has(v) ? 1 : 0);
    const least = here.sort((a, b) => isConstant(b) - isConstant(a) || (uses.get(a) ?? 0) - (uses.get(b) ?? 0));
    const constants = here.filter((v) => this.constants.has(v)).length;
    let excess = this.live.pressure(loop) + constants - REGISTERS;
    for (const [i, v] of least.entries()) {
      const used = (uses.get(v) ?? 0) > 0;
      if (excess <= 0 || (used && least.length - i <= KEPT)) break;
      this.evict(this.state.indexOf(v));
      excess--;
    }
    const label = this.labels++;
    this.code.push({ kind: "label", label });
    this.heads.push({ label, state: [...this.state], leave: [] });
  }

  private again(jump: Jump): void {
    const { state, label } = this.heads.at(-1) as { state: State; label: number };
    this.meet(state);
    this.code.push({ kind: "jump", jump, label });
  }

  /** Moves what the other side has in registers to the same ones. None of the moves touches the flags. */
  private meet(wanted: State): void {
    const target = [...wanted];
    const from = this.state;
    const pending = new Map<number, number>();
    target.forEach((v, r) => {
      if (v >= 0 && from[r] !== v && from.includes(v)) pending.set(r, from.indexOf(v));
    });
    while (pending.size > 0) {
      const sources = new Set(pending.values());
      const free = [...pending.keys()].find((r) => !sources.has(r));
      if (free !== undefined) {
        this.write("vmovaps", free, pending.get(free) as number);
        pending.delete(free);
        continue;
      }
      this.turn(pending);
    }
    target.forEach((v, r) => {
      if (v >= 0 && !from.includes(v)) this.write("vmovups", r, this.homeOf(v));
    });
    const met = target.map((v, r) => (v >= 0 ? v : target.includes(from[r] as number) ? -1 : (from[r] as number)));
    this.part(met);
    this.state = met;
  }

  /** What is needed and has no register from here on needs its place on the stack. */
  private part(next: State): void {
    for (const v of this.state) {
      if (v >= 0 && !next.includes(v) && this.live.isLive(v, this.position)) this.homeOf(v);
    }
  }

  /** A circle of moves, through memory. */
  private turn(pending: Map<number, number>): void {
    const [first, source] = [...pending][0] as [number, number];
    this.write("vmovups.store", { home: SPARE }, source);
    let at = source;
    const circle = [first];
    while (at !== first) {
      circle.push(at);
      at = pending.get(at) as number;
    }
    // `circle` lists each register before the one it takes its value from; the first one's source was put aside.
    for (let i = 1; i < circle.length; i++) {
      const to = circle[i] as number;
      this.write("vmovaps", to, pending.get(to) as number);
      pending.delete(to);
    }
    this.write("vmovups", first, { home: SPARE });
    pending.delete(first);
  }

  private write(name: Instruction, ...operands: readonly (number | Memory | Home)[]): void {
    this.code.push({ kind: "instruction", name, operands });
  }

  private homeOf(vector: number): Home {
    if (!this.constants.has(vector)) this.spilled.add(vector);
    return { home: vector };
  }

  private evict(register: number): void {
    const vector = this.state[register] as number;
    if (vector >= 0 && this.live.isLive(vector, this.position)) this.homeOf(vector);
    this.state[register] = -1;
  }

  /** A register for `vector`: the one it will be wanted in, a free one, or the one whose content waits longest. */
  private take(vector: number, pinned: readonly number[]): number {
    const head = this.heads.at(-1)?.state;
    const wish = this.wishes.get(vector) ?? vector;
    const wanted = head?.indexOf(wish) ?? -1;
    if (wanted >= 0 && this.state[wanted] === -1 && !pinned.includes(wanted)) return this.occupy(wanted, vector);
    let free = -1;
    let best = -1;
    let farthest = -1;
    for (let r = 0; r < REGISTERS; r++) {
      if (pinned.includes(r)) continue;
      const holds = this.state[r] as number;
      if (holds < 0) {
        // Registers that a phi comes back to are left to its next value.
        const reserved = (head?.[r] ?? -1) >= 0;
        if (free < 0 || (!reserved && (head?.[free] ?? -1) >= 0)) free = r;
        continue;
      }
      const distance = this.live.distance(holds, this.position);
      if (distance > farthest) [best, farthest] = [r, distance];
    }
    if (free >= 0) return this.occupy(free, vector);
    this.evict(best);
    return this.occupy(best, vector);
  }

  private occupy(register: number, vector: number): number {
    this.state[register] = vector;
    return register;
  }

  private keep(vector: number, register: number): void {
    this.code.push({ kind: "keep", vector, register });
  }

  /** In a register, loaded if need be. */
  private bring(vector: number, pinned: readonly number[]): number {
    const found = this.state.indexOf(vector);
    if (found >= 0) return found;
    const register = this.take(vector, pinned);
    this.write("vmovups", register, this.homeOf(vector));
    return register;
  }

  private releaseDead(vectors: readonly Vector[]): void {
    for (const { vector } of vectors) {
      const register = this.state.indexOf(vector);
      if (register >= 0 && !this.live.isLive(vector, this.position)) this.state[register] = -1;
    }
  }

  private instruction(step: Step & { kind: "instruction" }): void {
    const { out, reads } = vectorsOf(step);
    const form = forms[step.name];
    const place = memoryPlace(form);
    const operands = this.ordered(step, place);
    const foldable = (form.operands[place] ?? "").includes("/m") && !(out && place === 0);
    const pinned = reads.map(({ vector }) => this.state.indexOf(vector)).filter((r) => r >= 0);
    const located = operands.map((operand, i) => {
      if (typeof operand === "number" || !("vector" in operand)) return operand;
      if (out && i === 0) return operand;
      const { vector } = operand;
      if (foldable && i === place && !this.state.includes(vector) && !this.worthLoading(vector)) {
        return this.homeOf(vector);
      }
      const register = this.bring(vector, pinned);
      pinned.push(register);
      return register;
    });
    this.releaseDead(reads);
    let register = -1;
    if (out) located[0] = register = this.take(out.vector, []);
    this.write(step.name, ...(located as (number | Memory | Home)[]));
    if (out) this.keep(out.vector, register);
  }

  private ordered({ name, operands }: Step & { kind: "instruction" }, place: number): readonly StepOperand[] {
    if (!commutative.has(name)) return operands;
    const [out, a, b] = operands as [StepOperand, StepOperand, StepOperand];
    const isHere = (o: StepOperand): boolean => typeof o === "object" && "vector" in o && this.state.includes(o.vector);
    return place === 2 && !isHere(a) && isHere(b) ? [out, b, a] : operands;
  }

  /** A register is free, and it will be read again soon. */
  private worthLoading(vector: number): boolean {
    if (this.constants.has(vector) || !this.state.includes(-1)) return false;
    return this.live.distance(vector, this.position) < this.steps.length;
  }

  private move(to: number, from: number): void {
    if (to === from) return;
    const old = this.state.indexOf(to);
    if (old >= 0) this.state[old] = -1;
    const source = this.state.indexOf(from);
    if (source >= 0 && !this.live.isLive(from, this.position)) {
      this.state[source] = to;
      this.keep(to, source);
      return;
    }
    const register = this.take(to, source >= 0 ? [source] : []);
    if (source >= 0) this.write("vmovaps", register, source);
    else this.write("vmovups", register, this.homeOf(from));
    this.keep(to, register);
  }

  /** The mask, the result and the indices are three different registers. */
  private gather({ out, memory, at, wide }: Step & { kind: "gather" }): void {
    const index = this.bring(at.vector, []);
    const result = this.take(out.vector, [index]);
    // The mask has no use after this: it leaves at once.
    const mask = this.take(out.vector, [index, result]);
    this.state[mask] = -1;
    this.releaseDead([at]);
    this.write("vpcmpeqd", mask, mask, mask);
    this.write("vxorps", result, result, result);
    this.write(wide ? "vgatherdpd" : "vgatherdps", result, { ...memory, index }, mask);
    this.keep(out.vector, result);
  }

  /** Overwrites what dies, or what had to be loaded anyway; one of the others may stay in memory. */
  private fused({ family, suffix, out, factors, term }: Step & { kind: "fused" }): void {
    const reads = [...factors, term];
    const isHere = ({ vector }: Vector): boolean => this.state.includes(vector);
    const dies = (v: Vector): boolean => isHere(v) && !this.live.isLive(v.vector, this.position);
    const over = reads.find(dies) ?? reads.find((v) => !isHere(v)) ?? term;
    const pinned = reads.map(({ vector }) => this.state.indexOf(vector)).filter((r) => r >= 0);
    const [a, b] = over === term ? factors : [factors[over === factors[0] ? 1 : 0], term];
    // The third operand may be memory. Products commute, so the first two orders serve both factors.
    const swap = !isHere(a) && isHere(b);
    const [second, third] = swap ? [b, a] : [a, b];
    const order = over === term ? "231" : swap ? "132" : "213";
    const located: (number | Home)[] = [];
    for (const operand of [second, third]) {
      const inMemory = operand === third && !isHere(operand) && !this.worthLoading(operand.vector);
      const register = inMemory ? -1 : this.bring(operand.vector, pinned);
      if (register >= 0) pinned.push(register);
      located.push(inMemory ? this.homeOf(operand.vector) : register);
    }
    const register = this.takeCopy(out.vector, over.vector, pinned);
    this.releaseDead(reads);
    this.state[register] = out.vector;
    this.write(`${family}${order}${suffix}`, register, ...located);
    this.keep(out.vector, register);
  }

  /** A register for `vector` that holds `source`: its own where it is not needed any more. */
  private takeCopy(vector: number, source: number, pinned: readonly number[]): number {
    const here = this.state.indexOf(source);
    if (here >= 0 && !this.live.isLive(source, this.position)) return here;
    const register = this.take(vector, pinned);
    if (here >= 0) this.write("vmovaps", register, here);
    else this.write("vmovups", register, this.homeOf(source));
    return register;
  }

  /** Slots are used again when their vector is dead. */
  private slots(): { slots: Map<number, number>; slotCount: number } {
    const slots = new Map<number, number>();
    const busyUntil: number[] = [];
    const inOrder = [...this.spilled].sort((a, b) => this.live.start(a) - this.live.start(b));
    for (const vector of inOrder) {
      const start = this.live.start(vector);
      let slot = busyUntil.findIndex((end) => end < start);
      if (slot < 0) slot = busyUntil.length;
      busyUntil[slot] = this.live.end(vector);
      slots.set(vector, slot);
    }
    return { slots, slotCount: busyUntil.length };
  }
}
