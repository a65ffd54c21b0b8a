/**
 * Kernel → WebAssembly module. In: a kernel of four lanes and its layout. Out: bytes of a module that imports
 * `env.memory` and exports `run(chunks, inputs, outputs)`.
 *
 * A lane register is `groups` locals (twice as many for float64), a uniform one a scalar local and, where it meets
 * lane registers, a vector local filled once. A few lane ops at a time are written for all groups in turn, so
 * that independent work is always at hand while results are on their way.
 */

import { LanewiseError } from "../../base/errors.ts";
import type { Kernel, Phi, Register, Statement } from "../../kernel/kernel.ts";
import type { Layout } from "../../kernel/layout.ts";
import { type Code, i32, localGet, op, writeCode, writeInstruction } from "./code.ts";
import { type ByteWriter, encodeModule, type ValueType } from "./encoder.ts";
import { Locals } from "./locals.ts";
import { Memory } from "./memory.ts";
import { Operations } from "./operations.ts";
import { Registers } from "./registers.ts";
import { openScope, parameter, type Scope } from "./scope.ts";
import { wasmTarget } from "./target.ts";
import { type Uses, usesOf } from "./uses.ts";

/**
 * So many ops are written for one group before the next group's turn. With fewer, each group's temporaries are alive
 * at once and spill; with more, the groups are too far apart for the processor to run them side by side.
 */
const RUN = 8;

const parameters: readonly ValueType[] = ["i32", "i32", "i32"];

/** Addresses have 32 bits. */
const MOST_BYTES = 2 ** 32;

/**
 * The module of a kernel. `sharedMemory`: the memory it will be given is shared between threads (default false: it is
 * not; engines insist that both sides agree). Throws a LanewiseError of kind "program" for a kernel of other lanes,
 * with ops Wasm does not have, or too large.
 */
