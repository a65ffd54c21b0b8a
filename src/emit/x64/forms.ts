/**
 * The x86-64 instructions in use: name → opcode and operands. One table for the encoder, the register allocation and
 * the tests. What follows a dot in a name tells forms of one mnemonic apart.
 */

/**
 * `y`, `x`: vector registers of 256 and 128 bits; `r32`, `r64`: general ones; `m…`: memory of so many bits;
 * `…/m…`: either; `i8`, `i32`: the instruction's own number.
 */
export type OperandKind =
  | "y"
  | "x"
  | "r32"
  | "r64"
  | `m${32 | 64 | 128 | 256}`
  | `${"x" | "y" | "r32" | "r64"}/m${32 | 64 | 128 | 256}`
  | "i8"
  | "i32";

export interface Form {
  readonly vex: boolean;
  /** 0, 0x66, 0xf3 or 0xf2. */
  readonly prefix: number;
  /** 0: one byte, 1: 0f, 2: 0f 38, 3: 0f 3a. */
  readonly map: number;
  readonly wide: boolean;
  readonly opcode: number;
  /** In the place of a register operand. */
  readonly digit: number | undefined;
  readonly operands: readonly OperandKind[];
  /** The first operand is read as well as written. */
  readonly readsFirst: boolean;
}

type Kinds = readonly OperandKind[];
type Extra = { readonly digit?: number; readonly wide?: boolean; readonly readsFirst?: boolean };

const form = (vex: boolean, prefix: number, map: number, opcode: number, operands: Kinds, extra: Extra = {}): Form => ({
  vex,
  prefix,
  map,
  opcode,
  operands,
  digit: extra.digit,
  wide: extra.wide ?? false,
  readsFirst: extra.readsFirst ?? false,
});

const NP = 0;
const P66 = 0x66;
const F3 = 0xf3;
const F2 = 0xf2;

const vex =
  (prefix: number, map: number) =>
  (opcode: number, operands: Kinds, extra?: Extra): Form =>
    form(true, prefix, map, opcode, operands, extra);

const ps = vex(NP, 1);
const pd = vex(P66, 1);
const ss = vex(F3, 1);
const sd = vex(F2, 1);
const m38 = vex(P66, 2);
const m3a = vex(P66, 3);

const yyy: Kinds = ["y", "y", "y/m256"];
const yy: Kinds = ["y", "y/m256"];
const xxx32: Kinds = ["x", "x", "x/m32"];
const xxx64: Kinds = ["x", "x", "x/m64"];
const W = { wide: true } as const;

/** Of packed and scalar floats: four instructions of one opcode. */
type Arithmetic<N extends string> = { readonly [K in `v${N}${"ps" | "pd" | "ss" | "sd"}`]: Form };
const arithmetic = <const N extends string>(name: N, opcode: number): Arithmetic<N> =>
  ({
    [`v${name}ps`]: ps(opcode, yyy),
    [`v${name}pd`]: pd(opcode, yyy),
    [`v${name}ss`]: ss(opcode, xxx32),
    [`v${name}sd`]: sd(opcode, xxx64),
  }) as Arithmetic<N>;

const floats = {
  ...arithmetic("add", 0x58),
  ...arithmetic("mul", 0x59),
  ...arithmetic("sub", 0x5c),
  ...arithmetic("min", 0x5d),
  ...arithmetic("div", 0x5e),
  ...arithmetic("max", 0x5f),
  vsqrtps: ps(0x51, yy),
  vsqrtpd: pd(0x51, yy),
  vsqrtss: ss(0x51, xxx32),
  vsqrtsd: sd(0x51, xxx64),
  vandps: ps(0x54, yyy),
  vandpd: pd(0x54, yyy),
  vandnps: ps(0x55, yyy),
  vandnpd: pd(0x55, yyy),
  vorps: ps(0x56, yyy),
  vorpd: pd(0x56, yyy),
  vxorps: ps(0x57, yyy),
  vxorpd: pd(0x57, yyy),
  vcmpps: ps(0xc2, [...yyy, "i8"]),
  vcmppd: pd(0xc2, [...yyy, "i8"]),
  vcmpss: ss(0xc2, [...xxx32, "i8"]),
  vcmpsd: sd(0xc2, [...xxx64, "i8"]),
  vucomiss: ps(0x2e, ["x", "x/m32"]),
  vucomisd: pd(0x2e, ["x", "x/m64"]),
  vroundps: m3a(0x08, [...yy, "i8"]),
  vroundpd: m3a(0x09, [...yy, "i8"]),
  vroundss: m3a(0x0a, [...xxx32, "i8"]),
  vroundsd: m3a(0x0b, [...xxx64, "i8"]),
  vcvtdq2ps: ps(0x5b, yy),
  vcvtdq2pd: ss(0xe6, ["y", "x/m128"]),
  vcvttps2dq: ss(0x5b, yy),
  vcvttpd2dq: pd(0xe6, ["x", "y/m256"]),
  vcvtps2pd: ps(0x5a, ["y", "x/m128"]),
  vcvtpd2ps: pd(0x5a, ["x", "y/m256"]),
  vcvtss2sd: ss(0x5a, xxx32),
  vcvtsd2ss: sd(0x5a, xxx64),
  vcvtsi2ss: ss(0x2a, ["x", "x", "r32/m32"]),
  vcvtsi2sd: sd(0x2a, ["x", "x", "r32/m32"]),
  vcvttss2si: ss(0x2c, ["r32", "x/m32"]),
  vcvttsd2si: sd(0x2c, ["r32", "x/m64"]),
  vshufps: ps(0xc6, [...yyy, "i8"]),
  vunpcklps: ps(0x14, yyy),
  vunpckhps: ps(0x15, yyy),
  vblendvps: m3a(0x4a, [...yyy, "y"]),
  vblendvpd: m3a(0x4b, [...yyy, "y"]),
} as const;

