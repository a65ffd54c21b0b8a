/**
 * Two normal numbers of two random words: Box and Muller 1958, "A note on the generation of random normal deviates",
 * doi:10.1214/aoms/1177706645. The radius is √(−2 log u), the angle a random part of a turn.
 *
 * In float32 u is the middle of one of 2^31 equal parts of (0, 1), so the largest number is √(64 log 2) = 6.66, which one
 * exceeds once in 3.6·10^10; the angle is one of 2^32. In float64 u and the angle have 52 bits, the largest is 8.57.
 * Every number is within some units in the last place of that of exact arithmetic. Polynomials by `scripts/minimax.py`.
 */

import type { Arithmetic } from "../op/arithmetic.ts";
import { Algebra } from "../op/math/algebra.ts";
import { octaves, rest } from "../op/math/float32/log.ts";
import { apply, type Handle, ofNumber } from "./handle.ts";

/** Formulas applied to arrays as they are written. */
export const handles: Arithmetic<Handle> = { apply, constant: ofNumber, dtype: ({ dtype }) => dtype };
const f = new Algebra(handles, "float32");
const i = new Algebra(handles, "int32");
const u = new Algebra(handles, "uint32");
const d = new Algebra(handles, "float64");

/** √2·sin(π/4·t) = t·p(t²), and √2·cos(π/4·t) = p(t²): the radius lacks its √2. */
const SIN = [1.1107208, -0.114191286, 0.003521402, -5.0847353e-5];
const COS = [Math.SQRT2, -0.43617776, 0.022415165, -0.00045096513];

/** √(−log u) of the middle u of the part that the upper 31 bits of a word name. */
function radius(word: Handle): Handle {
  const y = f.add(f.convert(i.bitcast(u.shr(word, 1), "int32"), "float32"), 0.5);
  // y = 2^e·(1 + m) as in the logarithm of float32; −log u = (31 − e)·log 2 − log(1 + m).
  const { field, f: m } = octaves(f, y);
  const below = f.mul(f.convert(i.sub(31 * 2 ** 23, field), "float32"), Math.LN2 / 2 ** 23);
  return f.sqrt(f.add(below, f.sub(rest(f, m), m)));
}

/** The lower 30 bits are a place in a quarter turn, the upper two say which quarter. */
export function pair32(first: Handle, second: Handle): readonly [Handle, Handle] {
  const r = radius(first);
  const t = f.mul(f.convert(u.bitcast(u.shl(second, 2), "int32"), "float32"), 2 ** -31);
  const z = f.mul(t, t);
  const sin = f.mul(t, f.horner(z, SIN));
  // Bit 30 is the sign of the cosine, bit 31 exchanges the two.
  const sign = u.and(u.shl(second, 1), 2 ** 31);
  const cos = f.bitcast(u.xor(f.bitcast(f.horner(z, COS), "uint32"), sign), "float32");
  const swapped = i.lt(u.bitcast(second, "int32"), 0);
  return [f.mul(r, f.select(swapped, sin, cos)), f.mul(r, f.select(swapped, cos, sin))];
}

const part64 = (high: Handle, low: Handle): Handle =>
  d.add(d.mul(d.convert(high, "float64"), 2 ** -32), d.mul(d.convert(u.shr(low, 12), "float64"), 2 ** -52));

/** The angle is from −π to π. */
export function pair64([a, b, c, e]: readonly [Handle, Handle, Handle, Handle]): readonly [Handle, Handle] {
  const part = d.add(part64(a, b), 2 ** -53);
  const r = d.sqrt(d.mul(apply("log", [part]), -2));
  const angle = d.mul(d.sub(part64(c, e), 0.5), 2 * Math.PI);
  return [d.mul(r, apply("cos", [angle])), d.mul(r, apply("sin", [angle]))];
}
