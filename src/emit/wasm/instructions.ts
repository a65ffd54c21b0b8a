/** The WebAssembly instructions in use: name → opcode and what follows it. One table for the writer and the printer. */

/** What follows an opcode in the code: `memory` is alignment and offset, `lanes` 16 bytes. */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "local"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "lanes"
  | "lane"
  | "memory"
  | "memoryLane";

export interface Form {
  /** 0 for opcodes of one byte. */
  readonly prefix: number;
  readonly code: number;
  readonly immediate: Immediate;
  /** Log2 of the natural alignment of a memory access. */
  readonly align: number;
}

type Names<P extends string, N extends readonly string[]> = `${P}.${Exclude<N[number], "">}`;

const SIMD = 0xfd;
const MISC = 0xfc;

/** Opcodes that follow each other; an empty name leaves one out. */
function row<const P extends string, const N extends readonly string[]>(
  prefix: number,
  first: number,
  type: P,
  names: N,
  immediate: Immediate = "none",
  align = 0,
): { readonly [K in Names<P, N>]: Form } {
  const entries = names.map((name, i) => [`${type}.${name}`, { prefix, code: first + i, immediate, align }] as const);
  return Object.fromEntries(entries.filter(([name]) => !name.endsWith("."))) as { [K in Names<P, N>]: Form };
}

const one = (code: number, immediate: Immediate = "none"): Form => ({ prefix: 0, code, immediate, align: 0 });

const control = {
  block: one(0x02, "block"),
  loop: one(0x03, "block"),
  if: one(0x04, "block"),
  else: one(0x05),
  end: one(0x0b),
  br: one(0x0c, "label"),
  br_if: one(0x0d, "label"),
  select: one(0x1b),
} as const;

const integerCompare = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"] as const;
const floatCompare = ["eq", "ne", "lt", "gt", "le", "ge"] as const;
const bitwise = ["and", "or", "xor", "shl", "shr_s", "shr_u"] as const;
const floatMath = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"] as const;
const floatTwo = ["add", "sub", "mul", "div", "min", "max"] as const;

const scalar = {
  ...row(0, 0x20, "local", ["get", "set", "tee"], "local"),
  ...row(0, 0x28, "i32", ["load"], "memory", 2),
  ...row(0, 0x2a, "f32", ["load"], "memory", 2),
  ...row(0, 0x2b, "f64", ["load"], "memory", 3),
  ...row(0, 0x36, "i32", ["store"], "memory", 2),
  ...row(0, 0x38, "f32", ["store"], "memory", 2),
  ...row(0, 0x39, "f64", ["store"], "memory", 3),
  ...row(0, 0x41, "i32", ["const"], "i32"),
  ...row(0, 0x42, "i64", ["const"], "i64"),
  ...row(0, 0x43, "f32", ["const"], "f32"),
  ...row(0, 0x44, "f64", ["const"], "f64"),
  ...row(0, 0x45, "i32", ["eqz", ...integerCompare]),
  ...row(0, 0x5b, "f32", floatCompare),
  ...row(0, 0x61, "f64", floatCompare),
  ...row(0, 0x6a, "i32", ["add", "sub", "mul"]),
  ...row(0, 0x71, "i32", [...bitwise, "rotl"]),
  ...row(0, 0x7e, "i64", ["mul"]),
  ...row(0, 0x83, "i64", bitwise),
  ...row(0, 0x8b, "f32", [...floatMath, ...floatTwo]),
  ...row(0, 0x99, "f64", [...floatMath, ...floatTwo]),
  ...row(0, 0xa7, "i32", ["wrap_i64"]),
  ...row(0, 0xad, "i64", ["extend_i32_u"]),
  ...row(0, 0xb2, "f32", ["convert_i32_s", "convert_i32_u", "", "", "demote_f64"]),
  ...row(0, 0xb7, "f64", ["convert_i32_s", "convert_i32_u", "", "", "promote_f32"]),
  ...row(0, 0xbc, "i32", ["reinterpret_f32"]),
  ...row(0, 0xbd, "i64", ["reinterpret_f64"]),
  ...row(0, 0xbe, "f32", ["reinterpret_i32"]),
  ...row(0, 0xbf, "f64", ["reinterpret_i64"]),
  ...row(MISC, 0, "i32", ["trunc_sat_f32_s", "trunc_sat_f32_u", "trunc_sat_f64_s", "trunc_sat_f64_u"]),
} as const;