type Fused<N extends string> = { readonly [K in `v${N}${"132" | "213" | "231"}${"ps" | "pd"}`]: Form };
const fused = <const N extends string>(name: N, low: number): Fused<N> => {
  const orders = ["132", "213", "231"].flatMap((order, i) => {
    const one = (extra: Extra) => m38(low + 0x10 * i, yyy, { ...extra, readsFirst: true });
    return [
      [`v${name}${order}ps`, one({})],
      [`v${name}${order}pd`, one(W)],
    ] as const;
  });
  return Object.fromEntries(orders) as Fused<N>;
};

const multiplyAdd = {
  ...fused("fmadd", 0x98),
  ...fused("fmsub", 0x9a),
  ...fused("fnmadd", 0x9c),
  ...fused("fnmsub", 0x9e),
} as const;

const shift = (opcode: number, digit: number): Form => pd(opcode, ["y", "y", "i8"], { digit });

const integers = {
  vpaddd: pd(0xfe, yyy),
  vpaddq: pd(0xd4, yyy),
  vpsubd: pd(0xfa, yyy),
  vpsubq: pd(0xfb, yyy),
  vpmulld: m38(0x40, yyy),
  vpmuludq: pd(0xf4, yyy),
  vpblendd: m3a(0x02, [...yyy, "i8"]),
  vpand: pd(0xdb, yyy),
  vpandn: pd(0xdf, yyy),
  vpor: pd(0xeb, yyy),
  vpxor: pd(0xef, yyy),
  vpcmpeqd: pd(0x76, yyy),
  vpcmpgtd: pd(0x66, yyy),
  vpminsd: m38(0x39, yyy),
  vpminud: m38(0x3b, yyy),
  vpmaxsd: m38(0x3d, yyy),
  vpmaxud: m38(0x3f, yyy),
  vpabsd: m38(0x1e, yy),
  vpsrlvd: m38(0x45, yyy),
  vpsravd: m38(0x46, yyy),
  vpsllvd: m38(0x47, yyy),
  vpsrld: shift(0x72, 2),
  vpsrad: shift(0x72, 4),
  vpslld: shift(0x72, 6),
  vpsrlq: shift(0x73, 2),
  vpsllq: shift(0x73, 6),
  vpshufb: m38(0x00, yyy),
  vpshufd: pd(0x70, [...yy, "i8"]),
  vpermq: m3a(0x00, [...yy, "i8"], W),
  vpmovsxdq: m38(0x25, ["y", "x/m128"]),
  vpmovzxdq: m38(0x35, ["y", "x/m128"]),
  vinserti128: m3a(0x38, ["y", "y", "x/m128", "i8"]),
  vextracti128: m3a(0x39, ["x/m128", "y", "i8"]),
  vptest: m38(0x17, yy),
  vmovmskps: ps(0x50, ["r32", "y"]),
  vmovmskpd: pd(0x50, ["r32", "y"]),
} as const;

const moves = {
  vmovaps: ps(0x28, yy),
  vmovups: ps(0x10, yy),
  "vmovups.store": ps(0x11, ["m256", "y"]),
  "vmovups.load128": ps(0x10, ["x", "x/m128"]),
  "vmovups.store128": ps(0x11, ["m128", "x"]),
  vmovss: ss(0x10, ["x", "m32"]),
  "vmovss.store": ss(0x11, ["m32", "x"]),
  vmovsd: sd(0x10, ["x", "m64"]),
  "vmovsd.store": sd(0x11, ["m64", "x"]),
  vmovd: pd(0x6e, ["x", "r32/m32"]),
  "vmovd.store": pd(0x7e, ["r32/m32", "x"]),
  vmovq: pd(0x6e, ["x", "r64/m64"], W),
  "vmovq.store": pd(0x7e, ["r64/m64", "x"], W),
  vbroadcastss: m38(0x18, ["y", "x/m32"]),
  vbroadcastsd: m38(0x19, ["y", "x/m64"]),
  vpbroadcastd: m38(0x58, ["y", "x/m32"]),
  vpinsrd: m3a(0x22, ["x", "x", "r32/m32", "i8"]),
  vpextrd: m3a(0x16, ["r32/m32", "x", "i8"]),
  vpextrq: m3a(0x16, ["r64/m64", "x", "i8"], W),
  vinsertps: m3a(0x21, ["x", "x", "x/m32", "i8"]),
  vmovhpd: pd(0x16, ["x", "x", "m64"]),
  vinsertf128: m3a(0x18, ["y", "y", "x/m128", "i8"]),
  vzeroupper: ps(0x77, []),
  vldmxcsr: ps(0xae, ["m32"], { digit: 2 }),
  vstmxcsr: ps(0xae, ["m32"], { digit: 3 }),
} as const;

