/**
 * Kernel → x86-64 machine code. In: a kernel of eight lanes and its layout. Out: bytes of a function
 * `void kernel(void **buffers)`, System V, that may lie anywhere; `buffers` are the addresses of the static buffers,
 * of the first chunk's inputs and outputs, the number of chunks, and the address of a word that is all ones as long as
 * loops without an end in sight may go on.
 *
 * A lane register is `groups` vectors (twice as many for float64), a uniform one a vector of equal lanes. A few
 * statements at a time are written for all groups in turn, so that independent work is always at hand.
 */

import { LanewiseError } from "../../base/errors.ts";
import type { Kernel, Register, Statement } from "../../kernel/kernel.ts";
import type { Layout } from "../../kernel/layout.ts";
import { Addresses, areas, scratch } from "./address.ts";
import { Control } from "./control.ts";
import { chunksLeft } from "./frame.ts";
import { Machine, type Vector } from "./machine.ts";
import { Access } from "./memory.ts";
import { recipeOf } from "./ops.ts";
import { findScalars, type Scalars, type Source, writeScalarOp } from "./scalars.ts";
import { isPerGroup, registersAsValues, simpleRun } from "./schedule.ts";
import { x64Target } from "./target.ts";
import { Values } from "./values.ts";
import { writeFunction } from "./write.ts";

/** Distances inside of memory are computed in 32 bits with a sign. */
const MOST_BYTES = 2 ** 31;

/**
 * The code of a kernel. Throws a LanewiseError of kind "program" for a kernel of other lanes, with ops x64 does not
 * have; of kind "memory" for one with buffers too large.
 */
export function emitX64(kernel: Kernel, layout: Layout): Uint8Array<ArrayBuffer> {
  if (kernel.lanes !== x64Target.lanes) {
    throw new LanewiseError(
      "program",
      `emitX64: expected a kernel of ${x64Target.lanes} lanes, got ${kernel.lanes}; lower it for x64Target`,
    );
  }
  const bytes = Math.max(layout.staticBytes, layout.inputBytes, layout.outputBytes);
  if (bytes >= MOST_BYTES) {
    throw new LanewiseError(
      "memory",
      `emitX64: expected buffers of less than ${MOST_BYTES} bytes, got ${bytes}; ` +
        "use fewer points at a time (nVmap) or smaller arrays",
    );
  }
  const { machine, stackCounters } = stepsOf(kernel, layout);
  return writeFunction(machine, stackCounters);
}

/** The code before its registers are chosen, and how many loops' counters lie on the stack at once. */
export function stepsOf(kernel: Kernel, layout: Layout): { machine: Machine; stackCounters: number } {
  const emission = new Emission(kernel, layout);
  emission.run(layout);
  return { machine: emission.machine, stackCounters: emission.addresses.stackCounters };
}

type Of<K extends Statement["kind"]> = Statement & { kind: K };

class Emission {
  readonly machine = new Machine();
  readonly addresses: Addresses;
  private readonly kernel: Kernel;
  private readonly values: Values;
  private readonly access: Access;
  private readonly control: Control;
  private readonly asValue: ReadonlySet<Register>;
  private readonly scalars: Scalars;

  constructor(kernel: Kernel, layout: Layout) {
    this.kernel = kernel;
    this.asValue = registersAsValues([...kernel.prologue, ...kernel.body]);
    this.values = new Values(kernel, this.machine);
    this.scalars = findScalars(kernel);
    this.addresses = new Addresses(
      kernel,
      layout,
      this.machine,
      (register) => this.values.first(register),
      (register) => this.scalars.chosen.has(register),
    );
    this.access = new Access(kernel, this.machine, this.addresses, (r, group) => this.values.get(r, group));
    this.control = new Control(
      this.machine,
      this.addresses,
      this.values,
      (statements) => this.block(statements),
      this.scalars.most,
    );
  }

  /** The prologue, then the body once for each chunk. */
  run({ inputBytes, outputBytes }: Layout): void {
    const { machine } = this;
    this.block(this.kernel.prologue);
    machine.emit("cmp.i", chunksLeft, 0);
    machine.steps.push({ kind: "finish", jump: "jle" }, { kind: "loop", phis: [] });
    this.addresses.forget();
    this.block(this.kernel.body);
    machine.emit("add.i", areas.input, inputBytes);
    machine.emit("add.i", areas.output, outputBytes);
    machine.emit("sub.i", chunksLeft, 1);
    machine.steps.push({ kind: "again", jump: "jg" }, { kind: "endLoop" });
  }

