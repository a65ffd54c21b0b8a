/** Expression trees of instructions, and their bytes. */

import { type DType, dtypeInfo } from "../../base/dtype.ts";
import type { ByteWriter } from "./encoder.ts";
import { type Form, type Instruction, instructions } from "./instructions.ts";

/** A number, 64 bits, 16 bytes, or offset and lane: as the instruction's form wants it. */
export type ImmediateValue = number | bigint | ArrayLike<number>;

export interface Code {
  readonly instruction: Instruction;
  readonly immediate?: ImmediateValue;
  readonly operands: readonly Code[];
}

export const op = (instruction: Instruction, ...operands: Code[]): Code => ({ instruction, operands });

export const opWith = (instruction: Instruction, immediate: ImmediateValue, ...operands: Code[]): Code => ({
  instruction,
  immediate,
  operands,
});

export const localGet = (local: number): Code => opWith("local.get", local);
export const i32 = (value: number): Code => opWith("i32.const", value);

/** The same value in all lanes. */
export const vectorConst = (bytes: ArrayLike<number>): Code => opWith("v128.const", bytes);

export const int32x4 = (value: number): Code => vectorConst(new Uint8Array(new Int32Array(4).fill(value).buffer));

/** A constant in a lane register: bool as mask. */
export function splatConst(dtype: DType, value: number): Code {
  if (dtype === "bool") return int32x4(value === 0 ? 0 : -1);
  const { storage, bytes } = dtypeInfo[dtype];
  return vectorConst(new Uint8Array(new storage(16 / bytes).fill(value).buffer));
}

/** Operands before what uses them. */
export function writeCode(out: ByteWriter, code: Code): void {
  for (const operand of code.operands) writeCode(out, operand);
  writeInstruction(out, code.instruction, code.immediate);
}

/** An empty block, and memory at its natural alignment, are all this library writes. */
export function writeInstruction(out: ByteWriter, instruction: Instruction, immediate: ImmediateValue = 0): void {
  const form = instructions[instruction];
  if (form.prefix === 0) out.byte(form.code);
  else {
    out.byte(form.prefix);
    out.u32(form.code);
  }
  if (form.immediate !== "none") writeImmediate(out, form, immediate);
}

const EMPTY_BLOCK = 0x40;

function writeImmediate(out: ByteWriter, { immediate: kind, align }: Form, value: ImmediateValue): void {
  const list = value as ArrayLike<number>;
  const number = value as number;
  if (kind === "block") out.byte(EMPTY_BLOCK);
  else if (kind === "lanes") out.raw(list);
  else if (kind === "i64") out.s64(value as bigint);
  else if (kind === "i32") out.s32(number);
  else if (kind === "f32") out.f32(number);
  else if (kind === "f64") out.f64(number);
  else if (kind === "memory" || kind === "memoryLane") {
    out.u32(align);
    out.u32(kind === "memory" ? number : (list[0] as number));
    if (kind === "memoryLane") out.byte(list[1] as number);
  } else out.u32(number);
}