const legacy = (opcode: number, operands: Kinds, extra?: Extra, map = 0): Form =>
  form(false, NP, map, opcode, operands, extra);

type Both<N extends string> = { readonly [K in `${N}${"" | ".32" | ".i" | ".i32"}`]: Form };
/** Register with register or memory, and with a number, in 64 and in 32 bits. */
const general = <const N extends string>(name: N, opcode: number, digit: number): Both<N> =>
  ({
    [name]: legacy(opcode, ["r64", "r64/m64"], { wide: true, readsFirst: true }),
    [`${name}.32`]: legacy(opcode, ["r32", "r32/m32"], { readsFirst: true }),
    [`${name}.i`]: legacy(0x81, ["r64/m64", "i32"], { wide: true, digit, readsFirst: true }),
    [`${name}.i32`]: legacy(0x81, ["r32/m32", "i32"], { digit, readsFirst: true }),
  }) as Both<N>;

const general64: Kinds = ["r64", "r64/m64"];
const general32: Kinds = ["r32", "r32/m32"];

const scalar = {
  ...general("add", 0x03, 0),
  ...general("or", 0x0b, 1),
  ...general("and", 0x23, 4),
  ...general("sub", 0x2b, 5),
  ...general("xor", 0x33, 6),
  ...general("cmp", 0x3b, 7),
  mov: legacy(0x8b, general64, W),
  "mov.32": legacy(0x8b, general32),
  "mov.store": legacy(0x89, ["m64", "r64"], W),
  "mov.store32": legacy(0x89, ["m32", "r32"]),
  "mov.i": legacy(0xc7, ["r64/m64", "i32"], { wide: true, digit: 0 }),
  "mov.i32": legacy(0xc7, ["r32/m32", "i32"], { digit: 0 }),
  movsxd: legacy(0x63, ["r64", "r32/m32"], W),
  lea: legacy(0x8d, ["r64", "m64"], W),
  imul: legacy(0xaf, general64, { wide: true, readsFirst: true }, 1),
  "imul.32": legacy(0xaf, general32, { readsFirst: true }, 1),
  cmovl: legacy(0x4c, general64, { wide: true, readsFirst: true }, 1),
  cmovg: legacy(0x4f, general64, { wide: true, readsFirst: true }, 1),
  "imul.i": legacy(0x69, [...general64, "i32"], W),
  test: legacy(0x85, ["r64/m64", "r64"], W),
  "test.32": legacy(0x85, ["r32/m32", "r32"]),
  neg: legacy(0xf7, ["r64/m64"], { wide: true, digit: 3, readsFirst: true }),
  "neg.32": legacy(0xf7, ["r32/m32"], { digit: 3, readsFirst: true }),
  shl: legacy(0xc1, ["r64/m64", "i8"], { wide: true, digit: 4, readsFirst: true }),
  shr: legacy(0xc1, ["r64/m64", "i8"], { wide: true, digit: 5, readsFirst: true }),
  sar: legacy(0xc1, ["r64/m64", "i8"], { wide: true, digit: 7, readsFirst: true }),
  inc: legacy(0xff, ["r64/m64"], { wide: true, digit: 0, readsFirst: true }),
  dec: legacy(0xff, ["r64/m64"], { wide: true, digit: 1, readsFirst: true }),
  push: legacy(0xff, ["r64/m64"], { digit: 6 }),
  pop: legacy(0x8f, ["r64/m64"], { digit: 0 }),
  ret: legacy(0xc3, []),
} as const;

export const forms = { ...floats, ...multiplyAdd, ...integers, ...moves, ...scalar } as const;
export type Instruction = keyof typeof forms;

/** Jumps, by their opcode after 0f; `jmp` has one of its own. */
export const jumps = {
  jo: 0x80,
  jb: 0x82,
  jae: 0x83,
  je: 0x84,
  jne: 0x85,
  jl: 0x8c,
  jge: 0x8d,
  jle: 0x8e,
  jg: 0x8f,
} as const;
export type Jump = keyof typeof jumps | "jmp";

/** The operand that may be memory: the one of the instruction's mod-rm field. */
export function memoryPlace({ operands, digit }: Form): number {
  const memory = operands.findIndex((kind) => kind.includes("m"));
  if (memory >= 0) return memory;
  return digit === undefined ? operands.findLastIndex((kind) => !kind.startsWith("i")) : operands.length - 2;
}