  private block(statements: readonly Statement[]): void {
    for (let at = 0; at < statements.length; ) {
      const run = simpleRun(statements, at);
      for (let group = 0; group < this.kernel.groups; group++) {
        for (const statement of run) if (group === 0 || isPerGroup(statement)) this.simple(statement, group);
      }
      if (run.length === 0) this.nested(statements[at] as Statement);
      for (const s of run.length === 0 ? [statements[at] as Statement] : run) this.releaseAfter(s);
      at += Math.max(run.length, 1);
    }
  }

  private nested(statement: Statement): void {
    if (statement.kind === "loop") this.control.loop(statement);
    else if (statement.kind === "while") this.control.while(statement);
    else if (statement.kind === "if") this.control.if(statement);
  }

  /** Numbers that nothing needs after a statement give their general registers back. */
  private releaseAfter(statement: Statement): void {
    for (const register of this.scalars.releases.get(statement) ?? []) this.addresses.release(register);
  }

  /** Computes a number in a general register; false where it has to be a vector. */
  private number(statement: Statement): boolean {
    if ((statement.kind !== "op" && statement.kind !== "load") || !this.scalars.chosen.has(statement.out)) return false;
    const { machine, addresses, scalars } = this;
    if (statement.kind === "load") {
      const memory = addresses.of(statement.buffer, statement.index);
      const to = addresses.take(statement.out);
      if (to !== undefined) machine.emit("movsxd", to, memory);
      return to !== undefined;
    }
    const [a, b] = statement.args as readonly [Register, Register];
    const ends = scalars.releases.get(statement)?.includes(a) && a !== b;
    const passed = ends ? addresses.pass(a, statement.out) : undefined;
    const to = passed ?? addresses.take(statement.out);
    if (to === undefined) {
      // Operands that are numbers become vectors.
      for (const arg of statement.args) this.spread(arg);
      return false;
    }
    const source = (register: Register): Source => {
      const constant = scalars.constants.get(register);
      if (constant !== undefined) return { constant };
      const general = addresses.generalOf(register);
      if (general !== undefined) return general;
      machine.emit("vmovd.store", scratch.term, this.values.first(register));
      machine.emit("movsxd", scratch.term, scratch.term);
      return scratch.term;
    };
    const first = passed ?? source(a);
    if (typeof first === "object" && "constant" in first) machine.emit("mov.i", to, first.constant);
    else if (first !== to) machine.emit("mov", to, first);
    writeScalarOp(machine, statement.op, to, source(b));
    return true;
  }

  private spread(register: Register): void {
    const general = this.addresses.generalOf(register);
    if (general === undefined || !this.scalars.chosen.has(register)) return;
    this.values.set(register, 0, [this.machine.op("vpbroadcastd", this.machine.op("vmovd", general))]);
  }

  private simple(statement: Statement, group: number): void {
    if (this.number(statement)) return;
    switch (statement.kind) {
      case "op":
        this.op(statement, group);
        break;
      case "const":
        this.values.set(statement.out, 0, [this.constant(statement)]);
        break;
      case "load":
        this.values.set(statement.out, group, this.access.load(statement, group));
        break;
      case "gather":
        this.values.set(statement.out, group, this.access.gather(statement, group));
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
      const lanes = this.values.get(args[0] as Register, 0);
      for (let g = 0; g < this.kernel.groups; g++) this.values.set(out, g, lanes);
      return;
    }
    if (op === "any") {
      this.values.set(out, 0, [this.any(args[0] as Register, this.asValue.has(out))]);
      return;
    }
    const recipe = recipeOf(op, (args.at(-1) as Register).dtype, out.dtype);
    this.values.set(out, group, recipe(this.machine, ...args.map((arg) => this.values.get(arg, group))));
  }

  /** One true lane is enough for a branch; as a value, all lanes must say so. */
  private any(register: Register, everywhere: boolean): Vector {
    const { machine } = this;
    const either = (a: Vector, b: Vector): Vector => machine.op("vpor", a, b);
    const groups = Array.from({ length: this.kernel.groups }, (_, g) => this.values.first(register, g));
    const mask = groups.reduce(either);
    if (!everywhere) return mask;
    const halves = either(mask, machine.op("vpermq", mask, 0b01_00_11_10));
    const quarters = either(halves, machine.op("vpshufd", halves, 0b01_00_11_10));
    return either(quarters, machine.op("vpshufd", quarters, 0b10_11_00_01));
  }
}
