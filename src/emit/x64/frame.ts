/**
 * A kernel's frame on the stack, from its end: counters of loops, the spare vector, the slots of vectors. Above it, at
 * fixed places below rbp: the caller's registers, the word to go on, the chunks that are left, and how the caller rounds.
 */

import { LanewiseError } from "../../base/errors.ts";
import { areas } from "./address.ts";
import { type Assembler, gpr, type Memory, type Operand } from "./encoder.ts";
import { type Allocated, SPARE } from "./final.ts";
import type { Machine } from "./machine.ts";

const VECTOR_BYTES = 32;
const POINTER_BYTES = 8;
/** A frame this large fits below whatever Node has on the stack of a worker thread, which is 4 MiB in all. */
const MOST_BYTES = 2 ** 20;
/** Stacks end in a page that may not be touched; a step over it would land in somebody else's memory. */
const PAGE_BYTES = 4096;

/** Registers that a caller wants back, beside rbp. */
const saved = [gpr.rbx, gpr.r12, gpr.r13, gpr.r14, gpr.r15] as const;
const savedBytes = POINTER_BYTES * saved.length;

/** Where the word to go on lies. */
export const goOnPlace: Memory = { base: gpr.rbp, offset: -savedBytes - 8 };
export const chunksLeft: Memory = { base: gpr.rbp, offset: -savedBytes - 16 };
const callersControl: Memory = { base: gpr.rbp, offset: -savedBytes - 24 };
const ownControl: Memory = { base: gpr.rbp, offset: -savedBytes - 20 };
const FIXED_BYTES = 24;
/** Round to nearest, keep denormals, raise nothing: what the bits of strict mode need, whatever the thread had. */
const CONTROL = 0x1f80;

/** From the stack's end: counters, the spare vector, the slots. */
export class Frame {
  private readonly used: number[][] = [];
  private readonly offsets = new Map<number, number>();
  private readonly machine: Machine;
  private readonly allocated: Allocated;
  private readonly before: number;

  /** Throws a LanewiseError of kind "program" for more than the stack of a thread surely has left. */
  constructor(machine: Machine, allocated: Allocated, stackCounters: number) {
    this.machine = machine;
    this.allocated = allocated;
    this.before = Math.ceil((stackCounters * POINTER_BYTES) / VECTOR_BYTES);
    if (this.bytes > MOST_BYTES) {
      throw new LanewiseError(
        "program",
        `emitX64: expected values of at most ${MOST_BYTES} bytes to wait on the stack, got ${this.bytes}; use target "wasm"`,
      );
    }
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

export function openFrame(assembler: Assembler, { bytes }: Frame, asksToGoOn: boolean): void {
  assembler.emit("push", gpr.rbp);
  assembler.emit("mov", gpr.rbp, gpr.rsp);
  for (const register of saved) assembler.emit("push", register);
  assembler.emit("sub.i", gpr.rsp, FIXED_BYTES);
  assembler.emit("vstmxcsr", callersControl);
  assembler.emit("mov.i32", ownControl, CONTROL);
  assembler.emit("vldmxcsr", ownControl);
  const table = gpr.rdi;
  if (asksToGoOn) {
    assembler.emit("mov", gpr.rax, { base: table, offset: 4 * POINTER_BYTES });
    assembler.emit("mov.store", goOnPlace, gpr.rax);
  }
  let left = bytes;
  for (; left > PAGE_BYTES; left -= PAGE_BYTES) {
    assembler.emit("sub.i", gpr.rsp, PAGE_BYTES);
    assembler.emit("test", { base: gpr.rsp }, gpr.rax);
  }
  assembler.emit("sub.i", gpr.rsp, left);
  assembler.emit("and.i", gpr.rsp, -VECTOR_BYTES);
  assembler.emit("mov", gpr.rax, { base: table, offset: 3 * POINTER_BYTES });
  assembler.emit("mov.store", chunksLeft, gpr.rax);
  assembler.emit("mov", areas.output, { base: table, offset: 2 * POINTER_BYTES });
  assembler.emit("mov", areas.input, { base: table, offset: POINTER_BYTES });
  assembler.emit("mov", areas.static, { base: table });
}

export function closeFrame(assembler: Assembler): void {
  assembler.emit("vzeroupper");
  assembler.emit("vldmxcsr", callersControl);
  assembler.emit("lea", gpr.rsp, { base: gpr.rbp, offset: -savedBytes });
  for (const register of saved.toReversed()) assembler.emit("pop", register);
  assembler.emit("pop", gpr.rbp);
  assembler.emit("ret");
}
