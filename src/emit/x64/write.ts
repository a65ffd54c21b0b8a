/** Allocated steps → machine code: a function of one argument, with its frame on the stack and its constants behind it. */

import { allocate } from "./allocate.ts";
import { Assembler } from "./encoder.ts";
import { type Allocated, FINISH } from "./final.ts";
import { closeFrame, Frame, openFrame } from "./frame.ts";
import type { Machine } from "./machine.ts";

/**
 * The function's argument is a table: pointers to static buffers, inputs and outputs, the number of chunks, and where
 * the word to go on lies, which only code with a `while` looks at.
 */
export function writeFunction(machine: Machine, stackCounters: number): Uint8Array<ArrayBuffer> {
  const allocated = allocate(machine);
  const assembler = new Assembler();
  const frame = new Frame(machine, allocated, stackCounters);
  openFrame(assembler, frame, machine.asksToGoOn);
  writeCode(assembler, frame, allocated);
  closeFrame(assembler);
  return assembler.finish(frame.constants());
}

function writeCode(assembler: Assembler, frame: Frame, { code }: Allocated): void {
  const labels = new Map<number, number>();
  const labelOf = (label: number): number => {
    const known = labels.get(label) ?? assembler.newLabel();
    labels.set(label, known);
    return known;
  };
  for (const final of code) {
    if (final.kind === "label" && final.again) assembler.bindAgain(labelOf(final.label));
    else if (final.kind === "label") assembler.bind(labelOf(final.label));
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
}
