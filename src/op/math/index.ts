/** Ops that are compositions of others: elementary functions and integer division. One record each. */

import { type DType, type FloatDType, isFloat } from "../../base/dtype.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { ElementwiseOp } from "../record.ts";
import { Algebra } from "./algebra.ts";
import { erfInv, erfInvInside, fast as fastErfInv } from "./erfinv.ts";
import type { Expansion } from "./expansion.ts";
import { fast as fast32 } from "./float32/fast.ts";
import { float32 } from "./float32/index.ts";
import { fast as fast64 } from "./float64/fast.ts";
import { float64 } from "./float64/index.ts";
import { floorDivide, mod, quotient, remainder } from "./integer.ts";
import { acos, asin, atan, atan2 } from "./inverse.ts";
import { pow } from "./pow.ts";
import { sign } from "./sign.ts";

export const mathNames = [
  "sign",
  "exp",
  "exp2",
  "expm1",
  "log",
  "log2",
  "log10",
  "log1p",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "atan2",
  "sinh",
  "cosh",
  "tanh",
  "pow",
  "erfInv",
  "erfInvInside",
  "floorDivide",
  "mod",
  "quotient",
  "remainder",
  "sigmoid",
  "softplus",
] as const;
export type MathName = (typeof mathNames)[number];

const takes = {
  floats: "float32 or float64",
  integers: "int32 or uint32",
  numbers: "int32, uint32, float32 or float64",
};

const accepts = (kind: keyof typeof takes, dtype: DType): boolean =>
  dtype !== "bool" && (kind === "numbers" || isFloat(dtype) === (kind === "floats"));

const expandWith =
  (expansion: Expansion) =>
  <V>(o: Arithmetic<V>, operands: readonly V[], dtype: DType): V =>
    expansion(new Algebra(o, dtype), ...operands);

/** An op whose operands and result share one dtype. */
const record = (arity: number, kind: keyof typeof takes, expansion: Expansion): ElementwiseOp => ({
  kind: "elementwise",
  arity,
  takes: takes[kind],
  dtype: (operands) => {
    const first = operands[0] as DType;
    return accepts(kind, first) && operands.every((d) => d === first) ? first : undefined;
  },
  expand: expandWith(expansion),
});

const functions = { float32, float64 };
/** Not all functions have shorter formulas. */
const shorter: { readonly [D in FloatDType]: { readonly [name: string]: Expansion } } = {
  float32: { ...fast32, ...fastErfInv },
  float64: fast64,
};

/** A function of one float. */
function floating(name: string, expansion: Expansion): ElementwiseOp {
  const expandFast = (dtype: DType) => {
    const fast = isFloat(dtype) ? shorter[dtype][name] : undefined;
    return fast && expandWith(fast);
  };
  return { ...record(1, "floats", expansion), expandFast };
}

/** Written apart for each width. */
const unary = (name: keyof typeof float32): ElementwiseOp =>
  floating(name, (a, x) => functions[a.dtype as FloatDType][name](a, x));

/** Every record of this folder, by name. */
export const math: { readonly [name in MathName]: ElementwiseOp } = {
  sign: record(1, "numbers", sign),
  exp: unary("exp"),
  exp2: unary("exp2"),
  expm1: unary("expm1"),
  log: unary("log"),
  log2: unary("log2"),
  log10: unary("log10"),
  log1p: unary("log1p"),
  sin: unary("sin"),
  cos: unary("cos"),
  tan: unary("tan"),
  asin: record(1, "floats", asin),
  acos: record(1, "floats", acos),
  atan: record(1, "floats", atan),
  atan2: record(2, "floats", atan2),
  sinh: unary("sinh"),
  cosh: unary("cosh"),
  tanh: unary("tanh"),
  pow: record(2, "numbers", pow),
  erfInv: floating("erfInv", erfInv),
  /** erfInv of |x| < 1, without its other cases: normal numbers are made of it. */
  erfInvInside: floating("erfInvInside", erfInvInside),
  floorDivide: record(2, "numbers", floorDivide),
  mod: record(2, "numbers", mod),
  quotient: record(2, "integers", quotient),
  remainder: record(2, "integers", remainder),
  sigmoid: unary("sigmoid"),
  softplus: unary("softplus"),
};
