/**
 * Lane registers: op and dtype → vector instructions. A value of 32 bits is one vector of four lanes, of 64 bits two.
 * bool is a mask of 32 bits a lane; where float64 takes part, a pair of vectors with 64 bits a lane ("wide").
 */

import type { DType } from "../../base/dtype.ts";
import type { OpName } from "../../op/table.ts";
import { type Code, i32, int32x4, op, opWith, splatConst } from "./code.ts";
import type { Instruction } from "./instructions.ts";

/** One lane group's part of a register: one vector or two. */
export type Vector = readonly Code[];
/** Operands are constants or locals, so a recipe may name them more than once. */
export type LaneRecipe = (...operands: Vector[]) => Vector;
export type ByDType<R> = { readonly [D in DType]?: R };

/** Vector by vector. */
const each =
  (instruction: Instruction, ...order: number[]): LaneRecipe =>
  (...operands) => {
    const ordered = order.length === 0 ? operands : order.map((i) => operands[i] as Vector);
    return (ordered[0] as Vector).map((_, i) => op(instruction, ...ordered.map((v) => v[i] as Code)));
  };

/** From one vector, or between one and two: the recipe sees plain operands. */
const whole =
  (f: (...operands: Code[]) => Code | Vector): LaneRecipe =>
  (...operands) => {
    const result = f(...operands.flat());
    return "instruction" in result ? [result] : result;
  };

const same: LaneRecipe = (a) => a as Vector;
const anyDType = <R>(r: R) => ({ bool: r, int32: r, uint32: r, float32: r, float64: r });
const bits = (instruction: Instruction) => {
  const recipe = each(instruction);
  return { bool: recipe, int32: recipe, uint32: recipe };
};

type FloatName = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "trunc" | "nearest" | "add" | "sub" | "mul" | "div";
type FloatSuffix = FloatName | "min" | "max" | "pmin" | "pmax" | "eq" | "ne" | "lt" | "le";
const floats = (name: FloatSuffix) => ({ float32: each(`f32x4.${name}`), float64: each(`f64x2.${name}`) });
const integers = (int32: Instruction, uint32 = int32) => ({ int32: each(int32), uint32: each(uint32) });

const combine = (bytes: readonly number[], a: Code, b: Code): Code => opWith("i8x16.shuffle", bytes, a, b);
const words = (...numbers: number[]): number[] => numbers.flatMap((w) => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3]);
/** Words 0–3 are of the first vector, 4–7 of the second. */
const lowHalves = words(0, 1, 4, 5);
const evenWords = words(0, 2, 4, 6);
const oddWords = words(1, 3, 5, 7);
const highHalf = (a: Code): Code => combine(words(2, 3, 2, 3), a, a);

/** Masks of 64 bits to masks of 32, and back. */
export const narrowMask = ([a, b]: Vector): Code => combine(evenWords, a as Code, b as Code);
export const widenMask = (mask: Code): Vector => [
  op("i64x2.extend_low_i32x4_s", mask),
  op("i64x2.extend_high_i32x4_s", mask),
];

/** There is no shift with a count per lane. 2^count goes through the exponent of a float32, to be multiplied with. */
const shiftLeft = whole((a, count) => {
  const masked = op("v128.and", count as Code, int32x4(31));
  const power = op("i32x4.shl", op("i32x4.add", masked, int32x4(127)), i32(23));
  return op("i32x4.mul", a as Code, op("i32x4.trunc_sat_f32x4_u", power));
});

const shiftRight = (shift: Instruction): LaneRecipe =>
  whole((a, count) => {
    const lane = (vector: Code, l: number): Code => opWith("i32x4.extract_lane", l, vector);
    let out = a as Code;
    for (let l = 0; l < 4; l++) {
      out = opWith("i32x4.replace_lane", l, out, op(shift, lane(a as Code, l), lane(count as Code, l)));
    }
    return out;
  });

const rotate: LaneRecipe = (a, count) => {
  const rest = [op("i32x4.neg", (count as Vector)[0] as Code)];
  const [left, right] = [shiftLeft(a as Vector, count as Vector), shiftRight("i32.shr_u")(a as Vector, rest)];
  return [op("v128.or", left[0] as Code, right[0] as Code)];
};

/** Of four products of 64 bits, the upper words. */
const mulHigh = whole((a, b) => {
  const product = (half: "low" | "high") => op(`i64x2.extmul_${half}_i32x4_u`, a as Code, b as Code);
  return combine(oddWords, product("low"), product("high"));
});

const exponentOf = whole((a, b) => {
  const field = op("i32x4.shr_u", combine(oddWords, a as Code, b as Code), i32(20));
  return op("i32x4.sub", op("v128.and", field, int32x4(2047)), int32x4(1023));
});

const wordPair = (low: number, high: number): Code => {
  const bytes = new Uint8Array(new Int32Array([low, high, low, high]).buffer);
  return opWith("v128.const", bytes);
};

const mantissaOf: LaneRecipe = (a) =>
  (a as Vector).map((x) => op("v128.or", op("v128.and", x, wordPair(-1, 0x800fffff)), splatConst("float64", 1)));

const powerOfTwo = whole((n) => {
  const field = op("v128.and", op("i32x4.add", n as Code, int32x4(1023)), int32x4(2047));
  const place = (half: Code): Code => op("i64x2.shl", half, i32(52));
  return [place(op("i64x2.extend_low_i32x4_u", field)), place(op("i64x2.extend_high_i32x4_u", field))];
});

