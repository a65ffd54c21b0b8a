/** General registers: where buffers begin, loops' counters, and pointers that advance with them. */

import type { Buffer, Index, Kernel, Register, Statement } from "../../kernel/kernel.ts";
import { elementBytes, type Layout } from "../../kernel/layout.ts";
import { blocksOf } from "../../kernel/statement.ts";
import { gpr, type Memory } from "./encoder.ts";
import type { Machine, Vector } from "./machine.ts";

/** What an address is made in, from what. */
export const scratch = { sum: gpr.rax, term: gpr.rcx } as const;
export const chunksLeft = gpr.r8;
export const areas = { static: gpr.rdi, input: gpr.rsi, output: gpr.rdx } as const;
const pool: readonly number[] = [gpr.r9, gpr.r10, gpr.r11, gpr.rbx, gpr.r12, gpr.r13, gpr.r14, gpr.r15];

/** Bytes of a counter on the stack. */
const COUNTER_BYTES = 8;
/** Registers that each loop inside may take for itself. */
const PER_LOOP = 3;
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

type Access = Statement & { kind: "load" | "store" | "gather" };
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
  private onStack = 0;
  /** What the scratch register holds. */
  private known = "";
  private readonly kernel: Kernel;
  private readonly layout: Layout;
  private readonly machine: Machine;
  private readonly vectorOf: (register: Register) => Vector;

  constructor(kernel: Kernel, layout: Layout, machine: Machine, vectorOf: (register: Register) => Vector) {
    this.kernel = kernel;
    this.layout = layout;
    this.machine = machine;
    this.vectorOf = vectorOf;
  }

  /** To be called where code is entered from elsewhere, or the scratch register is used for something else. */
  forget(): void {
    this.known = "";
  }

  /** `plain`: without an index register. */
  of(buffer: Buffer, index: Index, plain = false): Memory {
    const area = areaOf(buffer);
    const offset = (this.layout.offsets.get(buffer.id) as number) + index.offset * elementBytes(this.kernel, buffer);
    const terms = this.termsOf(buffer, index);
    if (terms.length === 0) return { base: areas[area], offset };
    const key = keyOf(area, terms);
    const pointer = this.pointers.get(key);
    if (pointer !== undefined) return { base: pointer, offset };
    const [{ register, bytes }] = terms as [Term];
    const counter = this.counters.get(register.id);
    if (!plain && terms.length === 1 && typeof counter === "number" && isScale(bytes)) {
      return { base: areas[area], index: counter, scale: bytes, offset };
    }
    if (this.known !== key) this.sum(scratch.sum, area, terms);
    this.known = key;
    return { base: scratch.sum, offset };
  }

  /** Before the loop: its counter at 0, and pointers for what its body reads and writes most. */
  enter(loop: Loop): CountedLoop {
    const counter = this.takeCounter();
    this.counters.set(loop.counter.id, counter);
    this.machine.emit("mov.i", counter, 0);
    const wanted = this.wanted(loop);
    const most = Math.max(0, this.free.length - PER_LOOP * depthOf(loop.body));
    const chosen = [...wanted].sort((a, b) => b[1].weight - a[1].weight).slice(0, most);
    const pointers = chosen.map(([key, { area, terms }]): Pointer => {
      const register = this.free.pop() as number;
      this.sum(
        register,
        area,
        terms.filter((t) => t.register !== loop.counter),
      );
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

  /** Sums of this counter and those around it, and how often they are used. */
  private wanted(loop: Loop): Map<string, { area: keyof typeof areas; terms: readonly Term[]; weight: number }> {
    const found = new Map<string, { area: keyof typeof areas; terms: readonly Term[]; weight: number }>();
    const note = ({ buffer, index }: Access, weight: number): void => {
      const terms = this.termsOf(buffer, index);
      if (!terms.some((t) => t.register === loop.counter)) return;
      if (!terms.every((t) => this.counters.has(t.register.id))) return;
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

  /** A pointer that has some of the terms already is where it starts. */
  private sum(to: number, area: keyof typeof areas, terms: readonly Term[]): void {
    const start = this.pointers.get(keyOf(area, terms));
    this.machine.emit("mov", to, start ?? areas[area]);
    if (start !== undefined) return;
    for (const { register, bytes } of terms) {
      const counter = this.counters.get(register.id);
      if (counter === undefined) {
        this.machine.emit("vmovd.store", scratch.term, this.vectorOf(register));
        this.machine.emit("movsxd", scratch.term, scratch.term);
      }
      this.machine.emit("imul.i", scratch.term, counter ?? scratch.term, bytes);
      this.machine.emit("add", to, scratch.term);
    }
  }
}

const isScale = (bytes: number): bytes is 1 | 2 | 4 | 8 => [1, 2, 4, 8].includes(bytes);

/** Counted loops inside each other. */
function depthOf(statements: readonly Statement[]): number {
  let depth = 0;
  for (const s of statements) {
    const inside = Math.max(0, ...blocksOf(s).map(depthOf));
    depth = Math.max(depth, s.kind === "loop" ? inside + 1 : inside);
  }
  return depth;
}
