/** Element-by-element functions with NumPy's broadcasting and promotion. */

import { type DType, isFloat } from "../base/dtype.ts";
import type { LanewiseError } from "../base/errors.ts";
import type { OpName } from "../op/table.ts";
import { type ArrayLike, align, castTo, checkDType, toFloat, toHandle, unify } from "./convert.ts";
import { apply, type Handle, ofNumber, typeError } from "./handle.ts";

export type Unary = (x: ArrayLike) => Handle;
export type Binary = (a: ArrayLike, b: ArrayLike) => Handle;

/** Operands made alike; `toDType` may change their common dtype. */
const binary =
  (name: string, op: OpName, prepare: (x: Handle) => Handle = (x) => x): Binary =>
  (a, b) =>
    apply(op, align(name, unify(name, [a, b]).map(prepare)));

/** a > b is b < a. */
function reversed(name: string, op: OpName): Binary {
  return (a, b) => apply(op, align(name, unify(name, [a, b]).map(numeric)).reverse());
}

const unary =
  (name: string, op: OpName, prepare: (x: Handle) => Handle = (x) => x): Unary =>
  (x) =>
    apply(op, [prepare(toHandle(name, x))]);

/** Booleans count as 0 and 1. */
export const numeric = (x: Handle): Handle => (x.dtype === "bool" ? castTo(x, "int32") : x);
const bool = (x: Handle): Handle => castTo(x, "bool");
const constant = (x: Handle, value: number): Handle => ofNumber(value, x.dtype);

/** Rounding leaves integers as they are. */
const rounding =
  (name: string, op: OpName): Unary =>
  (x) => {
    const array = numeric(toHandle(name, x));
    return isFloat(array.dtype) ? apply(op, [array]) : array;
  };

const integral =
  (name: string) =>
  (x: Handle): Handle => {
    if (!isFloat(x.dtype)) return x;
    throw typeError(name, "integers or booleans", x.dtype, 'convert with astype("int32")');
  };

export const add = binary("add", "add", numeric);
export const sub = binary("sub", "sub", numeric);
export const mul = binary("mul", "mul", numeric);
export const div = binary("div", "div", toFloat);
export const floorDivide = binary("floorDivide", "floorDivide", numeric);
export const mod = binary("mod", "mod", numeric);
export const minimum = binary("minimum", "min", numeric);
export const maximum = binary("maximum", "max", numeric);
export const atan2 = binary("atan2", "atan2", toFloat);
export const equal = binary("equal", "eq");
export const notEqual = binary("notEqual", "ne");
export const less = binary("less", "lt", numeric);
export const lessEqual = binary("lessEqual", "le", numeric);
export const greater = reversed("greater", "lt");
export const greaterEqual = reversed("greaterEqual", "le");
export const logicalAnd: Binary = (a, b) =>
  apply("and", align("logicalAnd", [bool(toHandle("logicalAnd", a)), bool(toHandle("logicalAnd", b))]));
export const logicalOr: Binary = (a, b) =>
  apply("or", align("logicalOr", [bool(toHandle("logicalOr", a)), bool(toHandle("logicalOr", b))]));
export const logicalNot: Unary = (x) => apply("not", [bool(toHandle("logicalNot", x))]);
export const bitwiseAnd = binary("bitwiseAnd", "and", integral("bitwiseAnd"));
export const bitwiseOr = binary("bitwiseOr", "or", integral("bitwiseOr"));
export const bitwiseXor = binary("bitwiseXor", "xor", integral("bitwiseXor"));
export const leftShift = binary("leftShift", "shl", (x) => numeric(integral("leftShift")(x)));
export const rightShift = binary("rightShift", "shr", (x) => numeric(integral("rightShift")(x)));

export const neg = unary("neg", "neg", numeric);
export const abs: Unary = (x) => {
  const array = numeric(toHandle("abs", x));
  return array.dtype === "uint32" ? array : apply("abs", [array]);
};
export const sign = unary("sign", "sign", numeric);
export const square: Unary = (x) => mul(toHandle("square", x), toHandle("square", x));
export const reciprocal: Unary = (x) => {
  const array = toFloat(toHandle("reciprocal", x));
  return apply("div", [constant(array, 1), array]);
};

