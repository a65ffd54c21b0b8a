/**
 * Op and dtype → instructions over vectors of eight lanes. A value of 32 bits is one vector, of 64 bits two: lanes 0–3
 * and 4–7. bool is a mask of 32 bits a lane, also beside float64. A uniform value is a vector of equal lanes, so that
 * the same recipes serve for it.
 */

import type { DType } from "../../base/dtype.ts";
import type { OpName } from "../../op/table.ts";
import type { Instruction } from "./forms.ts";
import type { Fused, Machine, Vector } from "./machine.ts";

/** One lane group's part of a register. */
export type Lanes = readonly Vector[];
export type Recipe = (m: Machine, ...operands: Lanes[]) => Lanes;
export type ByDType<R> = { readonly [D in DType]?: R };

/** Vector by vector; once where both are the same. */
export const each =
  (f: (m: Machine, ...operands: Vector[]) => Vector): Recipe =>
  (m, ...operands) => {
    const results: Vector[] = [];
    const count = (operands[0] as Lanes).length;
    for (let i = 0; i < count; i++) {
      const again = i > 0 && operands.every((o) => o[i] === o[0]);
      results.push(again ? (results[0] as Vector) : f(m, ...operands.map((o) => o[i] as Vector)));
    }
    return results;
  };

/** From one vector, or between one and two: the recipe sees plain operands. */
export const whole =
  (f: (m: Machine, ...operands: Vector[]) => Vector | Lanes): Recipe =>
  (m, ...operands) => {
    const result = f(m, ...operands.flat());
    return "vector" in result ? [result] : result;
  };

const plain = (name: Instruction, ...immediate: number[]): Recipe =>
  each((m, ...operands) => m.op(name, ...operands, ...immediate));
const swapped = (name: Instruction): Recipe => each((m, a, b) => m.op(name, b as Vector, a as Vector));

export const same: Recipe = (_, a) => a as Lanes;
const integers = (int32: Recipe, uint32 = int32) => ({ int32, uint32 });
const bits = (name: Instruction) => {
  const recipe = plain(name);
  return { bool: recipe, int32: recipe, uint32: recipe };
};

const ALL = -1;
const SIGN = -(2 ** 31);
export const complement = (m: Machine, a: Vector): Vector => m.op("vpxor", a, m.words(ALL));

/** The order of 64-bit quarters that puts those of two interleaved vectors one behind the other. */
const APART = 0b11_01_10_00;
const EVEN = 0b10_00_10_00;
const ODD = 0b11_01_11_01;

/** The even, or the odd words of two vectors, in order. */
const wordsOf = (m: Machine, a: Vector, b: Vector, which: number): Vector =>
  m.op("vpermq", m.op("vshufps", a, b, which), APART);

export const narrowMask = (m: Machine, a: Vector, b: Vector): Vector => wordsOf(m, a, b, EVEN);
export const highHalf = (m: Machine, a: Vector): Vector => m.op("vextracti128", a, 1);
export const widen = (m: Machine, name: Instruction, a: Vector): Lanes => [m.op(name, a), m.op(name, highHalf(m, a))];
/** A mask of 32 bits a lane as two of 64. */
export const widenMask = (m: Machine, mask: Vector): Lanes => widen(m, "vpmovsxdq", mask);

const signOf = {
  32: (m: Machine) => m.words(SIGN),
  64: (m: Machine) => m.words(0, SIGN),
} as const;
const restOf = {
  32: (m: Machine) => m.words(~SIGN),
  64: (m: Machine) => m.words(ALL, ~SIGN),
} as const;

interface Packed {
  readonly suffix: "ps" | "pd";
  readonly bits: 32 | 64;
}
const packed = { float32: { suffix: "ps", bits: 32 }, float64: { suffix: "pd", bits: 64 } } as const;
const floats = (f: (p: Packed) => Recipe) => ({ float32: f(packed.float32), float64: f(packed.float64) });

/** The machine's minimum gives its second operand for zeros and for NaN. Taken both ways, -0 and NaN show up. */
const minimum = ({ suffix }: Packed): Recipe =>
  each((m, a, b) => {
    const min = `vmin${suffix}` as const;
    return m.op(`vor${suffix}`, m.op(min, a as Vector, b as Vector), m.op(min, b as Vector, a as Vector));
  });

