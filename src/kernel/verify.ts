/** The kernel's grammar, executed. In: any kernel. Out: nothing, or an error that says which rule it breaks. */

import { LanewiseError } from "../base/errors.ts";
import { isNative, isOpName, recordOf } from "../op/table.ts";
import type { Buffer, Index, Kernel, Register, Statement } from "./kernel.ts";
import { isWide } from "./statement.ts";

const error = (where: string, expected: string, got: string): LanewiseError =>
  new LanewiseError(
    "program",
    `verifyKernel, ${where}: expected ${expected}, got ${got}; correct what wrote the kernel`,
  );

const show = (r: Register): string => `%${r.id} (${r.lane ? "lane" : "uniform"} ${r.dtype})`;

/** Throws a LanewiseError of kind "program". */
export function verifyKernel(kernel: Kernel): void {
  for (const [name, count] of [
    ["lanes", kernel.lanes],
    ["groups", kernel.groups],
  ] as const) {
    if (!Number.isInteger(count) || count < 1) throw error(name, "a positive integer", `${count}`);
  }
  const buffers = new Set<Buffer>();
  const ids = new Set<number>();
  for (const buffer of kernel.buffers) {
    checkBuffer(buffer, kernel.across === "elements");
    if (ids.has(buffer.id)) throw error(`buffer ${buffer.name}`, "an id of its own", `${buffer.id} again`);
    ids.add(buffer.id);
    buffers.add(buffer);
  }
  new Verifier(buffers, kernel).kernel(kernel);
}

function checkBuffer({ name, kind, lane, elements, dtype, data }: Buffer, allUniform: boolean): void {
  const where = `buffer ${name}`;
  if (!Number.isInteger(elements) || elements < 0) throw error(where, "a number of elements", `${elements}`);
  const perLane = isPerPoint(kind) && !allUniform;
  if ((kind !== "scratch" || allUniform) && lane !== perLane) {
    throw error(where, `${kind} to be ${perLane ? "per lane" : "uniform"}`, lane ? "per lane" : "uniform");
  }
  if ((kind === "constant") !== (data !== undefined))
    throw error(where, "data for constants alone", `${kind} ${dtype}`);
  if (data && data.length !== elements) throw error(where, `${elements} elements of data`, `${data.length}`);
}

const isPerPoint = (kind: Buffer["kind"]): boolean => kind === "input" || kind === "output";

interface Range {
  readonly low: number;
  readonly high: number;
}

class Verifier {
  private readonly buffers: ReadonlySet<Buffer>;
  /** Values of a lane register. */
  private readonly width: number;
  private readonly across: Kernel["across"];
  private readonly defined = new Map<number, Register>();
  /** Innermost last. */
  private readonly scopes: Set<number>[] = [];
  private readonly ranges = new Map<number, Range>();
  private inPrologue = true;
  private branches = 0;

  constructor(buffers: ReadonlySet<Buffer>, { lanes, groups, across }: Kernel) {
    this.buffers = buffers;
    this.width = lanes * groups;
    this.across = across;
  }

  kernel({ prologue, body }: Kernel): void {
    this.nested(() => {
      this.block(prologue);
      this.inPrologue = false;
      this.nested(() => this.block(body));
    });
  }

  private nested(check: () => void): void {
    this.scopes.push(new Set());
    check();
    this.scopes.pop();
  }

  private block(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private define(register: Register, where: string): void {
    if (this.defined.has(register.id)) throw error(where, "a register assigned once", `${show(register)} again`);
    if (this.inPrologue && register.lane && this.across !== "elements")
      throw error(where, "uniform registers in the prologue", show(register));
    this.defined.set(register.id, register);
    this.scopes.at(-1)?.add(register.id);
  }

  private use(register: Register, where: string): void {
    if (this.defined.get(register.id) !== register) {
      throw error(where, "a register defined before", show(register));
    }
    if (!this.scopes.some((scope) => scope.has(register.id))) {
      throw error(where, "a register of this block or one around it", show(register));
    }
  }

  private useAs(register: Register, dtype: Register["dtype"], lane: boolean, where: string): void {
    this.use(register, where);
    if (register.dtype !== dtype || register.lane !== lane) {
      throw error(where, `a ${lane ? "lane" : "uniform"} ${dtype}`, show(register));
    }
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case "op":
        this.op(statement);
        break;
      case "const":
        if (statement.out.lane) throw error("const", "a uniform register", show(statement.out));
        this.define(statement.out, "const");
        if (statement.out.dtype === "int32") {
          this.ranges.set(statement.out.id, { low: statement.value, high: statement.value });
        }
        break;
      case "load":
      case "gather":
      case "store":
        this.access(statement);
        break;
      case "loop":
      case "while":
        this.loop(statement);
        break;
      case "if":
        this.if(statement);
        break;
      default:
        statement satisfies never;
    }
  }

