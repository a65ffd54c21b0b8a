/**
 * How expansions are written: `Algebra` wraps an `Arithmetic` and one dtype, so that formulas read as formulas.
 * A plain number where a value is expected becomes a constant of that dtype.
 */

import type { DType } from "../../base/dtype.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { OpName } from "../table.ts";

/** A value, or a number that becomes a constant. */
export type Term<V> = V | number;

export class Algebra<V> {
  readonly o: Arithmetic<V>;
  readonly dtype: DType;

  constructor(o: Arithmetic<V>, dtype: DType) {
    this.o = o;
    this.dtype = dtype;
  }

  /** The same arithmetic with constants of another dtype. */
  as(dtype: DType): Algebra<V> {
    return new Algebra(this.o, dtype);
  }

  value(x: Term<V>): V {
    return typeof x === "number" ? this.o.constant(x, this.dtype) : x;
  }

  add = (a: Term<V>, b: Term<V>): V => this.op("add", a, b);
  sub = (a: Term<V>, b: Term<V>): V => this.op("sub", a, b);
  mul = (a: Term<V>, b: Term<V>): V => this.op("mul", a, b);
  div = (a: Term<V>, b: Term<V>): V => this.op("div", a, b);
  /** b < a ? b : a; NaN passes from `a`. */
  pmin = (a: Term<V>, b: Term<V>): V => this.op("pmin", a, b);
  /** a < b ? b : a; NaN passes from `a`. */
  pmax = (a: Term<V>, b: Term<V>): V => this.op("pmax", a, b);
  eq = (a: Term<V>, b: Term<V>): V => this.op("eq", a, b);
  ne = (a: Term<V>, b: Term<V>): V => this.op("ne", a, b);
  lt = (a: Term<V>, b: Term<V>): V => this.op("lt", a, b);
  le = (a: Term<V>, b: Term<V>): V => this.op("le", a, b);
  and = (a: Term<V>, b: Term<V>): V => this.op("and", a, b);
  or = (a: Term<V>, b: Term<V>): V => this.op("or", a, b);
  xor = (a: Term<V>, b: Term<V>): V => this.op("xor", a, b);
  not = (a: Term<V>): V => this.op("not", a);
  shl = (a: Term<V>, b: Term<V>): V => this.op("shl", a, b);
  shr = (a: Term<V>, b: Term<V>): V => this.op("shr", a, b);
  neg = (a: Term<V>): V => this.op("neg", a);
  abs = (a: Term<V>): V => this.op("abs", a);
  sqrt = (a: Term<V>): V => this.op("sqrt", a);
  floor = (a: Term<V>): V => this.op("floor", a);
  trunc = (a: Term<V>): V => this.op("trunc", a);
  round = (a: Term<V>): V => this.op("round", a);

  select(condition: V, a: Term<V>, b: Term<V>): V {
    return this.o.apply("select", [condition, this.value(a), this.value(b)]);
  }

  /** `select` whose first value is seldom needed, and then costs. */
  selectRare(condition: V, rare: Term<V>, usual: Term<V>): V {
    return this.o.apply("selectRare", [condition, this.value(rare), this.value(usual)]);
  }

  convert(x: V, dtype: DType): V {
    return this.o.apply("convert", [x], { dtype });
  }

  bitcast(x: V, dtype: DType): V {
    return this.o.apply("bitcast", [x], { dtype });
  }

  /** c[0] + c[1]·x + c[2]·x² + …, innermost first. */
  horner(x: V, c: readonly number[]): V {
    let sum = this.value(c[c.length - 1] as number);
    for (let i = c.length - 2; i >= 0; i--) sum = this.add(this.mul(sum, x), c[i] as number);
    return sum;
  }

  private op(name: OpName, ...operands: Term<V>[]): V {
    return this.o.apply(
      name,
      operands.map((x) => this.value(x)),
    );
  }
}
