/** General registers: where buffers begin, loops' counters, pointers that advance with them, and other numbers. */

import type { Buffer, Index, Kernel, Register, Statement } from "../../kernel/kernel.ts";
import { elementBytes, type Layout } from "../../kernel/layout.ts";
import { type Access, blocksOf } from "../../kernel/statement.ts";
import { gpr, type Memory } from "./encoder.ts";
import type { Machine, Vector } from "./machine.ts";

/** What an address is made in, from what, and another one for what needs two. */
export const scratch = { sum: gpr.rax, term: gpr.rcx, other: gpr.r8 } as const;
export const areas = { static: gpr.rdi, input: gpr.rsi, output: gpr.rdx } as const;
const pool: readonly number[] = [gpr.r9, gpr.r10, gpr.r11, gpr.rbx, gpr.r12, gpr.r13, gpr.r14, gpr.r15];

/** Bytes of a counter on the stack. */
const COUNTER_BYTES = 8;
/** Registers that each loop inside may take for itself. */
const PER_LOOP = 3;
/** Registers that are left to numbers, in loops that compute some. */
const NUMBERS = 2;
/** Turns assumed for a loop inside. */
const TURNS = 16;

interface Term {
  readonly register: Register;
  readonly bytes: number;
}
interface Pointer {
  readonly register: number;
  readonly bytes: number;
}

/** A register or, in deep nests, a place on the stack. */
type Place = number | Memory;

export interface CountedLoop {
  readonly counter: Place;
  readonly pointers: readonly Pointer[];
  readonly keys: readonly string[];
}

type Loop = Statement & { kind: "loop" };

const areaOf = ({ kind }: Buffer): keyof typeof areas => (kind === "input" || kind === "output" ? kind : "static");

const keyOf = (area: string, terms: readonly Term[]): string =>
  [area, ...terms.map(({ register, bytes }) => `${register.id}*${bytes}`).sort()].join("+");

export class Addresses {
  /** Counters on the stack at once, at most. */
  stackCounters = 0;
  private readonly free = [...pool];
  private readonly counters = new Map<number, Place>();
  private readonly pointers = new Map<string, number>();
  private readonly numbers = new Map<number, number>();
  private onStack = 0;
  /** What the scratch register holds. */
  private known = "";
  private readonly kernel: Kernel;
  private readonly layout: Layout;
  private readonly machine: Machine;
  private readonly vectorOf: (register: Register) => Vector;
  private readonly isNumber: (register: Register) => boolean;

  /** `isNumber`: of registers that general registers may hold. */
  constructor(
    kernel: Kernel,
    layout: Layout,
    machine: Machine,
    vectorOf: (register: Register) => Vector,
    isNumber: (register: Register) => boolean,
  ) {
    this.kernel = kernel;
    this.layout = layout;
    this.machine = machine;
    this.vectorOf = vectorOf;
    this.isNumber = isNumber;
  }

  /** To be called where code is entered from elsewhere, or the scratch register is used for something else. */
  forget(): void {
    this.known = "";
  }

  /** `plain`: without an index register. */
  of(buffer: Buffer, index: Index, plain = false): Memory {
    const area = areaOf(buffer);
    const offset = (this.layout.offsets.get(buffer.id) as number) + index.offset * elementBytes(this.kernel, buffer);
    const { base, rest } = this.startOf(area, this.termsOf(buffer, index));
    const [first, ...others] = rest;
    if (!first) return { base, offset };
    const register = this.generalOf(first.register);
    if (!plain && others.length === 0 && typeof register === "number" && isScale(first.bytes)) {
      return { base, index: register, scale: first.bytes, offset };
    }
    const key = keyOf(plain ? `${base}` : "", rest);
    if (this.known !== key) this.sum(scratch.sum, plain ? base : undefined, rest);
    this.known = key;
    return plain ? { base: scratch.sum, offset } : { base, index: scratch.sum, scale: 1, offset };
  }

  /** A pointer that has some of the terms, or the area, and the terms that remain. */
  private startOf(area: keyof typeof areas, terms: readonly Term[]): { base: number; rest: readonly Term[] } {
    const whole = this.pointers.get(keyOf(area, terms));
    if (whole !== undefined) return { base: whole, rest: [] };
    const counted = terms.filter(({ register }) => this.counters.has(register.id));
    const part = counted.length < terms.length ? this.pointers.get(keyOf(area, counted)) : undefined;
    if (part === undefined) return { base: areas[area], rest: terms };
    return { base: part, rest: terms.filter((term) => !counted.includes(term)) };
  }

  /** A general register for a number until `release`; `undefined` when none is free. */
  take(register: Register): number | undefined {
    const taken = this.free.pop();
    if (taken !== undefined) this.numbers.set(register.id, taken);
    return taken;
  }

  /** The general register of a number that is not needed any more, for the next one. */
  pass(from: Register, to: Register): number | undefined {
    const taken = this.numbers.get(from.id);
    if (taken === undefined) return undefined;
    this.numbers.delete(from.id);
    this.numbers.set(to.id, taken);
    return taken;
  }

  release(register: Register): void {
    const taken = this.numbers.get(register.id);
    if (taken === undefined) return;
    this.numbers.delete(register.id);
    this.free.push(taken);
  }

  /** Where a counter or a number is, if it is no vector. */
  generalOf({ id }: Register): Place | undefined {
    return this.counters.get(id) ?? this.numbers.get(id);
  }

