/** Ops that are compositions of others: elementary functions and integer division. One record each. */

import { type DType, isFloat } from "../../base/dtype.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { ElementwiseOp } from "../record.ts";
import { Algebra } from "./algebra.ts";

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
  "floorDivide",
  "mod",
  "quotient",
  "remainder",
  "sigmoid",
  "softplus",
] as const;
export type MathName = (typeof mathNames)[number];

type Expansion = <V>(a: Algebra<V>, ...operands: V[]) => V;

const takes = {
  floats: "float32 or float64",
  integers: "int32 or uint32",
  numbers: "int32, uint32, float32 or float64",
};

const accepts = (kind: keyof typeof takes, dtype: DType): boolean =>
  dtype !== "bool" && (kind === "numbers" || isFloat(dtype) === (kind === "floats"));

/** An op whose operands and result share one dtype. */
const record = (arity: number, kind: keyof typeof takes, expansion: Expansion): ElementwiseOp => ({
  kind: "elementwise",
  arity,
  takes: takes[kind],
  dtype: (operands) => {
    const first = operands[0] as DType;
    return accepts(kind, first) && operands.every((d) => d === first) ? first : undefined;
  },
  expand: <V>(o: Arithmetic<V>, operands: readonly V[], dtype: DType): V =>
    expansion(new Algebra(o, dtype), ...operands),
});

function exp<V>(a: Algebra<V>, x: V): V {
  const n = a.round(a.mul(a.pmin(a.pmax(x, -87), 88), Math.LOG2E));
  const r = a.sub(a.sub(x, a.mul(n, 0.693359375)), a.mul(n, -2.1219444005469057e-4));
  const p = a.horner(r, [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320]);
  const i = a.as("int32");
  const k = a.convert(n, "int32");
  const scale = a.dtype === "float32" ? a.bitcast(i.shl(i.add(k, 127), 23), "float32") : a.o.apply("powerOfTwo", [k]);
  return a.mul(p, scale);
}

function log<V>(a: Algebra<V>, x: V): V {
  const wide = a.as("float64");
  const w = a.dtype === "float64" ? x : a.convert(x, "float64");
  const e = a.convert(a.o.apply("exponentOf", [w]), "float64");
  const m = a.o.apply("mantissaOf", [w]);
  const s = wide.div(wide.sub(m, 1), wide.add(m, 1));
  const z = wide.mul(s, s);
  const p = wide.horner(z, [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17]);
  const y = wide.add(wide.mul(e, Math.LN2), wide.mul(s, p));
  return a.dtype === "float64" ? y : a.convert(y, "float32");
}

function sin<V>(a: Algebra<V>, x: V): V {
  const n = a.round(a.mul(x, 1 / Math.PI));
  const r = a.sub(x, a.mul(n, Math.PI));
  const odd = a.ne(a.mul(2, a.floor(a.mul(n, 0.5))), n);
  const z = a.mul(r, r);
  const p = a.mul(r, a.horner(z, [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800]));
  return a.select(odd, a.neg(p), p);
}

const cos = <V>(a: Algebra<V>, x: V): V => sin(a, a.add(x, Math.PI / 2));

function atan<V>(a: Algebra<V>, x: V): V {
  const half = (y: V): V => a.div(y, a.add(1, a.sqrt(a.add(1, a.mul(y, y)))));
  const y = half(half(half(x)));
  const z = a.mul(y, y);
  return a.mul(8, a.mul(y, a.horner(z, [1, -1 / 3, 1 / 5, -1 / 7, 1 / 9])));
}

function asin<V>(a: Algebra<V>, x: V): V {
  return atan(a, a.div(x, a.sqrt(a.sub(1, a.mul(x, x)))));
}

function sign<V>(a: Algebra<V>, x: V): V {
  const positive = a.select(a.lt(0, x), 1, x);
  return a.dtype === "uint32" ? positive : a.select(a.lt(x, 0), -1, positive);
}

function quotient<V>(a: Algebra<V>, x: V, y: V): V {
  const wide = a.as("float64");
  const q = wide.div(a.convert(x, "float64"), a.convert(y, "float64"));
  return a.select(a.eq(y, 0), a.dtype === "uint32" ? 4294967295 : -1, a.convert(q, a.dtype));
}

const remainder = <V>(a: Algebra<V>, x: V, y: V): V => a.sub(x, a.mul(quotient(a, x, y), y));

function floorDivide<V>(a: Algebra<V>, x: V, y: V): V {
  if (isFloat(a.dtype)) return a.floor(a.div(x, y));
  return a.convert(
    a.as("float64").floor(a.as("float64").div(a.convert(x, "float64"), a.convert(y, "float64"))),
    a.dtype,
  );
}

const mod = <V>(a: Algebra<V>, x: V, y: V): V => a.sub(x, a.mul(floorDivide(a, x, y), y));

function pow<V>(a: Algebra<V>, x: V, y: V): V {
  if (isFloat(a.dtype)) return exp(a, a.mul(y, log(a, x)));
  let result = a.value(1);
  let base = x;
  for (let bit = 0; bit < 32; bit++) {
    result = a.select(a.ne(a.and(a.shr(y, bit), 1), 0), a.mul(result, base), result);
    base = a.mul(base, base);
  }
  return result;
}

/** Every record of this folder, by name. */
export const math: { readonly [name in MathName]: ElementwiseOp } = {
  sign: record(1, "numbers", (a, x) => sign(a, x)),
  exp: record(1, "floats", exp),
  exp2: record(1, "floats", (a, x) => exp(a, a.mul(x, Math.LN2))),
  expm1: record(1, "floats", (a, x) => a.sub(exp(a, x), 1)),
  log: record(1, "floats", log),
  log2: record(1, "floats", (a, x) => a.mul(log(a, x), Math.LOG2E)),
  log10: record(1, "floats", (a, x) => a.mul(log(a, x), Math.LOG10E)),
  log1p: record(1, "floats", (a, x) => log(a, a.add(x, 1))),
  sin: record(1, "floats", sin),
  cos: record(1, "floats", cos),
  tan: record(1, "floats", (a, x) => a.div(sin(a, x), cos(a, x))),
  asin: record(1, "floats", asin),
  acos: record(1, "floats", (a, x) => a.sub(Math.PI / 2, asin(a, x))),
  atan: record(1, "floats", atan),
  atan2: record(2, "floats", (a, y, x) => atan(a, a.div(y, x))),
  sinh: record(1, "floats", (a, x) => a.mul(0.5, a.sub(exp(a, x), exp(a, a.neg(x))))),
  cosh: record(1, "floats", (a, x) => a.mul(0.5, a.add(exp(a, x), exp(a, a.neg(x))))),
  tanh: record(1, "floats", (a, x) => a.sub(1, a.div(2, a.add(1, exp(a, a.mul(2, x)))))),
  pow: record(2, "numbers", pow),
  erfInv: record(1, "floats", (a, x) => a.mul(x, 0.886226925452758)),
  floorDivide: record(2, "numbers", floorDivide),
  mod: record(2, "numbers", mod),
  quotient: record(2, "integers", quotient),
  remainder: record(2, "integers", remainder),
  sigmoid: record(1, "floats", (a, x) => a.div(1, a.add(1, exp(a, a.neg(x))))),
  softplus: record(1, "floats", (a, x) => log(a, a.add(1, exp(a, x)))),
};
