/** Allocated steps → machine code: a function of one argument, with its frame on the stack and its constants behind it. */

import { areas, chunksLeft } from "./address.ts";
import { type Allocated, allocate, FINISH, SPARE } from "./allocate.ts";
import { Assembler, gpr, type Operand } from "./encoder.ts";
import type { Machine } from "./machine.ts";

const VECTOR_BYTES = 32;
const POINTER_BYTES = 8;
/** Registers that a caller wants back, beside rbp. */
const saved = [gpr.rbx, gpr.r12, gpr.r13, gpr.r14, gpr.r15] as const;

/**
 * The function's argument is a table: pointers to static buffers, inputs and outputs, the number of chunks, and where
 * the word to go on lies, which only code with a `while` looks at.
 */
export function writeFunction(machine: Machine, stackCounters: number): Uint8Array<ArrayBuffer> {
  const allocated = allocate(machine);
  const assembler = new Assembler();
  const frame = new Frame(machine, allocated, Math.ceil((stackCounters * POINTER_BYTES) / VECTOR_BYTES));
  open(assembler, frame.bytes, machine.asksToGoOn);
  const labels = new Map<number, number>();
  const labelOf = (label: number): number => {
    const known = labels.get(label) ?? assembler.newLabel();
    labels.set(label, known);
    return known;
  };
  for (const final of allocated.code) {
    if (final.kind === "label") assembler.bind(labelOf(final.label));
    else if (final.kind === "jump") assembler.jump(final.jump, labelOf(final.label));
    else if (final.kind === "keep") {
      const slot = frame.slotOf(final.vector);
      if (slot) assembler.emit("vmovups.store", slot, final.register);
    } else {
      const operands = final.operands.map((o) => (typeof o === "object" && "home" in o ? frame.placeOf(o.home) : o));
      assembler.emit(final.name, ...operands);
    }
  }
  assembler.bind(labelOf(FINISH));
  close(assembler);
  return assembler.finish(frame.constants());
}

/** From the stack's end: counters, the spare vector, the slots. */
class Frame {
  private readonly used: number[][] = [];
  private readonly offsets = new Map<number, number>();
  private readonly machine: Machine;
  private readonly allocated: Allocated;
  private readonly before: number;

  constructor(machine: Machine, allocated: Allocated, before: number) {
    this.machine = machine;
    this.allocated = allocated;
    this.before = before;
  }

  get bytes(): number {
    return (this.before + 1 + this.allocated.slotCount) * VECTOR_BYTES;
  }

  slotOf(vector: number): Operand | undefined {
    const slot = vector === SPARE ? -1 : this.allocated.slots.get(vector);
    return slot === undefined ? undefined : { base: gpr.rsp, offset: (this.before + 1 + slot) * VECTOR_BYTES };
  }

  placeOf(vector: number): Operand {
    const words = this.machine.constants.get(vector);
    if (!words) return this.slotOf(vector) as Operand;
    const constant = this.offsets.get(vector) ?? this.used.length * VECTOR_BYTES;
    if (!this.offsets.has(vector)) this.used.push([...words]);
    this.offsets.set(vector, constant);
    return { constant };
  }

  constants(): Uint8Array {
    return new Uint8Array(new Int32Array(this.used.flat()).buffer);
  }
}

function open(assembler: Assembler, frameBytes: number, asksToGoOn: boolean): void {
  assembler.emit("push", gpr.rbp);
  assembler.emit("mov", gpr.rbp, gpr.rsp);
  for (const register of saved) assembler.emit("push", register);
  const table = gpr.rdi;
  // It comes to lie at `goOnPlace`.
  if (asksToGoOn) assembler.emit("push", { base: table, offset: 4 * POINTER_BYTES });
  assembler.emit("sub.i", gpr.rsp, frameBytes);
  assembler.emit("and.i", gpr.rsp, -VECTOR_BYTES);
  assembler.emit("mov", chunksLeft, { base: table, offset: 3 * POINTER_BYTES });
  assembler.emit("mov", areas.output, { base: table, offset: 2 * POINTER_BYTES });
  assembler.emit("mov", areas.input, { base: table, offset: POINTER_BYTES });
  assembler.emit("mov", areas.static, { base: table });
}

function close(assembler: Assembler): void {
  assembler.emit("vzeroupper");
  assembler.emit("lea", gpr.rsp, { base: gpr.rbp, offset: -POINTER_BYTES * saved.length });
  for (const register of saved.toReversed()) assembler.emit("pop", register);
  assembler.emit("pop", gpr.rbp);
  assembler.emit("ret");
}