export const exp = unary("exp", "exp", toFloat);
export const exp2 = unary("exp2", "exp2", toFloat);
export const expm1 = unary("expm1", "expm1", toFloat);
export const log = unary("log", "log", toFloat);
export const log2 = unary("log2", "log2", toFloat);
export const log10 = unary("log10", "log10", toFloat);
export const log1p = unary("log1p", "log1p", toFloat);
export const sqrt = unary("sqrt", "sqrt", toFloat);
export const sin = unary("sin", "sin", toFloat);
export const cos = unary("cos", "cos", toFloat);
export const tan = unary("tan", "tan", toFloat);
export const asin = unary("asin", "asin", toFloat);
export const acos = unary("acos", "acos", toFloat);
export const atan = unary("atan", "atan", toFloat);
export const sinh = unary("sinh", "sinh", toFloat);
export const cosh = unary("cosh", "cosh", toFloat);
export const tanh = unary("tanh", "tanh", toFloat);
export const sigmoid = unary("sigmoid", "sigmoid", toFloat);
export const softplus = unary("softplus", "softplus", toFloat);
export const erfInv = unary("erfInv", "erfInv", toFloat);

export const floor = rounding("floor", "floor");
export const ceil = rounding("ceil", "ceil");
export const round = rounding("round", "round");
export const trunc = rounding("trunc", "trunc");

export const isnan: Unary = (x) => {
  const array = toFloat(toHandle("isnan", x));
  return apply("ne", [array, array]);
};
export const isfinite: Unary = (x) => {
  const size = apply("abs", [toFloat(toHandle("isfinite", x))]);
  return apply("lt", [size, constant(size, Infinity)]);
};
export const isinf: Unary = (x) => {
  const size = apply("abs", [toFloat(toHandle("isinf", x))]);
  return apply("eq", [size, constant(size, Infinity)]);
};

/** A whole number as exponent multiplies; small ones need no logarithm, and negative bases are no trouble. */
export const pow: Binary = (a, b) => {
  if (typeof b === "number" && Number.isInteger(b) && Math.abs(b) <= 8) return powerOf(toHandle("pow", a), b);
  const [base, exponent] = unify("pow", [a, b]).map(numeric) as [Handle, Handle];
  if (!isFloat(base.dtype) && typeof b === "number" && b < 0) throw negativePower(b);
  return apply("pow", align("pow", [base, exponent]));
};

const negativePower = (n: number): LanewiseError =>
  typeError("pow", "an exponent from 0 on for integers", String(n), "convert the base to a float first");

function powerOf(x: Handle, n: number): Handle {
  const base = numeric(x);
  if (n < 0 && !isFloat(base.dtype)) throw negativePower(n);
  if (n < 0) return apply("div", [constant(base, 1), powerOf(base, -n)]);
  // NaN to the power of 0 is 1 as well.
  if (n === 0) return apply("select", [apply("eq", [base, base]), constant(base, 1), constant(base, 1)]);
  if (n === 1) return base;
  const half = powerOf(base, n >> 1);
  const even = apply("mul", [half, half]);
  return n % 2 === 0 ? even : apply("mul", [even, base]);
}

export function where(condition: ArrayLike, a: ArrayLike, b: ArrayLike): Handle {
  const values = unify("where", [a, b]);
  return apply("select", align("where", [bool(toHandle("where", condition)), ...values]));
}

export function clip(x: ArrayLike, low?: ArrayLike | null, high?: ArrayLike | null): Handle {
  let array = toHandle("clip", x);
  if (low !== undefined && low !== null) array = maximum(array, low);
  return high !== undefined && high !== null ? minimum(array, high) : array;
}

export const astype = (x: ArrayLike, dtype: DType): Handle =>
  castTo(toHandle("astype", x), checkDType("astype", dtype));
