/**
 * Kernels executed in JavaScript, slowly, by the ops' reference values: what any target must leave in memory.
 * In: a kernel, its layout and its memory, filled as for a target. Out: the same memory with outputs and scratch written.
 */

import { allocate, type DType, dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { recordOf } from "../op/table.ts";
import type { Buffer, Index, Kernel, Register, Statement } from "./kernel.ts";
import { bytesInKernel, elementBytes, type Layout } from "./layout.ts";
import { type Access, isWide } from "./statement.ts";

/**
 * As a target's `run(chunks, inputs, outputs)` over the same memory: `inputs` and `outputs` are the byte addresses of
 * the first chunk's blocks. Throws a LanewiseError of kind "program" where an index leaves its buffer.
 */
export function evaluateKernel(
  kernel: Kernel,
  layout: Layout,
  memory: ArrayBuffer,
  chunks: number,
  inputs: number,
  outputs: number,
): void {
  const evaluation = new Evaluation(kernel, layout, memory);
  evaluation.block(kernel.prologue);
  for (let chunk = 0; chunk < chunks; chunk++) {
    evaluation.inputs = inputs + chunk * layout.inputBytes;
    evaluation.outputs = outputs + chunk * layout.outputBytes;
    evaluation.block(kernel.body);
  }
}

type Scalar = (...x: number[]) => number;

const same: Scalar = (x) => x as number;

function scalarOf({ op, args, out }: Statement & { kind: "op" }): Scalar {
  if (op === "any" || op === "splat") return same;
  const record = recordOf(op);
  const last = (args.at(-1) as Register).dtype;
  const scalar = record.kind === "elementwise" && (record.cast?.(last, out.dtype) ?? record.scalar?.[last]);
  if (scalar) return scalar as Scalar;
  throw new LanewiseError(
    "program",
    `evaluateKernel: expected a native op, got ${op} of ${last}; expand it before lowering`,
  );
}

/** Where lanes are elements, each lane has its own. */
const elementOf = (access: Access, lane: number): number => (isWide(access) ? lane : 0);

class Evaluation {
  inputs = 0;
  outputs = 0;
  private readonly kernel: Kernel;
  private readonly layout: Layout;
  private readonly points: number;
  private readonly views: { readonly [D in DType]: TypedArray };
  private readonly values = new Map<number, TypedArray>();

  constructor(kernel: Kernel, layout: Layout, memory: ArrayBuffer) {
    this.kernel = kernel;
    this.layout = layout;
    this.points = kernel.lanes * kernel.groups;
    const view = (dtype: DType) =>
      new dtypeInfo[dtype].storage(memory, 0, Math.floor(memory.byteLength / dtypeInfo[dtype].bytes));
    this.views = {
      bool: view("int32"),
      int32: view("int32"),
      uint32: view("uint32"),
      float32: view("float32"),
      float64: view("float64"),
    };
  }

  block(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private get(register: Register, point = 0): number {
    const values = this.values.get(register.id) as TypedArray;
    return values[register.lane ? point : 0] as number;
  }

  private set(register: Register, value: (point: number) => number): void {
    const values = allocate(register.dtype, register.lane ? this.points : 1);
    for (let p = 0; p < values.length; p++) values[p] = value(p);
    this.values.set(register.id, values);
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case "op": {
        const { op, args, out } = statement;
        if (op === "any") {
          const values = this.values.get((args[0] as Register).id) as TypedArray;
          this.set(out, () => Number(values.some((x) => x !== 0)));
          break;
        }
        const scalar = scalarOf(statement);
        this.set(out, (p) => scalar(...args.map((arg) => this.get(arg, p))));
        break;
      }
      case "const":
        this.set(statement.out, () => statement.value);
        break;
      case "load":
        this.set(statement.out, (p) =>
          this.read(statement.buffer, this.element(statement.index) + elementOf(statement, p), p),
        );
        break;
      case "gather": {
        const { out, buffer, index, lane, stride } = statement;
        this.set(out, (p) => this.read(buffer, this.element(index) + this.get(lane, p) * stride, p));
        break;
      }
      case "store":
        this.store(statement);
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

  private element({ offset, terms }: Index): number {
    return terms.reduce((sum, { register, stride }) => sum + this.get(register) * stride, offset);
  }

  /** The number of a value in the view of its dtype. */
  private address(buffer: Buffer, element: number, point: number): number {
    if (element < 0 || element >= buffer.elements) {
      throw new LanewiseError(
        "program",
        `evaluateKernel: expected an element of ${buffer.name} from 0 to ${buffer.elements - 1}, got ${element}; ` +
          "the index should have been clamped",
      );
    }
    const start = buffer.kind === "input" ? this.inputs : buffer.kind === "output" ? this.outputs : 0;
    const place = start + (this.layout.offsets.get(buffer.id) as number);
    return (place + element * elementBytes(this.kernel, buffer)) / bytesInKernel(buffer) + (buffer.lane ? point : 0);
  }

  private read(buffer: Buffer, element: number, point: number): number {
    const value = this.views[buffer.dtype][this.address(buffer, element, point)] as number;
    return buffer.dtype === "bool" ? Number(value !== 0) : value;
  }

  private store(statement: Statement & { kind: "store" }): void {
    const { buffer, index, value } = statement;
    const view = this.views[buffer.dtype];
    const yes = buffer.lane ? -1 : 1;
    for (let p = 0; p < (buffer.lane || value.lane ? this.points : 1); p++) {
      const x = this.get(value, p);
      const element = this.element(index) + elementOf(statement, p);
      view[this.address(buffer, element, p)] = buffer.dtype === "bool" && x !== 0 ? yes : x;
    }
  }

  /** All are read before the first is set. */
  private assign(pairs: readonly { readonly to: Register; readonly from: Register }[]): void {
    const sources = pairs.map(({ from }) => this.values.get(from.id) as TypedArray);
    pairs.forEach(({ to }, i) => {
      this.values.set(to.id, sources[i] as TypedArray);
    });
  }

  private loop(statement: Statement & { kind: "loop" | "while" }): void {
    this.assign(statement.phis.map(({ register, init }) => ({ to: register, from: init })));
    const turn = (): void => {
      this.block(statement.body);
      this.assign(statement.phis.map(({ register, next }) => ({ to: register, from: next })));
    };
    if (statement.kind === "loop") {
      const { count, counter } = statement;
      const turns = typeof count === "number" ? count : this.get(count);
      for (let i = 0; i < turns; i++) {
        this.set(counter, () => i);
        turn();
      }
      return;
    }
    for (;;) {
      this.block(statement.test);
      if (this.get(statement.condition) === 0) return;
      turn();
    }
  }

  private if({ condition, then, otherwise, merges }: Statement & { kind: "if" }): void {
    const yes = this.get(condition) !== 0;
    this.block(yes ? then : otherwise);
    this.assign(merges.map((m) => ({ to: m.register, from: yes ? m.then : m.otherwise })));
  }
}