export function emitWasm(
  kernel: Kernel,
  layout: Layout,
  { sharedMemory = false }: { sharedMemory?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  if (kernel.lanes !== wasmTarget.lanes) {
    throw new LanewiseError(
      "program",
      `emitWasm: expected a kernel of ${wasmTarget.lanes} lanes, got ${kernel.lanes}; lower it for wasmTarget`,
    );
  }
  const bytes = layout.staticBytes + layout.inputBytes + layout.outputBytes;
  if (bytes >= MOST_BYTES) {
    throw new LanewiseError(
      "memory",
      `emitWasm: expected buffers of less than ${MOST_BYTES} bytes, got ${bytes}; ` +
        "use fewer points at a time (nVmap) or smaller arrays",
    );
  }
  const emission = new Emission(kernel, layout);
  const body = emission.run(layout);
  return encodeModule({ sharedMemory, parameters, locals: emission.localTypes, body });
}

type Loop = Statement & { kind: "loop" };
type OpStatement = Statement & { kind: "op" };
type While = Statement & { kind: "while" };
type If = Statement & { kind: "if" };

class Emission {
  private readonly kernel: Kernel;
  private readonly uses: Uses;
  private readonly locals = new Locals(parameters);
  private readonly scopes: Scope[] = [];
  private readonly registers: Registers;
  private readonly operations: Operations;
  private readonly memory: Memory;

  constructor(kernel: Kernel, layout: Layout) {
    this.kernel = kernel;
    this.uses = usesOf(kernel);
    this.registers = new Registers(kernel, this.uses, this.locals, this.scopes);
    this.operations = new Operations(kernel, this.registers);
    this.memory = new Memory(kernel, layout, this.locals, this.scopes, this.registers);
  }

  get localTypes(): readonly ValueType[] {
    return this.locals.types;
  }

  /** The prologue, then the body once for each chunk. */
  run({ inputBytes, outputBytes }: Layout): ByteWriter {
    return this.within(openScope(), () => {
      this.block(this.kernel.prologue);
      const chunk = this.within(openScope(), () => this.block(this.kernel.body));
      const chunks = localGet(parameter.chunks);
      this.write("block");
      this.code(op("i32.eqz", chunks));
      this.write("br_if", 0);
      this.write("loop");
      this.top.code.append(chunk);
      this.assign(parameter.inputs, op("i32.add", localGet(parameter.inputs), i32(inputBytes)));
      this.assign(parameter.outputs, op("i32.add", localGet(parameter.outputs), i32(outputBytes)));
      this.assign(parameter.chunks, op("i32.sub", chunks, i32(1)));
      this.code(chunks);
      this.write("br_if", 0);
      this.write("end");
      this.write("end");
    });
  }

  private get top(): Scope {
    return this.scopes[this.scopes.length - 1] as Scope;
  }

  private within(scope: Scope, write: () => void): ByteWriter {
    this.scopes.push(scope);
    write();
    this.scopes.pop();
    for (const register of scope.registers) this.registers.release(register);
    for (const local of scope.scratch) this.locals.release(local);
    return scope.code;
  }

  private code(code: Code): void {
    writeCode(this.top.code, code);
  }

  private write(instruction: "block" | "loop" | "if" | "else" | "end" | "br" | "br_if" | "i32.lt_s", label = 0): void {
    writeInstruction(this.top.code, instruction, label);
  }

  private assign(local: number, code: Code): void {
    this.registers.assign(localGet(local), code);
  }

  private block(statements: readonly Statement[]): void {
    for (let at = 0; at < statements.length; ) {
      const run = laneRun(statements, at);
      if (run.length > 0) this.interleave(run);
      else this.statement(statements[at] as Statement);
      const end = at + Math.max(run.length, 1);
      for (; at < end; at++) this.release(statements[at] as Statement);
    }
  }

  private release(statement: Statement): void {
    for (const register of this.uses.lastAt.get(statement) ?? []) this.registers.release(register);
  }

  private interleave(run: readonly OpStatement[]): void {
    const used = run.filter(({ out }) => this.registers.isUsed(out));
    for (const { out } of used) this.registers.openLane(out);
    for (let group = 0; group < this.kernel.groups; group++) {
      for (const statement of used) this.operations.lane(statement, group);
    }
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case "op":
        if (this.registers.isUsed(statement.out)) this.operations.uniform(statement);
        break;
      case "const":
        this.registers.constant(statement.out, statement.value);
        break;
      case "load":
        if (this.registers.isUsed(statement.out)) this.memory.load(statement);
        break;
      case "gather":
        if (this.registers.isUsed(statement.out)) this.memory.gather(statement);
        break;
      case "store":
        this.memory.store(statement);
        break;
      case "loop":
        this.loop(statement);
        break;
      case "while":
        this.while(statement);
        break;
      case "if":
        this.if(statement);
        break;
      default:
        statement satisfies never;
    }
  }

  /** A constant count needs its test at the turn's end alone. */
  private loop({ counter, count, phis, body }: Loop): void {
    this.startPhis(phis);
    if (count === 0) {
      this.registers.splatAgain(registersOf(phis));
      return;
    }
    const carried = registersOf(phis);
    const outer = this.top;
    const scope = openScope(counter);
    this.registers.move(carried, 1);
    const turn = this.within(scope, () => {
      this.registers.declare(counter);
      const number = this.registers.scalar(counter);
      writeCode(outer.code, i32(0));
      writeInstruction(outer.code, "local.set", number.immediate);
      this.registers.splatAgain([counter, ...carried]);
      this.block(body);
      this.advancePhis(phis);
      for (const { local, stride } of scope.pointers) this.assign(local, op("i32.add", localGet(local), i32(stride)));
      this.code(op("i32.add", number, i32(1)));
      writeInstruction(this.top.code, "local.tee", number.immediate);
      this.code(this.countOf(count));
      this.write("i32.lt_s");
      this.write("br_if", 0);
    });
    this.registers.move(carried, -1);
    const guarded = typeof count !== "number";
    if (guarded) {
      this.code(op("i32.gt_s", this.countOf(count), i32(0)));
      this.write("if");
    }
    this.write("loop");
    this.top.code.append(turn);
    this.write("end");
    if (guarded) this.write("end");
    this.registers.splatAgain(carried);
  }

  private countOf(count: number | Register): Code {
    return typeof count === "number" ? i32(count) : this.registers.scalar(count);
  }

  private while({ phis, test, condition, body }: While): void {
    const carried = registersOf(phis);
    this.startPhis(phis);
    this.registers.move(carried, 1);
    const turn = this.within(openScope(), () => {
      this.registers.splatAgain(carried);
      this.block(test);
      const advance = this.within(openScope(), () => {
        this.block(body);
        this.advancePhis(phis);
      });
      this.code(this.registers.scalar(condition));
      this.write("if");
      this.top.code.append(advance);
      this.write("br", 1);
      this.write("end");
    });
    this.registers.move(carried, -1);
    this.write("loop");
    this.top.code.append(turn);
    this.write("end");
  }

  private if({ condition, then, otherwise, merges }: If): void {
    const sides = [
      { statements: then, values: merges.map((m) => m.then) },
      { statements: otherwise, values: merges.map((m) => m.otherwise) },
    ] as const;
    for (const { register } of merges) this.registers.declare(register);
    const [yes, no] = sides.map(({ statements, values }) =>
      this.within(openScope(), () => {
        this.block(statements);
        this.registers.assignParallel(merges.map((m, i) => ({ to: m.register, from: values[i] as Register })));
      }),
    ) as [ByteWriter, ByteWriter];
    this.code(this.registers.scalar(condition));
    this.write("if");
    this.top.code.append(yes);
    if (no.length > 0) {
      this.write("else");
      this.top.code.append(no);
    }
    this.write("end");
    this.registers.splatAgain(merges.map((m) => m.register));
  }

  private startPhis(phis: readonly Phi[]): void {
    this.registers.startPhis(phis);
  }

  private advancePhis(phis: readonly Phi[]): void {
    this.registers.assignParallel(phis.map(({ register, next }) => ({ to: register, from: next })));
  }
}

const isLaneOp = (s: Statement | undefined): s is OpStatement => s?.kind === "op" && s.out.lane && s.op !== "splat";

function laneRun(statements: readonly Statement[], start: number): OpStatement[] {
  const run: OpStatement[] = [];
  for (let at = start; run.length < RUN; at++) {
    const statement = statements[at];
    if (!isLaneOp(statement)) break;
    run.push(statement);
  }
  return run;
}

const registersOf = (phis: readonly Phi[]): Register[] => phis.map((phi) => phi.register);
