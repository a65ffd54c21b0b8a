/**
 * Whole numbers that all points share and that only say where something lies: general registers hold them, and compute
 * them beside the vectors' work. In: a kernel. Out: which registers these are, and until when each is needed.
 */

import type { TypedArray } from "../../base/dtype.ts";
import type { Kernel, Register, Statement } from "../../kernel/kernel.ts";
import { blocksOf, operandsOf, yieldsOf } from "../../kernel/statement.ts";
import { scratch } from "./address.ts";
import type { Memory } from "./encoder.ts";
import type { Instruction } from "./forms.ts";
import type { Machine } from "./machine.ts";

type Op = Statement & { kind: "op" };

/** A general register, a place on the stack, or a number. */
export type Source = number | Memory | { readonly constant: number };

type Write = (machine: Machine, to: number, b: Source) => void;

/** `to` holds the first operand; numbers are as wide as an address, with their sign. */
const simple =
  (byRegister: Instruction, byNumber: Instruction): Write =>
  (machine, to, b) => {
    if (typeof b === "object" && "constant" in b) machine.emit(byNumber, to, b.constant);
    else machine.emit(byRegister, to, b);
  };

/** Takes the other one where it is less (more). */
const bounded =
  (move: Instruction): Write =>
  (machine, to, b) => {
    simple("mov", "mov.i")(machine, scratch.term, b);
    machine.emit("cmp", to, scratch.term);
    machine.emit(move, to, scratch.term);
  };

const times: Write = (machine, to, b) => {
  if (typeof b === "object" && "constant" in b) machine.emit("imul.i", to, to, b.constant);
  else machine.emit("imul", to, b);
};

const writes: { readonly [op: string]: Write } = {
  add: simple("add", "add.i"),
  sub: simple("sub", "sub.i"),
  and: simple("and", "and.i"),
  mul: times,
  min: bounded("cmovg"),
  max: bounded("cmovl"),
};

/** Results wrap at 32 bits. */
const wraps: ReadonlySet<string> = new Set(["add", "sub", "mul"]);

export function writeScalarOp(machine: Machine, op: string, to: number, b: Source): void {
  (writes[op] as Write)(machine, to, b);
  if (wraps.has(op)) machine.emit("movsxd", to, to);
}

const isWhole = ({ dtype, lane }: Register): boolean => dtype === "int32" && !lane;

const isCandidate = (s: Statement): s is Statement & { kind: "op" | "load" } =>
  (s.kind === "load" && isWhole(s.out)) || (s.kind === "op" && s.op in writes && isWhole(s.out));

export interface Scalars {
  readonly chosen: ReadonlySet<Register>;
  readonly constants: ReadonlyMap<Register, number>;
  /** What is read from constant buffers → the largest number there. */
  readonly most: ReadonlyMap<Register, number>;
  /** What is read for the last time in a statement of the block that it belongs to. */
  readonly releases: ReadonlyMap<Statement, readonly Register[]>;
}

export function findScalars({ prologue, body }: Kernel): Scalars {
  const search = new Search();
  // The body, once for each chunk, sees what the prologue makes once.
  search.pair(search.block(prologue), search.block(body));
  return search.result();
}

function largest(data: TypedArray): number {
  let most = 0;
  for (const n of data) most = Math.max(most, n);
  return most;
}

/** What is read in a block, in whatever depth, and what the block itself makes. */
interface BlockUse {
  readonly read: Set<Register>;
  readonly made: Set<Register>;
}

class Search {
  private readonly candidates: Register[] = [];
  private readonly ops: Op[] = [];
  private readonly asVector = new Set<Register>();
  private readonly constants = new Map<Register, number>();
  private readonly most = new Map<Register, number>();
  private readonly lastUse = new Map<Register, Statement>();

  block(statements: readonly Statement[]): BlockUse {
    const read = new Set<Register>();
    const made = new Set<Register>();
    for (const s of statements) {
      if (s.kind === "const" && isWhole(s.out)) this.constants.set(s.out, s.value);
      if (s.kind === "load" && isWhole(s.out) && s.buffer.data) this.most.set(s.out, largest(s.buffer.data));
      if (isCandidate(s)) {
        this.candidates.push(s.out);
        made.add(s.out);
        if (s.kind === "op") this.ops.push(s);
      }
      for (const register of notForPlaces(s)) this.asVector.add(register);
      const note = (register: Register): void => {
        read.add(register);
        if (made.has(register)) this.lastUse.set(register, s);
      };
      operandsOf(s).forEach(note);
      yieldsOf(s).forEach(note);
      const inside = blocksOf(s).map((block) => this.block(block));
      for (const block of inside) block.read.forEach(note);
      // The body of a while sees what its test makes.
      if (inside[0] && inside[1]) this.pair(inside[0], inside[1]);
    }
    return { read, made };
  }

  /** What a block makes for another one behind it stays a vector: general registers are given back within the block. */
  pair(before: BlockUse, after: BlockUse): void {
    for (const register of after.read) if (before.made.has(register)) this.asVector.add(register);
  }

  result(): Scalars {
    for (const register of this.candidates) if (!this.lastUse.has(register)) this.asVector.add(register);
    // What is computed as a vector needs its operands as vectors.
    for (const { out, args } of this.ops.reverse()) {
      if (this.asVector.has(out)) for (const arg of args) this.asVector.add(arg);
    }
    const chosen = new Set(this.candidates.filter((register) => !this.asVector.has(register)));
    const releases = new Map<Statement, Register[]>();
    for (const [register, statement] of this.lastUse) {
      if (chosen.has(register)) releases.set(statement, [...(releases.get(statement) ?? []), register]);
    }
    return { chosen, constants: this.constants, most: this.most, releases };
  }
}

/** Registers that a statement reads otherwise than to find a place, to count turns, or for another such number. */
function notForPlaces(s: Statement): readonly Register[] {
  if (isCandidate(s) || s.kind === "load") return [];
  if (s.kind === "gather") return [s.lane];
  if (s.kind === "store") return [s.value];
  if (s.kind === "loop") return [...s.phis.map((phi) => phi.init), ...yieldsOf(s)];
  return [...operandsOf(s), ...yieldsOf(s)];
}
