/**
 * Kernel → x86-64 machine code. In: a kernel of eight lanes and its layout. Out: bytes of a function
 * `void kernel(void **buffers)`, System V, that may lie anywhere; `buffers` are the addresses of the static buffers,
 * of the first chunk's inputs and outputs, and the number of chunks.
 *
 * A lane register is `groups` vectors (twice as many for float64), a uniform one a vector of equal lanes. A few
 * statements at a time are written for all groups in turn, so that independent work is always at hand.
 */

import { LanewiseError } from "../../base/errors.ts";
import type { Kernel, Phi, Register, Statement } from "../../kernel/kernel.ts";
import type { Layout } from "../../kernel/layout.ts";
import { Addresses, areas, chunksLeft, scratch } from "./address.ts";
import type { Lanes } from "./lane.ts";
import { Machine, type Vector } from "./machine.ts";
import { Access } from "./memory.ts";
import { recipeOf } from "./ops.ts";
import { x64Target } from "./target.ts";
import { writeFunction } from "./write.ts";

/** So many statements are written for one group before the next group's turn. */
const RUN = 4;

/**
 * The code of a kernel. Throws a LanewiseError of kind "program" for a kernel of other lanes, with ops x64 does not
 * have, or with buffers too large.
 */
export function emitX64(kernel: Kernel, layout: Layout): Uint8Array<ArrayBuffer> {
  if (kernel.lanes !== x64Target.lanes) {
    throw new LanewiseError(
      "program",
      `emitX64: expected a kernel of ${x64Target.lanes} lanes, got ${kernel.lanes}; lower it for x64Target`,
    );
  }
  const emission = new Emission(kernel, layout);
  emission.run(layout);
  return writeFunction(emission.machine, emission.addresses.stackCounters);
}

type Of<K extends Statement["kind"]> = Statement & { kind: K };
type Pair = readonly [to: Vector, from: Vector];

class Emission {
  readonly machine = new Machine();
  readonly addresses: Addresses;
  private readonly kernel: Kernel;
  private readonly access: Access;
  /** Per group, one vector or two; a uniform register has one vector in all. */
  private readonly values = new Map<number, Lanes[]>();
  private readonly asValue: ReadonlySet<Register>;

  constructor(kernel: Kernel, layout: Layout) {
    this.kernel = kernel;
    this.asValue = registersAsValues([...kernel.prologue, ...kernel.body]);
    const first = (register: Register): Vector => this.operand(register, 0)[0] as Vector;
    this.addresses = new Addresses(kernel, layout, this.machine, first);
    this.access = new Access(kernel, this.machine, this.addresses, (r, group) => this.operand(r, group));
  }

  /** The prologue, then the body once for each chunk. */
  run({ inputBytes, outputBytes }: Layout): void {
    const { machine } = this;
    this.block(this.kernel.prologue);
    machine.emit("test", chunksLeft, chunksLeft);
    machine.steps.push({ kind: "finish", jump: "jle" }, { kind: "loop", phis: [] });
    this.addresses.forget();
    this.block(this.kernel.body);
    machine.emit("add.i", areas.input, inputBytes);
    machine.emit("add.i", areas.output, outputBytes);
    machine.emit("sub.i", chunksLeft, 1);
    machine.steps.push({ kind: "again", jump: "jg" }, { kind: "endLoop" });
  }

  /** A lane operand; both halves of a uniform float64 are the same. */
  private operand(register: Register, group: number): Lanes {
    const values = this.values.get(register.id) as Lanes[];
    const lanes = values[register.lane ? group : 0] as Lanes;
    return register.dtype === "float64" && lanes.length === 1 ? [lanes[0] as Vector, lanes[0] as Vector] : lanes;
  }

  private set(register: Register, group: number, lanes: Lanes): void {
    const values = this.values.get(register.id) ?? [];
    values[group] = register.lane ? lanes : lanes.slice(0, 1);
    this.values.set(register.id, values);
  }

  private block(statements: readonly Statement[]): void {
    for (let at = 0; at < statements.length; ) {
      const run = simpleRun(statements, at);
      for (let group = 0; group < this.kernel.groups; group++) {
        for (const statement of run) if (group === 0 || isPerGroup(statement)) this.simple(statement, group);
      }
      if (run.length === 0) this.nested(statements[at] as Statement);
      at += Math.max(run.length, 1);
    }
  }

  private simple(statement: Statement, group: number): void {
    switch (statement.kind) {
      case "op":
        this.op(statement, group);
        break;
      case "const":
        this.set(statement.out, 0, [this.constant(statement)]);
        break;
      case "load":
        this.set(statement.out, group, this.access.load(statement, group));
        break;
      case "gather":
        this.set(statement.out, group, this.access.gather(statement, group));
        break;
      case "store":
        this.access.store(statement, group);
        break;
    }
  }

