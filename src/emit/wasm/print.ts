/** A module's code as text, in WebAssembly's own words, one instruction a line. In: a module that `emitWasm` wrote. */

import { LanewiseError } from "../../base/errors.ts";
import { type ValueType, valueTypes } from "./encoder.ts";
import { type Form, type Instruction, instructions } from "./instructions.ts";

const key = (prefix: number, code: number): number => prefix * 0x10000 + code;

const names = new Map(
  (Object.entries(instructions) as [Instruction, Form][]).map(([name, form]) => [key(form.prefix, form.code), name]),
);
const typeNames = new Map((Object.entries(valueTypes) as [ValueType, number][]).map(([name, code]) => [code, name]));

const CODE_SECTION = 10;
/** The first byte of opcodes of two parts. */
const FIRST_PREFIX = 0xfc;

/** Locals, then the instructions of `run`, indented by block. Throws a LanewiseError of kind "program" for other code. */
export function printModule(bytes: Uint8Array): string {
  const reader = new Reader(bytes, 8);
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    if (id === CODE_SECTION) return functionLines(reader).join("\n");
    reader.skip(size);
  }
  return "";
}

function functionLines(reader: Reader): string[] {
  reader.u32();
  const size = reader.u32();
  const end = reader.position + size;
  const lines = Array.from({ length: reader.u32() }, () => {
    const count = reader.u32();
    return `local ${typeNames.get(reader.byte())} × ${count}`;
  });
  let depth = 0;
  while (reader.position < end) {
    const name = reader.instruction();
    if (name === "end" || name === "else") depth--;
    if (depth < 0) break;
    lines.push(`${"  ".repeat(depth)}${[name, ...reader.immediate(instructions[name])].join(" ")}`);
    if (instructions[name].immediate === "block" || name === "else") depth++;
  }
  return lines;
}

class Reader {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    return this.view.getUint8(this.position++);
  }

  skip(count: number): void {
    this.position += count;
  }

  u32(): number {
    return Number(this.leb().value);
  }

  instruction(): Instruction {
    const first = this.byte();
    const name = names.get(first >= FIRST_PREFIX ? key(first, this.u32()) : key(0, first));
    if (name) return name;
    throw new LanewiseError(
      "program",
      `printModule: expected a module that emitWasm wrote, got opcode 0x${first.toString(16)} at byte ` +
        `${this.position}; give its bytes unchanged`,
    );
  }

  immediate({ immediate, align }: Form): string[] {
    switch (immediate) {
      case "none":
        return [];
      case "block":
        this.byte();
        return [];
      case "label":
      case "local":
      case "lane":
        return [`${this.u32()}`];
      case "i32":
      case "i64":
        return [`${this.signed()}`];
      case "f32":
        return [`${this.number(4)}`];
      case "f64":
        return [`${this.number(8)}`];
      case "lanes":
        return this.lanes();
      case "memory":
      case "memoryLane":
        return this.memory(immediate === "memoryLane", align);
      default:
        return immediate satisfies never;
    }
  }

  private leb(): { value: bigint; bits: bigint } {
    let value = 0n;
    let bits = 0n;
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << bits;
      bits += 7n;
      if (byte < 128) return { value, bits };
    }
  }

  private signed(): bigint {
    const { value, bits } = this.leb();
    return BigInt.asIntN(Number(bits), value);
  }

  private number(bytes: 4 | 8): number {
    const at = this.position;
    this.skip(bytes);
    return bytes === 4 ? this.view.getFloat32(at, true) : this.view.getFloat64(at, true);
  }

  /** 32 bits at a time. */
  private lanes(): string[] {
    return Array.from({ length: 4 }, () => {
      const text = `0x${this.view.getUint32(this.position, true).toString(16).padStart(8, "0")}`;
      this.skip(4);
      return text;
    });
  }

  private memory(lane: boolean, align: number): string[] {
    const alignment = this.u32();
    const offset = this.u32();
    const parts = offset === 0 ? [] : [`offset=${offset}`];
    if (alignment !== align) parts.push(`align=${2 ** alignment}`);
    return lane ? [...parts, `${this.byte()}`] : parts;
  }
}