const vectorMath = ["sqrt", ...floatTwo, "pmin", "pmax"] as const;
const shifts = ["shl", "shr_s", "shr_u", "add"] as const;

const vector = {
  ...row(SIMD, 0x00, "v128", ["load"], "memory", 4),
  ...row(SIMD, 0x09, "v128", ["load32_splat"], "memory", 2),
  ...row(SIMD, 0x0a, "v128", ["load64_splat"], "memory", 3),
  ...row(SIMD, 0x0b, "v128", ["store"], "memory", 4),
  ...row(SIMD, 0x0c, "v128", ["const"], "lanes"),
  ...row(SIMD, 0x0d, "i8x16", ["shuffle"], "lanes"),
  ...row(SIMD, 0x11, "i32x4", ["splat"]),
  ...row(SIMD, 0x13, "f32x4", ["splat"]),
  ...row(SIMD, 0x14, "f64x2", ["splat"]),
  ...row(SIMD, 0x1b, "i32x4", ["extract_lane", "replace_lane"], "lane"),
  ...row(SIMD, 0x37, "i32x4", integerCompare),
  ...row(SIMD, 0x41, "f32x4", floatCompare),
  ...row(SIMD, 0x47, "f64x2", floatCompare),
  ...row(SIMD, 0x4d, "v128", ["not", "and", "andnot", "or", "xor", "bitselect", "any_true"]),
  ...row(SIMD, 0x56, "v128", ["load32_lane"], "memoryLane", 2),
  ...row(SIMD, 0x57, "v128", ["load64_lane"], "memoryLane", 3),
  ...row(SIMD, 0x5c, "v128", ["load32_zero"], "memory", 2),
  ...row(SIMD, 0x5d, "v128", ["load64_zero"], "memory", 3),
  ...row(SIMD, 0x5e, "f32x4", ["demote_f64x2_zero"]),
  ...row(SIMD, 0x5f, "f64x2", ["promote_low_f32x4"]),
  ...row(SIMD, 0x67, "f32x4", ["ceil", "floor", "trunc", "nearest"]),
  ...row(SIMD, 0x74, "f64x2", ["ceil", "floor"]),
  ...row(SIMD, 0x7a, "f64x2", ["trunc"]),
  ...row(SIMD, 0x94, "f64x2", ["nearest"]),
  ...row(SIMD, 0xa0, "i32x4", ["abs", "neg"]),
  ...row(SIMD, 0xab, "i32x4", shifts),
  ...row(SIMD, 0xb1, "i32x4", ["sub"]),
  ...row(SIMD, 0xb5, "i32x4", ["mul", "min_s", "min_u", "max_s", "max_u"]),
  ...row(SIMD, 0xc7, "i64x2", [
    "extend_low_i32x4_s",
    "extend_high_i32x4_s",
    "extend_low_i32x4_u",
    "extend_high_i32x4_u",
  ]),
  ...row(SIMD, 0xcb, "i64x2", shifts),
  ...row(SIMD, 0xde, "i64x2", ["extmul_low_i32x4_u", "extmul_high_i32x4_u"]),
  ...row(SIMD, 0xe0, "f32x4", ["abs", "neg", "", ...vectorMath]),
  ...row(SIMD, 0xec, "f64x2", ["abs", "neg", "", ...vectorMath]),
  ...row(SIMD, 0xf8, "i32x4", ["trunc_sat_f32x4_s", "trunc_sat_f32x4_u"]),
  ...row(SIMD, 0xfa, "f32x4", ["convert_i32x4_s", "convert_i32x4_u"]),
  ...row(SIMD, 0xfc, "i32x4", ["trunc_sat_f64x2_s_zero", "trunc_sat_f64x2_u_zero"]),
  ...row(SIMD, 0xfe, "f64x2", ["convert_low_i32x4_s", "convert_low_i32x4_u"]),
} as const;

export const instructions = { ...control, ...scalar, ...vector } as const;
export type Instruction = keyof typeof instructions;