  /** Before the loop: its counter at 0, and pointers for what its body reads and writes most. */
  enter(loop: Loop): CountedLoop {
    const counter = this.takeCounter();
    this.counters.set(loop.counter.id, counter);
    this.machine.emit("mov.i", counter, 0);
    const wanted = this.wanted(loop);
    const kept = PER_LOOP * depthOf(loop.body) + Math.min(NUMBERS, this.numbersIn(loop.body));
    const most = Math.max(0, this.free.length - kept);
    const chosen = [...wanted].sort((a, b) => b[1].weight - a[1].weight).slice(0, most);
    const pointers = chosen.map(([key, { area, terms }]): Pointer => {
      const register = this.free.pop() as number;
      const { base, rest } = this.startOf(
        area,
        terms.filter((t) => t.register !== loop.counter),
      );
      this.sum(register, base, rest);
      this.pointers.set(key, register);
      const own = terms.filter((t) => t.register === loop.counter);
      return { register, bytes: own.reduce((total, t) => total + t.bytes, 0) };
    });
    this.forget();
    return { counter, pointers, keys: chosen.map(([key]) => key) };
  }

  /** At the end of each turn; the flags are those of the comparison to come. */
  advance({ counter, pointers }: CountedLoop): void {
    for (const { register, bytes } of pointers) this.machine.emit("add.i", register, bytes);
    this.machine.emit("add.i", counter, 1);
  }

  leave(loop: Loop, { counter, pointers, keys }: CountedLoop): void {
    for (const key of keys) this.pointers.delete(key);
    for (const { register } of pointers) this.free.push(register);
    this.counters.delete(loop.counter.id);
    if (typeof counter === "number") this.free.push(counter);
    else this.onStack--;
    this.forget();
  }

  private takeCounter(): Place {
    const register = this.free.pop();
    if (register !== undefined) return register;
    this.onStack++;
    this.stackCounters = Math.max(this.stackCounters, this.onStack);
    return { base: gpr.rsp, offset: (this.onStack - 1) * COUNTER_BYTES };
  }

  private termsOf(buffer: Buffer, { terms }: Index): Term[] {
    const bytes = elementBytes(this.kernel, buffer);
    return terms.map(({ register, stride }) => ({ register, bytes: stride * bytes }));
  }

  /** Numbers that a block computes. */
  private numbersIn(block: readonly Statement[]): number {
    return block.filter((s) => "out" in s && this.isNumber(s.out)).length;
  }

  /** Sums of this counter and what is known before the loop, and how often they are used. */
  private wanted(loop: Loop): Map<string, { area: keyof typeof areas; terms: readonly Term[]; weight: number }> {
    const found = new Map<string, { area: keyof typeof areas; terms: readonly Term[]; weight: number }>();
    const inside = definedIn(loop.body);
    const note = ({ buffer, index }: Access, weight: number): void => {
      const all = this.termsOf(buffer, index);
      if (!all.some((t) => t.register === loop.counter)) return;
      const fixed = all.filter((t) => !inside.has(t.register));
      // Beside what changes, only counters are looked for.
      const terms = fixed.length === all.length ? all : fixed.filter((t) => this.counters.has(t.register.id));
      const key = keyOf(areaOf(buffer), terms);
      const known = found.get(key);
      if (known) known.weight += weight;
      else found.set(key, { area: areaOf(buffer), terms, weight });
    };
    const visit = (statements: readonly Statement[], weight: number): void => {
      for (const s of statements) {
        if (s.kind === "load" || s.kind === "store" || s.kind === "gather") note(s, weight);
        else for (const block of blocksOf(s)) visit(block, s.kind === "if" ? weight : weight * TURNS);
      }
    };
    visit(loop.body, 1);
    return found;
  }

  /** `start`: a register to begin with, if any. */
  private sum(to: number, start: number | undefined, terms: readonly Term[]): void {
    const { machine } = this;
    if (start !== undefined) machine.emit("mov", to, start);
    terms.forEach(({ register, bytes }, i) => {
      const general = this.generalOf(register);
      if (general === undefined) {
        machine.emit("vmovd.store", scratch.term, this.vectorOf(register));
        machine.emit("movsxd", scratch.term, scratch.term);
      }
      const first = start === undefined && i === 0;
      machine.emit("imul.i", first ? to : scratch.term, general ?? scratch.term, bytes);
      if (!first) machine.emit("add", to, scratch.term);
    });
  }
}

const isScale = (bytes: number): bytes is 1 | 2 | 4 | 8 => [1, 2, 4, 8].includes(bytes);

/** Counted loops inside each other. */
function depthOf(statements: readonly Statement[]): number {
  let depth = 0;
  for (const s of statements) {
    const own = s.kind === "loop" ? 1 : 0;
    for (const block of blocksOf(s)) depth = Math.max(depth, own + depthOf(block));
  }
  return depth;
}

/** Registers that a block gives values to, in whatever depth. */
function definedIn(statements: readonly Statement[], found = new Set<Register>()): Set<Register> {
  for (const s of statements) {
    if ("out" in s) found.add(s.out);
    if (s.kind === "loop") found.add(s.counter);
    if (s.kind === "loop" || s.kind === "while") for (const { register } of s.phis) found.add(register);
    if (s.kind === "if") for (const { register } of s.merges) found.add(register);
    for (const block of blocksOf(s)) definedIn(block, found);
  }
  return found;
}
