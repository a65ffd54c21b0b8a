/** Native operations on bits, element by element; and the fields of a float64, which has no 64-bit integer to be cast to. */

import type { DType } from "../base/dtype.ts";
import { native } from "./elementwise.ts";
import type { ElementwiseOp } from "./record.ts";

type Binary = (a: number, b: number) => number;

const bitwise = (f: Binary) => ({ bool: f, int32: f, uint32: (a: number, b: number) => f(a, b) >>> 0 });

/** One operand dtype, one result dtype. */
const field = (from: DType, to: DType, scalar: (x: number) => number): ElementwiseOp =>
  native(1, { [from]: scalar }, to);

// Typed arrays are little-endian on every machine that has the SIMD this library compiles for.
const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
const HIGH = 1;

function exponentOf(x: number): number {
  scratch[0] = x;
  return (((words[HIGH] as number) >>> 20) & 2047) - 1023;
}

function mantissaOf(x: number): number {
  scratch[0] = x;
  words[HIGH] = ((words[HIGH] as number) & 0x800fffff) | 0x3ff00000;
  return scratch[0];
}

function powerOfTwo(n: number): number {
  words[0] = 0;
  words[HIGH] = ((n + 1023) & 2047) << 20;
  return scratch[0] as number;
}

export const bits = {
  and: native(
    2,
    bitwise((a, b) => a & b),
  ),
  or: native(
    2,
    bitwise((a, b) => a | b),
  ),
  xor: native(
    2,
    bitwise((a, b) => a ^ b),
  ),
  not: native(1, { bool: (x) => 1 - (x as number), int32: (x) => ~(x as number), uint32: (x) => ~(x as number) >>> 0 }),
  /** The count is taken modulo 32. */
  shl: native(2, { int32: (a, b) => a << b, uint32: (a, b) => (a << b) >>> 0 } as Record<string, Binary>),
  /** Copies the sign for int32, brings in zeros for uint32. */
  shr: native(2, { int32: (a, b) => a >> b, uint32: (a, b) => a >>> b } as Record<string, Binary>),
  /** What leaves on the left comes in on the right. The count is taken modulo 32. */
  rotl: native(2, { uint32: (a, b) => ((a << b) | (a >>> -b)) >>> 0 } as Record<string, Binary>),
  /** The exponent field less 1023: -1023 for 0 and denormals, 1024 for infinities and NaN. */
  exponentOf: field("float64", "int32", exponentOf),
  /** The same sign and mantissa bits with the exponent of 1: ±[1, 2). */
  mantissaOf: field("float64", "float64", mantissaOf),
  /** 2^n for n from -1022 to 1023; beyond, whatever the wrapped exponent field gives. */
  powerOfTwo: field("int32", "float64", powerOfTwo),
} as const;
