/**
 * x86-64 machine code: instructions with their operands → bytes. Jumps go to labels; constants are kept behind the code
 * and read relative to it.
 */

import { type Form, forms, type Instruction, type Jump, jumps, memoryPlace } from "./forms.ts";

/** General registers, by number. */
export const gpr = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rsp: 4,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
} as const;

/** `[base + index · scale + offset]`. */
export interface Memory {
  readonly base: number;
  readonly index?: number;
  readonly scale?: 1 | 2 | 4 | 8;
  /** Bytes, of 32 bits with sign. */
  readonly offset?: number;
}
/** Where a constant lies, in bytes from the start of the constants. */
export interface Constant {
  readonly constant: number;
}
/** Registers and numbers are plain: the instruction's form tells what they are. */
export type Operand = number | Memory | Constant;

/** Constants are read as whole vectors. */
const ALIGN = 32;
const INITIAL = 4096;

/** Bytes of code that are fetched at once. */
const FETCH = 64;
/** A jump there would fetch next to nothing. */
const FEW = 16;
/** Bytes that do nothing, as the processors' manuals give them. */
const nop = [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00] as const;
const shortNops = [[], [0x90], [0x66, 0x90], [0x0f, 0x1f, 0x00], [0x0f, 0x1f, 0x40, 0x00], nop.slice(1)] as const;
const nopsOf = (bytes: number): readonly number[] =>
  bytes < nop.length ? (shortNops[bytes] as readonly number[]) : [...nop, ...nopsOf(bytes - nop.length)];

const isByte = (n: number): boolean => n >= -128 && n <= 127;

interface Fields {
  readonly reg: number;
  readonly vvvv: number;
  readonly rm: Operand;
  /** A fourth register, in the high bits of a last byte. */
  readonly last: number | undefined;
  readonly immediate: number | undefined;
}

/** What a form's operands are for, looked up once: places among the operands, -1 for none. */
interface Roles {
  readonly rm: number;
  readonly registers: readonly [number, number, number];
  readonly immediate: number;
  readonly immediateBytes: number;
  /** Vectors of 256 bits. */
  readonly long: number;
}

const known = new Map<Form, Roles>();

function rolesOf(form: Form): Roles {
  const found = known.get(form);
  if (found) return found;
  const { operands } = form;
  const rm = memoryPlace(form);
  const immediate = operands.findIndex((kind) => kind.startsWith("i"));
  const [a = -1, b = -1, c = -1] = operands.flatMap((_, i) => (i === rm || i === immediate ? [] : [i]));
  const roles: Roles = {
    rm,
    registers: form.digit === undefined ? [a, b, c] : [-1, a, -1],
    immediate,
    immediateBytes: immediate < 0 ? 0 : operands[immediate] === "i8" ? 1 : 4,
    long: operands.some((kind) => kind.includes("y")) ? 1 : 0,
  };
  known.set(form, roles);
  return roles;
}

function fieldsOf(form: Form, { rm, registers, immediate }: Roles, operands: readonly Operand[]): Fields {
  const [reg, vvvv, last] = registers;
  return {
    reg: form.digit ?? (reg < 0 ? 0 : (operands[reg] as number)),
    vvvv: vvvv < 0 ? 0 : (operands[vvvv] as number),
    rm: operands[rm] ?? 0,
    last: last < 0 ? undefined : (operands[last] as number),
    immediate: immediate < 0 ? undefined : (operands[immediate] as number),
  };
}

export class Assembler {
  private bytes = new Uint8Array(INITIAL);
  private length = 0;
  /** Bytes of the code where each label is bound. */
  private readonly labels: number[] = [];
  private readonly jumps: { readonly at: number; readonly label: number }[] = [];
  private readonly reads: { readonly at: number; readonly end: number; readonly constant: number }[] = [];

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  emit(name: Instruction, ...operands: readonly Operand[]): void {
    const form = forms[name];
    const roles = rolesOf(form);
    const fields = fieldsOf(form, roles, operands);
    if (form.operands.length === 0) {
      if (form.vex) this.vex(form, fields, roles.long);
      this.byte(form.opcode);
      return;
    }
    const short = form.opcode === 0x81 && isByte(fields.immediate as number);
    if (form.vex) this.vex(form, fields, roles.long);
    else this.rex(form, fields);
    this.byte(short ? 0x83 : form.opcode);
    const constant = this.modRm(fields);
    if (fields.last !== undefined) this.byte(fields.last << 4);
    if (roles.immediateBytes === 1 || short) this.byte(fields.immediate as number);
    else if (roles.immediateBytes === 4) this.word(fields.immediate as number);
    if (constant) this.reads.push({ ...constant, end: this.length });
  }

