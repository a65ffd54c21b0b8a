import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Assembler, gpr, type Memory, type Operand } from "../../src/emit/x64/encoder.ts";
import { forms, type Instruction, jumps } from "../../src/emit/x64/forms.ts";

const hasObjdump = spawnSync("objdump", ["--version"]).status === 0;
const names = Object.keys(forms) as Instruction[];
const names64 = Object.keys(gpr);
const names32 = names64.map((name) => (/\d/.test(name) ? `${name}d` : name.replace("r", "e")));
const sizes = { 32: "DWORD", 64: "QWORD", 128: "XMMWORD", 256: "YMMWORD" } as const;

/** One line an instruction, as objdump writes them, without addresses. */
function disassemble(code: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-"));
  try {
    const file = join(folder, "code.bin");
    writeFileSync(file, code);
    const options = ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "-w", "--no-show-raw-insn", file];
    const text = execFileSync("objdump", options, { encoding: "utf8", maxBuffer: 2 ** 28 });
    const lines = text.split("\n").filter((line) => /^\s+[0-9a-f]+:\t/.test(line));
    return lines.map((line) => line.split("\t")[1]!.replace(/\s+/g, " ").trim());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hex = (n: number): string => `0x${n.toString(16)}`;

function memoryText({ base, index, scale = 1, offset = 0 }: Memory): string {
  const indexName = index === undefined ? "" : `+${names64[index]}*${scale}`;
  const offsetText =
    offset === 0 ? (base % 8 === gpr.rbp ? "+0x0" : "") : `${offset < 0 ? "-" : "+"}${hex(Math.abs(offset))}`;
  return `[${names64[base]}${indexName}${offsetText}]`;
}

/** Numbers are written as wide as the instruction's operation. */
const numberText = (n: number, kind: string, wide: boolean): string => {
  if (n >= 0) return hex(n);
  if (kind === "i8") return hex(n & 255);
  return wide ? `0x${BigInt.asUintN(64, BigInt(n)).toString(16)}` : hex(n >>> 0);
};

function operandText(name: Instruction, i: number, operand: Operand): string {
  const { operands, wide } = forms[name];
  const kind = operands[i]!;
  if (typeof operand === "number") {
    if (kind.startsWith("i")) return numberText(operand, kind, wide);
    if (kind.startsWith("r64")) return names64[operand]!;
    if (kind.startsWith("r32")) return names32[operand]!;
    return `${kind[0]}mm${operand}`;
  }
  const bits = /m(32|64|128|256)$/.exec(kind)?.[1] as keyof typeof sizes | undefined;
  const size = name === "lea" ? "" : `${sizes[bits!]} PTR `;
  return `${size}${memoryText(operand as Memory)}`;
}

const predicates: Record<number, string> = { 0: "eq", 4: "neq", 17: "lt_oq", 18: "le_oq" };

function text(name: Instruction, operands: readonly Operand[]): string {
  let mnemonic = name.split(".")[0]!;
  let shown = operands.map((operand, i) => operandText(name, i, operand));
  if (mnemonic.startsWith("vcmp")) {
    mnemonic = `vcmp${predicates[operands.at(-1) as number]}${mnemonic.slice(4)}`;
    shown = shown.slice(0, -1);
  }
  return `${mnemonic} ${shown.join(",")}`.trim();
}

const bases: readonly number[] = [gpr.rax, gpr.rsp, gpr.rbp, gpr.rdi, gpr.r8, gpr.r12, gpr.r13, gpr.r15];
const offsets = [0, 8, -128, 127, 128, -129, 0x12345678];
/** Every base with every offset; an index now and then, on every scale. */
const memories: readonly Memory[] = bases.flatMap((base, b) =>
  offsets.flatMap((offset, o): Memory[] => {
    const scale = ([1, 2, 4, 8] as const)[(b + o) % 4]!;
    const index = [1, 5, 9, 12, 13, 15][(b * 3 + o) % 6]!;
    return [
      { base, offset },
      { base, offset, index, scale },
    ];
  }),
);

const registers = [0, 1, 5, 7, 8, 11, 13, 15];

/** Registers in every place in turn, low and high; then memory of every shape. */
function* combinations(name: Instruction): Generator<Operand[]> {
  const { operands } = forms[name];
  const immediates = name.startsWith("vcmp")
    ? Object.keys(predicates).map(Number)
    : operands.includes("i32")
      ? [0, 5, -7, 127, -128, 1000, -100000]
      : [1, 31];
  const fill = (round: number): Operand[] =>
    operands.map((kind, i) => {
      if (kind.startsWith("i")) return immediates[round % immediates.length]!;
      return registers[(round * (i + 1) + 3 * i) % registers.length]!;
    });
  const place = operands.findIndex((kind) => kind.includes("m"));
  const mustBeMemory = place >= 0 && !operands[place]!.includes("/");
  if (!mustBeMemory) for (let round = 0; round < 16; round++) yield fill(round);
  if (place < 0) return;
  for (const [round, memory] of memories.entries()) yield fill(round).with(place, memory);
}

describe.skipIf(!hasObjdump)("an independent disassembler reads what the encoder wrote", () => {
  it("for every instruction with registers and memory of every shape", () => {
    const assembler = new Assembler();
    const wanted: string[] = [];
    for (const name of names) {
      const all = forms[name].operands.length === 0 ? [[]] : [...combinations(name)];
      for (const operands of all) {
        assembler.emit(name, ...operands);
        wanted.push(text(name, operands));
      }
    }
    const got = disassemble(assembler.finish(new Uint8Array())).slice(0, wanted.length);
    const wrong = wanted.flatMap((line, i) => (line === got[i] ? [] : [`${line} was read as ${got[i]}`]));
    expect(wrong.slice(0, 20), `${wrong.length} of ${wanted.length}`).toEqual([]);
    expect(wanted.length).toBeGreaterThan(10_000);
  });

  it("for jumps forwards and backwards", () => {
    for (const name of [...Object.keys(jumps), "jmp"] as (keyof typeof jumps | "jmp")[]) {
      const assembler = new Assembler();
      const [start, end] = [assembler.newLabel(), assembler.newLabel()];
      assembler.bind(start);
      assembler.jump(name, end);
      assembler.emit("vzeroupper");
      assembler.jump(name, start);
      assembler.bind(end);
      const total = assembler.size;
      assembler.emit("ret");
      const lines = disassemble(assembler.finish(new Uint8Array()));
      expect(lines.slice(0, 4)).toEqual([`${name} ${hex(total)}`, "vzeroupper", `${name} 0x0`, "ret"]);
    }
  });

  it("for the bytes before a loop that would begin just before the end of a line", () => {
    for (let before = 40; before <= 64; before++) {
      const assembler = new Assembler();
      for (let i = 0; i < before; i++) assembler.emit("ret");
      assembler.bindAgain(assembler.newLabel());
      assembler.emit("vzeroupper");
      const lines = disassemble(assembler.finish(new Uint8Array())).slice(before);
      const nops = lines.slice(0, lines.indexOf("vzeroupper"));
      expect(
        nops.every((line) => /nop|^xchg ax,ax/.test(line)),
        `${before}: ${nops}`,
      ).toBe(true);
      expect(nops.length > 0, `${before}`).toBe(before > 48 && before < 64);
    }
  });

  it("for constants behind the code, also when a number follows the distance", () => {
    const assembler = new Assembler();
    assembler.emit("vaddps", 9, 10, { constant: 32 });
    assembler.emit("vroundpd", 3, { constant: 0 }, 9);
    const code = assembler.finish(new Uint8Array(64));
    expect(code.length).toBe(32 + 64);
    const [add, round] = disassemble(code);
    expect(add).toMatch(/^vaddps ymm9,ymm10,YMMWORD PTR \[rip\+0x[0-9a-f]+\] # 0x40$/);
    expect(round).toMatch(/^vroundpd ymm3,YMMWORD PTR \[rip\+0x[0-9a-f]+\],0x9 # 0x20$/);
  });
});