  private op({ op, args, out }: Statement & { kind: "op" }): void {
    for (const arg of args) this.use(arg, op);
    const [first] = args;
    if (op === "any" || op === "splat") {
      const fits = args.length === 1 && first && first.dtype === out.dtype && first.lane !== out.lane;
      const right = op === "any" ? out.dtype === "bool" && !out.lane : out.lane;
      const expected = op === "any" ? "a lane bool to a uniform one" : "a uniform register to a lane one of its dtype";
      if (!fits || !right) throw error(op, expected, [...args, out].map(show).join(" to "));
    } else {
      const record = isOpName(op) ? recordOf(op) : undefined;
      if (!record || !isNative(record)) throw error(op, "an op that targets compute", "one to be expanded");
      const fits = args.length === record.arity;
      const dtype = fits
        ? record.dtype(
            args.map((a) => a.dtype),
            { dtype: out.dtype },
          )
        : undefined;
      if (!dtype) throw error(op, `${record.arity} of ${record.takes}`, args.map(show).join(", "));
      const lane = args.some((a) => a.lane);
      if (dtype !== out.dtype || lane !== out.lane) {
        throw error(op, `a ${lane ? "lane" : "uniform"} ${dtype} as result`, show(out));
      }
    }
    this.define(out, op);
  }

  private access(statement: Statement & { kind: "load" | "gather" | "store" }): void {
    const { kind, buffer, index } = statement;
    const where = `${kind} of ${buffer.name}`;
    if (!this.buffers.has(buffer)) throw error(where, "a buffer of the kernel", "another");
    if (this.inPrologue && (buffer.lane || isPerPoint(buffer.kind))) {
      throw error(where, "uniform buffers in the prologue", buffer.kind);
    }
    for (const { register } of index.terms) this.useAs(register, "int32", false, where);
    const wide = isWide(statement);
    if (kind !== "gather") this.bounds(buffer, index, where, wide ? this.width : 1);
    if (kind === "store") {
      this.use(statement.value, where);
      if (buffer.kind !== "output" && buffer.kind !== "scratch") throw error(where, "output or scratch", buffer.kind);
      if (statement.value.dtype !== buffer.dtype) throw error(where, buffer.dtype, show(statement.value));
      return;
    }
    if (kind === "gather") this.useAs(statement.lane, "int32", true, where);
    const lane = kind === "gather" || buffer.lane || wide;
    if (statement.out.dtype !== buffer.dtype || statement.out.lane !== lane) {
      throw error(where, `a ${lane ? "lane" : "uniform"} ${buffer.dtype} as result`, show(statement.out));
    }
    this.define(statement.out, where);
  }

  /** Where all terms are constants, or counters of loops with a constant count outside of branches. */
  private bounds(buffer: Buffer, { offset, terms }: Index, where: string, elements: number): void {
    // A branch may be there for the sake of the counters it is right for.
    if (this.branches > 0 && terms.length > 0) return;
    let [low, high] = [offset, offset];
    for (const { register, stride } of terms) {
      const range = this.ranges.get(register.id);
      if (!range) return;
      low += Math.min(range.low * stride, range.high * stride);
      high += Math.max(range.low * stride, range.high * stride);
    }
    // In the body of a loop without turns no range has a value.
    if (Number.isNaN(low) || Number.isNaN(high)) return;
    high += elements - 1;
    if (low < 0 || high >= buffer.elements) {
      throw error(where, `elements from 0 to ${buffer.elements - 1}`, low === high ? `${low}` : `${low} to ${high}`);
    }
  }

  private loop(statement: Statement & { kind: "loop" | "while" }): void {
    const { phis, kind } = statement;
    for (const { register, init } of phis) {
      this.useAs(init, register.dtype, register.lane, `${kind}, first value of %${register.id}`);
    }
    for (const { register } of phis) this.define(register, kind);
    const nexts = (): void => {
      for (const { register, next } of phis) {
        this.useAs(next, register.dtype, register.lane, `${kind}, next value of %${register.id}`);
      }
    };
    if (statement.kind === "while") {
      this.nested(() => {
        this.block(statement.test);
        this.useAs(statement.condition, "bool", false, "while, condition");
        this.nested(() => {
          this.block(statement.body);
          nexts();
        });
      });
      return;
    }
    const { counter, count, body } = statement;
    if (typeof count !== "number") this.useAs(count, "int32", false, "loop, count");
    else if (!Number.isInteger(count) || count < 0) throw error("loop", "a number of turns", `${count}`);
    if (counter.dtype !== "int32" || counter.lane) throw error("loop, counter", "a uniform int32", show(counter));
    this.nested(() => {
      this.define(counter, "loop");
      if (typeof count === "number") {
        this.ranges.set(counter.id, count > 0 ? { low: 0, high: count - 1 } : { low: Number.NaN, high: Number.NaN });
      }
      this.block(body);
      nexts();
    });
  }

  private if({ condition, then, otherwise, merges }: Statement & { kind: "if" }): void {
    this.useAs(condition, "bool", false, "if, condition");
    const side = (statements: readonly Statement[], value: "then" | "otherwise"): void =>
      this.nested(() => {
        this.block(statements);
        for (const merge of merges) {
          const { dtype, lane, id } = merge.register;
          this.useAs(merge[value], dtype, lane, `if, ${value} of %${id}`);
        }
      });
    this.branches++;
    side(then, "then");
    side(otherwise, "otherwise");
    this.branches--;
    for (const { register } of merges) this.define(register, "if");
  }
}