const UNORDERED = 3;

const maximum = ({ suffix }: Packed): Recipe =>
  each((m, x, y) => {
    const [a, b] = [x as Vector, y as Vector];
    const max = `vmax${suffix}` as const;
    const both = m.op(`vand${suffix}`, m.op(max, a, b), m.op(max, b, a));
    return m.op(`vor${suffix}`, both, m.op(`vcmp${suffix}`, a, b, UNORDERED));
  });

/** Comparisons that a NaN makes false, but for "not equal". */
export const predicate = { eq: 0, ne: 4, lt: 0x11, le: 0x12, ordered: 7 } as const;
export const compareFloats = (which: number) => ({
  float32: plain("vcmpps", which),
  float64: whole((m, ...o) => {
    const half = o.length / 2;
    const [low, high] = [0, 1].map((i) => m.op("vcmppd", o[i] as Vector, o[half + i] as Vector, which));
    return narrowMask(m, low as Vector, high as Vector);
  }),
});

/** a ≤ b where the smaller of the two is a. */
const notAbove = (min: Instruction): Recipe =>
  each((m, a, b) => m.op("vpcmpeqd", m.op(min, a as Vector, b as Vector), a as Vector));
const belowUnsigned = each((m, a, b) =>
  complement(m, m.op("vpcmpeqd", m.op("vpminud", a as Vector, b as Vector), b as Vector)),
);
const differs = each((m, a, b) => complement(m, m.op("vpcmpeqd", a as Vector, b as Vector)));

const COUNT = 31;
/** A constant count is part of the instruction. */
const shift = (byNumber: Instruction, byLane: Instruction): Recipe =>
  each((m, a, count) => {
    const known = m.wordOf(count as Vector);
    if (known !== undefined) return m.op(byNumber, a as Vector, known & COUNT);
    return m.op(byLane, a as Vector, m.op("vpand", count as Vector, m.words(COUNT)));
  });

/** Bytes of 128 bits in the order that rotates each word to the left by so many of them. */
function rotatedBytes(by: number): number[] {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => (i & ~3) + ((i - by) & 3));
  return [...new Int32Array(bytes.buffer)];
}

/** Whole bytes are put in another order; other counts take two shifts. */
const rotate = each((m, a, count) => {
  const known = m.wordOf(count as Vector);
  if (known === undefined) {
    const by = m.op("vpand", count as Vector, m.words(COUNT));
    const rest = m.op("vpsubd", m.words(32), by);
    return m.op("vpor", m.op("vpsllvd", a as Vector, by), m.op("vpsrlvd", a as Vector, rest));
  }
  if (known % 8 === 0) return m.op("vpshufb", a as Vector, m.words(...rotatedBytes(known / 8)));
  const [left, right] = [known & COUNT, -known & COUNT];
  return m.op("vpor", m.op("vpslld", a as Vector, left), m.op("vpsrld", a as Vector, right));
});

const ODD_LANES = 0b10101010;
/** Every odd word twice, the even ones are lost. */
const oddWords = (m: Machine, a: Vector): Vector => (m.wordOf(a) === undefined ? m.op("vpshufd", a, 0b11_11_01_01) : a);

/** Even and odd lanes are multiplied apart: a product of 64 bits takes two places. */
const mulHigh = each((m, a, b) => {
  const even = m.op("vpmuludq", a as Vector, b as Vector);
  const odd = m.op("vpmuludq", oddWords(m, a as Vector), oddWords(m, b as Vector));
  return m.op("vpblendd", oddWords(m, even), odd, ODD_LANES);
});

const select32 = each((m, mask, a, b) => m.op("vblendvps", b as Vector, a as Vector, mask as Vector));
const select64: Recipe = (m, mask, a, b) => {
  const masks = widenMask(m, (mask as Lanes)[0] as Vector);
  return masks.map((wide, i) => m.op("vblendvpd", b?.[i] as Vector, a?.[i] as Vector, wide));
};