  newLabel(): number {
    this.labels.push(-1);
    return this.labels.length - 1;
  }

  bind(label: number): void {
    this.labels[label] = this.length;
  }

  /** As `bind`, of code that is jumped back to: not just before the end of what is fetched at once. */
  bindAgain(label: number): void {
    const rest = -this.length & (FETCH - 1);
    for (const byte of rest < FEW ? nopsOf(rest) : []) this.byte(byte);
    this.bind(label);
  }

  /** Always with a distance of 32 bits. */
  jump(name: Jump, label: number): void {
    if (name === "jmp") this.byte(0xe9);
    else {
      this.byte(0x0f);
      this.byte(jumps[name]);
    }
    this.jumps.push({ at: this.length, label });
    this.word(0);
  }

  /** The code with its constants behind it, every distance filled in. */
  finish(constants: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = Math.ceil(this.length / ALIGN) * ALIGN;
    const out = new Uint8Array(start + constants.length);
    out.set(this.bytes.subarray(0, this.length));
    out.set(constants, start);
    const view = new DataView(out.buffer);
    for (const { at, label } of this.jumps) view.setInt32(at, (this.labels[label] as number) - (at + 4), true);
    for (const { at, end, constant } of this.reads) view.setInt32(at, start + constant - end, true);
    return out;
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value;
  }

  private word(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte(value >> shift);
  }

  /** The register's high bit and, of memory, the index's and the base's: 0 or 1 each. */
  private highBits({ reg, rm }: Fields): { r: number; x: number; b: number } {
    const r = reg >> 3;
    if (typeof rm === "number") return { r, x: 0, b: rm >> 3 };
    if ("constant" in rm) return { r, x: 0, b: 0 };
    return { r, x: (rm.index ?? 0) >> 3, b: rm.base >> 3 };
  }

  private vex(form: Form, fields: Fields, long: number): void {
    const { r, x, b } = this.highBits(fields);
    const prefix = [0, 0x66, 0xf3, 0xf2].indexOf(form.prefix);
    const low = ((~fields.vvvv & 15) << 3) | (long << 2) | prefix;
    if (form.map === 1 && !form.wide && x === 0 && b === 0) {
      this.byte(0xc5);
      this.byte(((r ^ 1) << 7) | low);
      return;
    }
    this.byte(0xc4);
    this.byte(((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | form.map);
    this.byte((form.wide ? 0x80 : 0) | low);
  }

  private rex(form: Form, fields: Fields): void {
    const { r, x, b } = this.highBits(fields);
    const bits = (form.wide ? 8 : 0) | (r << 2) | (x << 1) | b;
    if (bits !== 0) this.byte(0x40 | bits);
    if (form.map === 1) this.byte(0x0f);
  }

  /** Mod-rm, scale-index-base and offset; says which constant its offset waits for. */
  private modRm({ reg, rm }: Fields): { at: number; constant: number } | undefined {
    const field = (reg & 7) << 3;
    if (typeof rm === "number") {
      this.byte(0xc0 | field | (rm & 7));
      return undefined;
    }
    if ("constant" in rm) {
      this.byte(field | 5);
      const at = this.length;
      this.word(0);
      return { at, constant: rm.constant };
    }
    const { base, index, scale = 1, offset = 0 } = rm;
    // Without an offset, the pattern of rbp and r13 would mean "relative to the code".
    const mode = offset === 0 && (base & 7) !== gpr.rbp ? 0 : isByte(offset) ? 1 : 2;
    const needsIndex = index !== undefined || (base & 7) === gpr.rsp;
    this.byte((mode << 6) | field | (needsIndex ? 4 : base & 7));
    if (needsIndex) this.byte((Math.log2(scale) << 6) | (((index ?? 4) & 7) << 3) | (base & 7));
    if (mode === 1) this.byte(offset);
    else if (mode === 2) this.word(offset);
    return undefined;
  }
}
