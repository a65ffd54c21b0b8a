/** Elementary functions in 64 bits. */

import type { Algebra } from "../algebra.ts";
import type { Expansion } from "../expansion.ts";

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

/** Elementary functions of float64, by name. */
export const float64 = {
  exp,
  exp2: (a, x) => exp(a, a.mul(x, Math.LN2)),
  expm1: (a, x) => a.sub(exp(a, x), 1),
  log,
  log2: (a, x) => a.mul(log(a, x), Math.LOG2E),
  log10: (a, x) => a.mul(log(a, x), Math.LOG10E),
  log1p: (a, x) => log(a, a.add(x, 1)),
  sin,
  cos,
  tan: (a, x) => a.div(sin(a, x), cos(a, x)),
  sinh: (a, x) => a.mul(0.5, a.sub(exp(a, x), exp(a, a.neg(x)))),
  cosh: (a, x) => a.mul(0.5, a.add(exp(a, x), exp(a, a.neg(x)))),
  tanh: (a, x) => a.sub(1, a.div(2, a.add(1, exp(a, a.mul(2, x))))),
  sigmoid: (a, x) => a.div(1, a.add(1, exp(a, a.neg(x)))),
  softplus: (a, x) => log(a, a.add(1, exp(a, x))),
} satisfies { readonly [name: string]: Expansion };