const EXPONENT = 2047;
const BIAS = 1023;

const exponentOf = whole((m, a, b) => {
  const field = m.op("vpsrld", wordsOf(m, a as Vector, b as Vector, ODD), 20);
  return m.op("vpsubd", m.op("vpand", field, m.words(EXPONENT)), m.words(BIAS));
});
const mantissaOf = each((m, a) => m.op("vorpd", m.op("vandpd", a as Vector, m.words(ALL, 0x800fffff)), m.float64(1)));
const powerOfTwo = whole((m, n) => {
  const field = m.op("vpand", m.op("vpaddd", n as Vector, m.words(BIAS)), m.words(EXPONENT));
  return widen(m, "vpmovzxdq", field).map((half) => m.op("vpsllq", half, 52));
});

const rounding = (mode: number) => floats((p) => plain(`vround${p.suffix}`, mode));
const arithmetic = (name: "add" | "sub" | "mul" | "div") => floats((p) => plain(`v${name}${p.suffix}`));
const fusing = (family: Fused) =>
  floats((p) => each((m, a, b, c) => m.fuse(`v${family}`, p.suffix, [a as Vector, b as Vector], c as Vector)));
/** Without telling of inexact results. */
export const round = { even: 8, floor: 9, ceil: 10, trunc: 11 } as const;

/** By the dtype of the last operand. */
export const laneOps: { readonly [O in OpName]?: ByDType<Recipe> } = {
  neg: {
    ...integers(each((m, a) => m.op("vpsubd", m.words(0), a as Vector))),
    ...floats((p) => each((m, a) => m.op(`vxor${p.suffix}`, a as Vector, signOf[p.bits](m)))),
  },
  abs: {
    ...integers(plain("vpabsd"), same),
    ...floats((p) => each((m, a) => m.op(`vand${p.suffix}`, a as Vector, restOf[p.bits](m)))),
  },
  sqrt: floats((p) => plain(`vsqrt${p.suffix}`)),
  floor: rounding(round.floor),
  ceil: rounding(round.ceil),
  trunc: rounding(round.trunc),
  round: rounding(round.even),
  add: { ...integers(plain("vpaddd")), ...arithmetic("add") },
  sub: { ...integers(plain("vpsubd")), ...arithmetic("sub") },
  mul: { ...integers(plain("vpmulld")), ...arithmetic("mul") },
  mulHigh: { uint32: mulHigh },
  div: arithmetic("div"),
  min: { ...integers(plain("vpminsd"), plain("vpminud")), ...floats(minimum) },
  max: { ...integers(plain("vpmaxsd"), plain("vpmaxud")), ...floats(maximum) },
  pmin: floats((p) => swapped(`vmin${p.suffix}`)),
  pmax: floats((p) => swapped(`vmax${p.suffix}`)),
  fusedAdd: fusing("fmadd"),
  fusedSub: fusing("fmsub"),
  fusedNegate: fusing("fnmadd"),
  eq: { bool: plain("vpcmpeqd"), ...integers(plain("vpcmpeqd")), ...compareFloats(predicate.eq) },
  ne: { bool: plain("vpxor"), ...integers(differs), ...compareFloats(predicate.ne) },
  lt: { ...integers(swapped("vpcmpgtd"), belowUnsigned), ...compareFloats(predicate.lt) },
  le: { ...integers(notAbove("vpminsd"), notAbove("vpminud")), ...compareFloats(predicate.le) },
  and: bits("vpand"),
  or: bits("vpor"),
  xor: bits("vpxor"),
  not: { bool: each((m, a) => complement(m, a as Vector)), ...integers(each((m, a) => complement(m, a as Vector))) },
  shl: integers(shift("vpslld", "vpsllvd")),
  shr: integers(shift("vpsrad", "vpsravd"), shift("vpsrld", "vpsrlvd")),
  rotl: { uint32: rotate },
  select: { bool: select32, ...integers(select32), float32: select32, float64: select64 },
  exponentOf: { float64: exponentOf },
  mantissaOf: { float64: mantissaOf },
  powerOfTwo: { int32: powerOfTwo },
};