/** By the dtype of the last operand. float64 comparisons give, and float64 selects take, wide masks. */
export const laneOps: { readonly [O in OpName]?: ByDType<LaneRecipe> } = {
  neg: { ...integers("i32x4.neg"), ...floats("neg") },
  abs: { int32: each("i32x4.abs"), uint32: same, ...floats("abs") },
  sqrt: floats("sqrt"),
  floor: floats("floor"),
  ceil: floats("ceil"),
  trunc: floats("trunc"),
  round: floats("nearest"),
  add: { ...integers("i32x4.add"), ...floats("add") },
  sub: { ...integers("i32x4.sub"), ...floats("sub") },
  mul: { ...integers("i32x4.mul"), ...floats("mul") },
  mulHigh: { uint32: mulHigh },
  div: floats("div"),
  min: { ...integers("i32x4.min_s", "i32x4.min_u"), ...floats("min") },
  max: { ...integers("i32x4.max_s", "i32x4.max_u"), ...floats("max") },
  pmin: floats("pmin"),
  pmax: floats("pmax"),
  eq: { bool: each("i32x4.eq"), ...integers("i32x4.eq"), ...floats("eq") },
  ne: { bool: each("v128.xor"), ...integers("i32x4.ne"), ...floats("ne") },
  lt: { ...integers("i32x4.lt_s", "i32x4.lt_u"), ...floats("lt") },
  le: { ...integers("i32x4.le_s", "i32x4.le_u"), ...floats("le") },
  and: bits("v128.and"),
  or: bits("v128.or"),
  xor: bits("v128.xor"),
  not: bits("v128.not"),
  shl: { int32: shiftLeft, uint32: shiftLeft },
  shr: { int32: shiftRight("i32.shr_s"), uint32: shiftRight("i32.shr_u") },
  rotl: { uint32: rotate },
  select: anyDType(each("v128.bitselect", 1, 2, 0)),
  exponentOf: { float64: exponentOf },
  mantissaOf: { float64: mantissaOf },
  powerOfTwo: { int32: powerOfTwo },
};

type Shift = (a: Code, count: Code) => Code;

const shift =
  (instruction: Instruction): Shift =>
  (a, count) =>
    op(instruction, a, count);

/** Half words change places in two instructions of most machines, shifts and their union take three. */
const rotateByUniform: Shift = (a, count) => {
  const known = count.instruction === "i32.const" ? (count.immediate as number) : undefined;
  if (known === 16) return combine([2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13], a, a);
  const rest = known === undefined ? op("i32.sub", i32(0), count) : i32(-known & 31);
  return op("v128.or", op("i32x4.shl", a, count), op("i32x4.shr_u", a, rest));
};

/** A count that all lanes share stays a scalar. */
export const shiftByUniform: { readonly [O in OpName]?: ByDType<Shift> } = {
  shl: { int32: shift("i32x4.shl"), uint32: shift("i32x4.shl") },
  shr: { int32: shift("i32x4.shr_s"), uint32: shift("i32x4.shr_u") },
  rotl: { uint32: rotateByUniform },
};

const isNotZero = (instruction: Instruction): LaneRecipe => {
  return (a) => (a as Vector).map((x) => op(instruction, x, int32x4(0)));
};
const halves = (instruction: Instruction) =>
  whole((a) => [op(instruction, a as Code), op(instruction, highHalf(a as Code))]);
const merged = (instruction: Instruction) =>
  whole((a, b) => combine(lowHalves, op(instruction, a as Code), op(instruction, b as Code)));
const oneWhere = (dtype: DType): LaneRecipe => {
  return (mask) => (mask as Vector).map((m) => op("v128.and", m, splatConst(dtype, 1)));
};
const bitOfMask: LaneRecipe = (mask) => (mask as Vector).map((m) => op("i32x4.shr_u", m, i32(31)));

type Casts = { readonly [From in DType]: ByDType<LaneRecipe> };

/** From dtype → to dtype. bool → float64 takes a wide mask, float64 → bool gives one. */
export const laneConvert: Casts = {
  bool: {
    bool: same,
    int32: bitOfMask,
    uint32: bitOfMask,
    float32: oneWhere("float32"),
    float64: oneWhere("float64"),
  },
  int32: {
    bool: isNotZero("i32x4.ne"),
    int32: same,
    uint32: same,
    float32: each("f32x4.convert_i32x4_s"),
    float64: halves("f64x2.convert_low_i32x4_s"),
  },
  uint32: {
    bool: isNotZero("i32x4.ne"),
    int32: same,
    uint32: same,
    float32: each("f32x4.convert_i32x4_u"),
    float64: halves("f64x2.convert_low_i32x4_u"),
  },
  float32: {
    bool: isNotZero("f32x4.ne"),
    int32: each("i32x4.trunc_sat_f32x4_s"),
    uint32: each("i32x4.trunc_sat_f32x4_u"),
    float32: same,
    float64: halves("f64x2.promote_low_f32x4"),
  },
  float64: {
    bool: isNotZero("f64x2.ne"),
    int32: merged("i32x4.trunc_sat_f64x2_s_zero"),
    uint32: merged("i32x4.trunc_sat_f64x2_u_zero"),
    float32: merged("f32x4.demote_f64x2_zero"),
    float64: same,
  },
};

const same32 = { int32: same, uint32: same, float32: same };
/** A vector has no dtype of its own. */
export const laneBitcast: Casts = { bool: {}, int32: same32, uint32: same32, float32: same32, float64: {} };