  private constant({ out, value }: Of<"const">): Vector {
    if (out.dtype === "float32") return this.machine.float32(value);
    if (out.dtype === "float64") return this.machine.float64(value);
    return this.machine.words(out.dtype === "bool" ? -value : value);
  }

  private op({ op, args, out }: Of<"op">, group: number): void {
    if (op === "splat") {
      for (let g = 0; g < this.kernel.groups; g++) this.set(out, g, this.operand(args[0] as Register, 0));
      return;
    }
    if (op === "any") {
      this.set(out, 0, [this.any(args[0] as Register, this.asValue.has(out))]);
      return;
    }
    const recipe = recipeOf(op, (args.at(-1) as Register).dtype, out.dtype);
    this.set(out, group, recipe(this.machine, ...args.map((arg) => this.operand(arg, group))));
  }

  /** One true lane is enough for a branch; as a value, all lanes must say so. */
  private any(register: Register, everywhere: boolean): Vector {
    const { machine } = this;
    const either = (a: Vector, b: Vector): Vector => machine.op("vpor", a, b);
    const groups = Array.from({ length: this.kernel.groups }, (_, g) => this.operand(register, g)[0] as Vector);
    const mask = groups.reduce(either);
    if (!everywhere) return mask;
    const halves = either(mask, machine.op("vpermq", mask, 0b01_00_11_10));
    const quarters = either(halves, machine.op("vpshufd", halves, 0b01_00_11_10));
    return either(quarters, machine.op("vpshufd", quarters, 0b10_11_00_01));
  }

  private nested(statement: Statement): void {
    if (statement.kind === "loop") this.loop(statement);
    else if (statement.kind === "while") this.while(statement);
    else if (statement.kind === "if") this.if(statement);
  }

  /** Sets the flags: zero for false. */
  private test(condition: Register): void {
    this.machine.emit("vmovmskps", scratch.sum, this.operand(condition, 0)[0] as Vector);
    this.machine.emit("test.32", scratch.sum, scratch.sum);
    this.addresses.forget();
  }

  private loop(statement: Of<"loop">): void {
    const { count } = statement;
    const phis = this.startPhis(statement.phis);
    if (count === 0) return;
    if (typeof count === "number") {
      this.turns(statement, phis);
      return;
    }
    this.countOf(count);
    this.machine.emit("test.32", scratch.sum, scratch.sum);
    this.machine.steps.push({ kind: "if", jump: "jle" });
    this.turns(statement, phis);
    this.machine.steps.push({ kind: "else" }, { kind: "endIf" });
  }

  private countOf(count: Register): void {
    this.machine.emit("vmovd.store", scratch.sum, this.operand(count, 0)[0] as Vector);
    this.addresses.forget();
  }

  private turns(statement: Of<"loop">, phis: readonly Vector[]): void {
    const { machine, addresses } = this;
    const { counter, count, body } = statement;
    const loop = addresses.enter(statement);
    machine.steps.push({ kind: "loop", phis });
    this.set(counter, 0, [machine.op("vpbroadcastd", machine.op("vmovd", loop.counter))]);
    this.block(body);
    this.advancePhis(statement.phis);
    addresses.advance(loop);
    if (typeof count === "number") machine.emit("cmp.i", loop.counter, count);
    else {
      this.countOf(count);
      machine.emit("movsxd", scratch.sum, scratch.sum);
      machine.emit("cmp", scratch.sum, loop.counter);
    }
    machine.steps.push({ kind: "again", jump: typeof count === "number" ? "jl" : "jg" }, { kind: "endLoop" });
    addresses.leave(statement, loop);
  }

  private while({ phis, test, condition, body }: Of<"while">): void {
    const { steps } = this.machine;
    steps.push({ kind: "loop", phis: this.startPhis(phis) });
    this.addresses.forget();
    this.block(test);
    this.test(condition);
    steps.push({ kind: "leave", jump: "je" });
    this.block(body);
    this.advancePhis(phis);
    steps.push({ kind: "again", jump: "jmp" }, { kind: "endLoop" });
    this.addresses.forget();
  }

  private if({ condition, then, otherwise, merges }: Of<"if">): void {
    const { steps } = this.machine;
    const merged = merges.map(({ register }) => this.open(register));
    this.test(condition);
    const side = (statements: readonly Statement[], value: "then" | "otherwise"): void => {
      this.block(statements);
      this.moves(merges.flatMap((merge, i) => pairs(merged[i] as Vector[], this.vectorsOf(merge[value]))));
      this.addresses.forget();
    };
    steps.push({ kind: "if", jump: "je" });
    side(then, "then");
    steps.push({ kind: "else" });
    side(otherwise, "otherwise");
    steps.push({ kind: "endIf" });
  }

