/** Uniform registers: op and dtype → scalar instructions. bool is an i32, 0 or 1. */

import type { DType } from "../../base/dtype.ts";
import type { OpName } from "../../op/table.ts";
import { type Code, i32, op, opWith } from "./code.ts";
import type { Instruction } from "./instructions.ts";
import type { ByDType } from "./lane.ts";

/** Operands are constants or locals. */
export type UniformRecipe = (...operands: Code[]) => Code;

const plain =
  (instruction: Instruction): UniformRecipe =>
  (...operands) =>
    op(instruction, ...operands);

type FloatSuffix =
  | "neg"
  | "abs"
  | "sqrt"
  | "floor"
  | "ceil"
  | "trunc"
  | "nearest" // one operand
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "min"
  | "max"
  | "eq"
  | "ne"
  | "lt"
  | "le"; // two
const floats = (name: FloatSuffix) => ({ float32: plain(`f32.${name}`), float64: plain(`f64.${name}`) });
const integers = (int32: Instruction, uint32 = int32) => ({ int32: plain(int32), uint32: plain(uint32) });
const bits = (instruction: Instruction) => ({ bool: plain(instruction), ...integers(instruction) });
const both = (recipe: UniformRecipe) => ({ int32: recipe, uint32: recipe });

const same: UniformRecipe = (a) => a as Code;
const choose = (condition: Code, yes: Code, no: Code): Code => op("select", yes, no, condition);

/** The first operand if it compares so with the second, else the second. */
const firstIf =
  (instruction: Instruction): UniformRecipe =>
  (a, b) =>
    choose(op(instruction, a as Code, b as Code), a as Code, b as Code);

/** `b` if it is on the better side of `a`, else `a`. */
const replaceIf = (instruction: Instruction, bFirst: boolean): UniformRecipe => {
  return (a, b) => choose(op(instruction, (bFirst ? b : a) as Code, (bFirst ? a : b) as Code), b as Code, a as Code);
};

const select: UniformRecipe = (condition, a, b) => choose(condition as Code, a as Code, b as Code);
const negate: UniformRecipe = (a) => op("i32.sub", i32(0), a as Code);
const complement: UniformRecipe = (a) => op("i32.xor", a as Code, i32(-1));

const absolute: UniformRecipe = (a) => {
  const sign = op("i32.shr_s", a as Code, i32(31));
  return op("i32.sub", op("i32.xor", a as Code, sign), sign);
};

const i64 = (value: bigint): Code => opWith("i64.const", value);
const bitsOf = (a: Code): Code => op("i64.reinterpret_f64", a);

const mulHigh: UniformRecipe = (a, b) => {
  const wide = (x: Code | undefined): Code => op("i64.extend_i32_u", x as Code);
  return op("i32.wrap_i64", op("i64.shr_u", op("i64.mul", wide(a), wide(b)), i64(32n)));
};

const exponentOf: UniformRecipe = (a) => {
  const field = op("i32.wrap_i64", op("i64.shr_u", bitsOf(a as Code), i64(52n)));
  return op("i32.sub", op("i32.and", field, i32(2047)), i32(1023));
};

const mantissaOf: UniformRecipe = (a) => {
  const kept = op("i64.and", bitsOf(a as Code), i64(0x800fffffffffffffn));
  return op("f64.reinterpret_i64", op("i64.or", kept, i64(0x3ff0000000000000n)));
};

const powerOfTwo: UniformRecipe = (n) => {
  const field = op("i32.and", op("i32.add", n as Code, i32(1023)), i32(2047));
  return op("f64.reinterpret_i64", op("i64.shl", op("i64.extend_i32_u", field), i64(52n)));
};

/** By the dtype of the last operand. */
export const uniformOps: { readonly [O in OpName]?: ByDType<UniformRecipe> } = {
  neg: { ...both(negate), ...floats("neg") },
  abs: { int32: absolute, uint32: same, ...floats("abs") },
  sqrt: floats("sqrt"),
  floor: floats("floor"),
  ceil: floats("ceil"),
  trunc: floats("trunc"),
  round: floats("nearest"),
  add: { ...integers("i32.add"), ...floats("add") },
  sub: { ...integers("i32.sub"), ...floats("sub") },
  mul: { ...integers("i32.mul"), ...floats("mul") },
  mulHigh: { uint32: mulHigh },
  div: floats("div"),
  min: { int32: firstIf("i32.lt_s"), uint32: firstIf("i32.lt_u"), ...floats("min") },
  max: { int32: firstIf("i32.gt_s"), uint32: firstIf("i32.gt_u"), ...floats("max") },
  pmin: { float32: replaceIf("f32.lt", true), float64: replaceIf("f64.lt", true) },
  pmax: { float32: replaceIf("f32.lt", false), float64: replaceIf("f64.lt", false) },
  eq: { bool: plain("i32.eq"), ...integers("i32.eq"), ...floats("eq") },
  ne: { bool: plain("i32.ne"), ...integers("i32.ne"), ...floats("ne") },
  lt: { ...integers("i32.lt_s", "i32.lt_u"), ...floats("lt") },
  le: { ...integers("i32.le_s", "i32.le_u"), ...floats("le") },
  and: bits("i32.and"),
  or: bits("i32.or"),
  xor: bits("i32.xor"),
  not: { bool: plain("i32.eqz"), ...both(complement) },
  shl: integers("i32.shl"),
  shr: integers("i32.shr_s", "i32.shr_u"),
  rotl: { uint32: plain("i32.rotl") },
  select: { bool: select, ...both(select), float32: select, float64: select },
  exponentOf: { float64: exponentOf },
  mantissaOf: { float64: mantissaOf },
  powerOfTwo: { int32: powerOfTwo },
};

type Casts = { readonly [From in DType]: ByDType<UniformRecipe> };

const isNotZero = (instruction: "i32.ne" | "f32.ne" | "f64.ne", zero: Code): UniformRecipe => {
  return (a) => op(instruction, a as Code, zero);
};
const fromUnsigned = { float32: plain("f32.convert_i32_u"), float64: plain("f64.convert_i32_u") };

/** From dtype → to dtype. */
export const uniformConvert: Casts = {
  bool: { bool: same, ...both(same), ...fromUnsigned },
  int32: {
    bool: isNotZero("i32.ne", i32(0)),
    ...both(same),
    float32: plain("f32.convert_i32_s"),
    float64: plain("f64.convert_i32_s"),
  },
  uint32: { bool: isNotZero("i32.ne", i32(0)), ...both(same), ...fromUnsigned },
  float32: {
    bool: isNotZero("f32.ne", opWith("f32.const", 0)),
    ...integers("i32.trunc_sat_f32_s", "i32.trunc_sat_f32_u"),
    float32: same,
    float64: plain("f64.promote_f32"),
  },
  float64: {
    bool: isNotZero("f64.ne", opWith("f64.const", 0)),
    ...integers("i32.trunc_sat_f64_s", "i32.trunc_sat_f64_u"),
    float32: plain("f32.demote_f64"),
    float64: same,
  },
};

const toFloat = plain("f32.reinterpret_i32");
export const uniformBitcast: Casts = {
  bool: {},
  int32: { ...both(same), float32: toFloat },
  uint32: { ...both(same), float32: toFloat },
  float32: { ...both(plain("i32.reinterpret_f32")), float32: same },
  float64: {},
};
