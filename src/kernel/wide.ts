/**
 * Loops that compute what all points share, element by element, do as many elements at once as a lane register holds:
 * lanes are elements there. In: a kernel whose lane groups are chosen. Out: the same values in the same memory.
 */

import { collapsed } from "./collapse.ts";
import type { Buffer, Kernel, Register, Statement } from "./kernel.ts";
import { blocksOf, withBlocks } from "./statement.ts";
import { Turns, type Widened } from "./turns.ts";
import { findVarying, type Loop } from "./vary.ts";
import { workOf } from "./work.ts";

class Widening {
  private next: number;
  private readonly groups: number;
  private readonly width: number;
  private readonly buffers: Buffer[];
  private numbers: Buffer | undefined;

  constructor({ lanes, groups, buffers, prologue, body }: Kernel) {
    this.groups = groups;
    this.width = lanes * groups;
    this.buffers = [...buffers];
    this.next = 1 + largestId([...prologue, ...body]);
  }

  kernel(kernel: Kernel): Kernel {
    // Before the points there are none that lanes could be.
    const prologue = kernel.across === "elements" ? this.block(kernel.prologue) : kernel.prologue;
    const body = this.block(kernel.body);
    return { ...kernel, prologue, body, buffers: this.buffers };
  }

  private block(statements: readonly Statement[]): Statement[] {
    return statements.flatMap((s) => {
      if (s.kind !== "loop") return [withBlocks(s, (block) => this.block(block))];
      const loop = collapsed(s);
      const wide = this.widened(loop);
      return wide ?? [withBlocks(loop, (block) => this.block(block))];
    });
  }

  /** Whole registers; those that are not full at the end hold elements of the last turn as well. */
  private widened(loop: Loop): Statement[] | undefined {
    const { width } = this;
    const { count } = loop;
    if (typeof count !== "number" || count < width) return undefined;
    const varying = findVarying(loop);
    if (!varying) return undefined;
    const turns = Math.floor(count / width);
    const counter = this.register("int32", false);
    const { values, stores } = this.turn(loop, varying, { register: counter, stride: width });
    const wide: Statement = { kind: "loop", counter, count: turns, phis: [], body: [...values, ...stores] };
    if (this.groups * workOf([wide]) >= workOf([loop])) return undefined;
    if (turns * width === count) return [wide];
    // Computed first, written last: the loop may overwrite what it reads.
    const last = this.turn(loop, varying, { offset: count - width });
    return [...last.values, wide, ...last.stores];
  }

  private turn(loop: Loop, varying: ReadonlySet<Register>, first: Turns["first"]): Widened {
    const turns = new Turns({
      loop,
      varying,
      first,
      register: (dtype, lane) => this.register(dtype, lane),
      numbers: () => this.table(),
    });
    return turns.write();
  }

  private register(dtype: Register["dtype"], lane: boolean): Register {
    return { id: this.next++, dtype, lane };
  }

  /** 0, 1, … of the elements in a lane register. */
  private table(): Buffer {
    if (this.numbers) return this.numbers;
    const id = 1 + Math.max(-1, ...this.buffers.map((buffer) => buffer.id));
    const data = Int32Array.from({ length: this.width }, (_, i) => i);
    this.numbers = { id, name: "elements", kind: "constant", dtype: "int32", lane: false, elements: this.width, data };
    this.buffers.push(this.numbers);
    return this.numbers;
  }
}

function largestId(statements: readonly Statement[]): number {
  let largest = -1;
  for (const s of statements) {
    const own = "out" in s ? [s.out] : s.kind === "if" ? s.merges.map((m) => m.register) : [];
    const phis = s.kind === "loop" || s.kind === "while" ? s.phis.map((p) => p.register) : [];
    const counters = s.kind === "loop" ? [s.counter] : [];
    for (const { id } of [...own, ...phis, ...counters]) largest = Math.max(largest, id);
    for (const block of blocksOf(s)) largest = Math.max(largest, largestId(block));
  }
  return largest;
}

export const widen = (kernel: Kernel): Kernel => new Widening(kernel).kernel(kernel);