  /** Vectors of a register that is set in several places. */
  private open(register: Register): Vector[] {
    const halves = register.lane && register.dtype === "float64" ? 2 : 1;
    const groups = register.lane ? this.kernel.groups : 1;
    for (let g = 0; g < groups; g++) {
      this.set(
        register,
        g,
        Array.from({ length: halves }, () => this.machine.vector()),
      );
    }
    return this.vectorsOf(register);
  }

  private vectorsOf(register: Register): Vector[] {
    const groups = register.lane ? this.kernel.groups : 1;
    const all = Array.from({ length: groups }, (_, g) => this.operand(register, g));
    return register.lane ? all.flat() : (all[0] as Lanes).slice(0, 1);
  }

  private startPhis(phis: readonly Phi[]): Vector[] {
    const opened = phis.map(({ register }) => this.open(register));
    this.moves(phis.flatMap(({ init }, i) => pairs(opened[i] as Vector[], this.vectorsOf(init))));
    return opened.flat();
  }

  private advancePhis(phis: readonly Phi[]): void {
    this.moves(phis.flatMap(({ register, next }) => pairs(this.vectorsOf(register), this.vectorsOf(next))));
  }

  /** As if all at once: a vector is set when no other still waits for its old value. */
  private moves(all: readonly Pair[]): void {
    const pending = all.filter(([to, from]) => to.vector !== from.vector);
    const readers = new Map<number, number>();
    const count = ({ vector }: Vector, change: number): number => {
      const now = (readers.get(vector) ?? 0) + change;
      readers.set(vector, now);
      return now;
    };
    for (const [, from] of pending) count(from, 1);
    const waiting = new Map(pending.map((pair) => [pair[0].vector, pair] as const));
    const move = (to: Vector, from: Vector): void => void this.machine.steps.push({ kind: "move", to, from });
    const settle = (start: Pair): void => {
      for (let pair: Pair | undefined = start; pair; ) {
        const [to, from]: Pair = pair;
        move(to, from);
        waiting.delete(to.vector);
        pair = count(from, -1) === 0 ? waiting.get(from.vector) : undefined;
      }
    };
    for (const pair of pending) if (waiting.has(pair[0].vector) && !readers.get(pair[0].vector)) settle(pair);
    // What is left are circles: one value is put aside.
    for (const [to] of pending) {
      if (!waiting.has(to.vector)) continue;
      const aside = this.machine.vector();
      move(aside, to);
      const [last, from] = [...waiting.values()].find(([, source]) => source.vector === to.vector) as Pair;
      waiting.set(last.vector, [last, aside]);
      count(from, -1);
      count(aside, 1);
      settle(waiting.get(to.vector) as Pair);
    }
  }
}

const pairs = (to: readonly Vector[], from: readonly Vector[]): Pair[] => to.map((t, i) => [t, from[i] as Vector]);

const isNested = ({ kind }: Statement): boolean => kind === "loop" || kind === "while" || kind === "if";

const isPerGroup = (s: Statement): boolean => {
  if (s.kind === "store") return s.buffer.lane;
  return "out" in s && s.out.lane && !(s.kind === "op" && s.op === "splat");
};

/** `any` needs all groups before it. */
function simpleRun(statements: readonly Statement[], start: number): Statement[] {
  const run: Statement[] = [];
  let work = 0;
  for (let at = start; work < RUN; at++) {
    const statement = statements[at];
    if (!statement || isNested(statement)) break;
    const isAny = statement.kind === "op" && statement.op === "any";
    if (isAny && run.length > 0) break;
    run.push(statement);
    if (isAny) break;
    if (isPerGroup(statement)) work++;
  }
  return run;
}

/** Registers used otherwise than to branch on. */
function registersAsValues(statements: readonly Statement[], found = new Set<Register>()): Set<Register> {
  for (const s of statements) {
    if (s.kind === "op") for (const arg of s.args) found.add(arg);
    else if (s.kind === "store") found.add(s.value);
    else if (s.kind === "loop" || s.kind === "while") {
      for (const { init, next } of s.phis) found.add(init).add(next);
      registersAsValues(s.body, found);
      if (s.kind === "while") registersAsValues(s.test, found);
    } else if (s.kind === "if") {
      for (const merge of s.merges) found.add(merge.then).add(merge.otherwise);
      registersAsValues(s.then, found);
      registersAsValues(s.otherwise, found);
    }
  }
  return found;
}
