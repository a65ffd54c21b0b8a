/** Native arithmetic, element by element: what every target computes with an instruction or a few. */

import type { DType } from "../base/dtype.ts";
import type { ElementwiseOp } from "./record.ts";

type Scalars = NonNullable<ElementwiseOp["scalar"]>;

const dtypeNames = (scalar: Scalars): string => {
  const names = Object.keys(scalar);
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
};

/** Operands of one dtype, out of those `scalar` lists; the result has it too, or is `result`. */
export function native(arity: number, scalar: Scalars, result?: DType): ElementwiseOp {
  return {
    kind: "elementwise",
    arity,
    takes: dtypeNames(scalar),
    dtype(operands) {
      const first = operands[0] as DType;
      return scalar[first] && operands.every((d) => d === first) ? (result ?? first) : undefined;
    },
    scalar,
  };
}

type Unary = (x: number) => number;
type Binary = (a: number, b: number) => number;

const floats = <F extends Unary | Binary>(f: F): { float32: F; float64: F } => ({ float32: f, float64: f });

const numbers = <F extends Unary | Binary>(int32: F, uint32: F, float: F) => ({ int32, uint32, ...floats(float) });

const two52 = 2 ** 52;

/** Adding and taking away 2^52 leaves no room for a fraction; the machine rounds half to even. */
function roundEven(x: number): number {
  if (x === 0 || !(Math.abs(x) < two52)) return x;
  return x < 0 ? -(-x + two52 - two52) : x + two52 - two52;
}

/** Bits 32 to 63 of the product, by parts of 16 bits: a float64 holds 53. */
function mulHigh(a: number, b: number): number {
  const [low, high] = [b & 0xffff, b >>> 16];
  const part = (a & 0xffff) * high + (((a & 0xffff) * low) >>> 16);
  const middle = (a >>> 16) * low + (part & 0xffff);
  return ((a >>> 16) * high + (part >>> 16) + (middle >>> 16)) >>> 0;
}

export const elementwise = {
  neg: native(
    1,
    numbers(
      (x) => -x | 0,
      (x) => -x >>> 0,
      (x) => -x,
    ),
  ),
  /** The most negative int32 has no positive counterpart and stays. */
  abs: native(
    1,
    numbers(
      (x) => Math.abs(x) | 0,
      (x) => x,
      (x) => Math.abs(x),
    ),
  ),
  sqrt: native(1, floats(Math.sqrt)),
  floor: native(1, floats(Math.floor)),
  ceil: native(1, floats(Math.ceil)),
  trunc: native(1, floats(Math.trunc)),
  /** Halves go to the even neighbour. */
  round: native(1, floats(roundEven)),
  add: native(
    2,
    numbers(
      (a, b) => (a + b) | 0,
      (a, b) => (a + b) >>> 0,
      (a, b) => a + b,
    ),
  ),
  sub: native(
    2,
    numbers(
      (a, b) => (a - b) | 0,
      (a, b) => (a - b) >>> 0,
      (a, b) => a - b,
    ),
  ),
  mul: native(
    2,
    numbers(
      (a, b) => Math.imul(a, b),
      (a, b) => Math.imul(a, b) >>> 0,
      (a, b) => a * b,
    ),
  ),
  /** The upper half of the 64-bit product, of which `mul` gives the lower. */
  mulHigh: native(2, { uint32: mulHigh }),
  div: native(
    2,
    floats<Binary>((a, b) => a / b),
  ),
  /** NaN wins over numbers, -0 is smaller than 0. */
  min: native(2, numbers<Binary>(Math.min, Math.min, Math.min)),
  max: native(2, numbers<Binary>(Math.max, Math.max, Math.max)),
  /** One comparison, as the machine does it: a NaN of `a` passes, of `b` does not. */
  pmin: native(
    2,
    // Math.min and Math.max treat NaN and -0 otherwise.
    floats<Binary>((a, b) => (b < a ? b : a)),
  ),
  pmax: native(
    2,
    // Math.min and Math.max treat NaN and -0 otherwise.
    floats<Binary>((a, b) => (a < b ? b : a)),
  ),
} as const;
