/** Kernels as text, one line a statement, nested blocks indented; stable, so it can be compared and kept. */

import { allocate } from "../base/dtype.ts";
import type { Buffer, Index, Kernel, Phi, Register, Statement } from "./kernel.ts";

/** Longer constants are cut to their first elements. */
const SHOWN = 8;

/**
 * `%5: lane float32 = mul %3, %4`: number, "lane" or nothing for uniform, dtype, op, operands. Registers are numbered
 * in order of appearance, buffers are named `name#id`, elements in brackets.
 */
export function printKernel(kernel: Kernel): string {
  const print = new Printer();
  const lanes = `${kernel.groups} × ${kernel.lanes}`;
  const chunk =
    kernel.across === "elements" ? `one point a chunk, ${lanes} elements at once` : `${lanes} points a chunk`;
  const lines = [`kernel: ${chunk}`, ...kernel.buffers.map(bufferLine)];
  if (kernel.prologue.length > 0) lines.push("prologue", ...indent(print.block(kernel.prologue)));
  return [...lines, "body", ...indent(print.block(kernel.body))].join("\n");
}

const bufferName = ({ name, id }: Buffer): string => `${name}#${id}`;

function bufferLine(buffer: Buffer): string {
  const head = `${buffer.kind} ${bufferName(buffer)}: ${buffer.lane ? "lane " : ""}${buffer.dtype}[${buffer.elements}]`;
  if (!buffer.data) return head;
  const shown = [...buffer.data.subarray(0, SHOWN)].join(", ");
  return `${head} = ${shown}${buffer.data.length > SHOWN ? ", …" : ""}`;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The shortest text that gives the value in its dtype; float32 values were rounded, so their doubles are long. */
function formatConst(value: number, dtype: Register["dtype"]): string {
  const held = allocate(dtype, 1);
  held[0] = value;
  if (dtype !== "float32") return Object.is(held[0], -0) ? "-0" : `${held[0]}`;
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === held[0]) return Object.is(held[0], -0) ? "-0" : `${Number(text)}`;
  }
  return `${held[0]}`;
}

class Printer {
  private readonly numbers = new Map<number, number>();

  block(statements: readonly Statement[]): string[] {
    return statements.flatMap((statement) => this.statement(statement));
  }

  private name({ id }: Register): string {
    const number = this.numbers.get(id) ?? this.numbers.size;
    this.numbers.set(id, number);
    return `%${number}`;
  }

  private names(registers: readonly Register[]): string {
    return registers.map((r) => this.name(r)).join(", ");
  }

  private typed(register: Register): string {
    return `${this.name(register)}: ${register.lane ? "lane " : ""}${register.dtype}`;
  }

  private index({ offset, terms }: Index): string {
    const products = terms.map(({ register, stride }) => {
      return stride === 1 ? this.name(register) : `${stride}·${this.name(register)}`;
    });
    return [...(offset !== 0 || terms.length === 0 ? [`${offset}`] : []), ...products].join(" + ");
  }

  private place(buffer: Buffer, index: Index): string {
    return `${bufferName(buffer)}[${this.index(index)}]`;
  }

  private phi({ register, init }: Phi): string {
    return `${this.typed(register)} = ${this.name(init)}`;
  }

  private statement(statement: Statement): string[] {
    switch (statement.kind) {
      case "op": {
        const args = this.names(statement.args);
        return [`${this.typed(statement.out)} = ${statement.op} ${args}`];
      }
      case "const":
        return [`${this.typed(statement.out)} = ${formatConst(statement.value, statement.out.dtype)}`];
      case "load": {
        const from = this.place(statement.buffer, statement.index);
        return [`${this.typed(statement.out)} = ${from}`];
      }
      case "gather": {
        const { buffer, index, stride, lane } = statement;
        const terms = [...index.terms, { register: lane, stride }];
        const from = this.place(buffer, { offset: index.offset, terms });
        return [`${this.typed(statement.out)} = gather ${from}`];
      }
      case "store":
        return [`${this.place(statement.buffer, statement.index)} = ${this.name(statement.value)}`];
      case "loop":
      case "while":
        return this.loop(statement);
      case "if":
        return this.if(statement);
      default:
        return statement satisfies never;
    }
  }

  private loop(statement: Statement & { kind: "loop" | "while" }): string[] {
    const phis = statement.phis.map((phi) => `phi ${this.phi(phi)}`);
    const nexts = (): string[] => statement.phis.map((p) => `next ${this.name(p.register)} = ${this.name(p.next)}`);
    if (statement.kind === "loop") {
      const { count } = statement;
      const turns = typeof count === "number" ? `${count}` : this.name(count);
      const head = `loop ${this.name(statement.counter)} < ${turns}`;
      return [head, ...indent([...phis, ...this.block(statement.body), ...nexts()])];
    }
    const test = this.block(statement.test);
    const leave = `while ${this.name(statement.condition)}`;
    return ["loop", ...indent([...phis, ...test, leave, ...this.block(statement.body), ...nexts()])];
  }

  private if({ condition, then, otherwise, merges }: Statement & { kind: "if" }): string[] {
    const head = `if ${this.name(condition)}`;
    const yes = indent(this.block(then));
    const no = indent(this.block(otherwise));
    const merged = merges.map((m) => {
      const [a, b] = [this.name(m.then), this.name(m.otherwise)];
      return `${this.typed(m.register)} = merge ${a}, ${b}`;
    });
    return [head, ...yes, ...(no.length > 0 ? ["else", ...no] : []), ...merged];
  }
}
