/** Conversions, by the dtypes from and to. Floats beyond an integer's range are clamped, NaN gives 0. */

import type { DType } from "../../base/dtype.ts";
import {
  type ByDType,
  compareFloats,
  complement,
  each,
  type Lanes,
  predicate,
  type Recipe,
  round,
  same,
  whole,
  widen,
  widenMask,
} from "./lane.ts";
import type { Machine, Vector } from "./machine.ts";

const SIGN = -(2 ** 31);
const RANGE = 2 ** 31;
const GREATER_EQUAL = 0x1d;

const bitOfMask = each((m, mask) => m.op("vpsrld", mask as Vector, 31));
const isNotZero = each((m, a) => complement(m, m.op("vpcmpeqd", a as Vector, m.words(0))));

/** The machine gives the most negative number where it cannot convert: right below the range, its complement above. */
const truncate32 = each((m, a) => {
  const x = a as Vector;
  const above = m.op("vcmpps", x, m.float32(RANGE), GREATER_EQUAL);
  const clamped = m.op("vpxor", m.op("vcvttps2dq", x), above);
  return m.op("vpand", clamped, m.op("vcmpps", x, x, predicate.ordered));
});

/** From 2^31 on, what is beyond it is converted, and 2^31 put back as the highest bit. */
const truncate32Unsigned = each((m, a) => {
  const x = m.op("vmaxps", a as Vector, m.words(0));
  const low = m.op("vcvttps2dq", x);
  const beyond = m.op("vcvttps2dq", m.op("vsubps", x, m.float32(RANGE)));
  const high = m.op("vpand", beyond, m.op("vcmpps", x, m.float32(RANGE), GREATER_EQUAL));
  return m.op("vpor", m.op("vpor", low, high), m.op("vcmpps", x, m.float32(2 * RANGE), GREATER_EQUAL));
});

/** The halves, each exact beside a power of two that holds its place; their sum rounds once. */
const unsignedToFloat32 = each((m, a) => {
  const low = m.op("vpor", m.op("vpand", a as Vector, m.words(0xffff)), m.float32(2 ** 23));
  const high = m.op("vpor", m.op("vpsrld", a as Vector, 16), m.float32(2 ** 39));
  return m.op("vaddps", m.op("vsubps", high, m.float32(2 ** 39 + 2 ** 23)), low);
});

const unsignedToFloat64 = whole((m, a) => {
  const signed = m.op("vpxor", a as Vector, m.words(SIGN));
  return widen(m, "vcvtdq2pd", signed).map((half) => m.op("vaddpd", half, m.float64(RANGE)));
});

const join = (m: Machine, low: Vector, high: Vector): Vector => m.op("vinserti128", low, high, 1);

const truncate64 = whole((m, ...halves) => {
  const [low, high] = halves.map((x) => {
    const number = m.op("vandpd", x, m.op("vcmppd", x, x, predicate.ordered));
    const clamped = m.op("vminpd", m.op("vmaxpd", number, m.float64(-RANGE)), m.float64(RANGE - 1));
    return m.op("vcvttpd2dq", clamped);
  });
  return join(m, low as Vector, high as Vector);
});

const truncate64Unsigned = whole((m, ...halves) => {
  const [low, high] = halves.map((x) => {
    const clamped = m.op("vminpd", m.op("vmaxpd", x, m.words(0)), m.float64(2 * RANGE - 1));
    const integer = m.op("vroundpd", clamped, round.trunc);
    return m.op("vcvttpd2dq", m.op("vsubpd", integer, m.float64(RANGE)));
  });
  return m.op("vpxor", join(m, low as Vector, high as Vector), m.words(SIGN));
});

const toFloat32 = whole((m, a, b) => join(m, m.op("vcvtpd2ps", a as Vector), m.op("vcvtpd2ps", b as Vector)));
const nonZero = compareFloats(predicate.ne);

type Casts = { readonly [From in DType]: ByDType<Recipe> };

export const laneConvert: Casts = {
  bool: {
    bool: same,
    int32: bitOfMask,
    uint32: bitOfMask,
    float32: each((m, mask) => m.op("vandps", mask as Vector, m.float32(1))),
    float64: whole((m, mask) => widenMask(m, mask as Vector).map((half) => m.op("vandpd", half, m.float64(1)))),
  },
  int32: {
    bool: isNotZero,
    int32: same,
    uint32: same,
    float32: each((m, a) => m.op("vcvtdq2ps", a as Vector)),
    float64: whole((m, a) => widen(m, "vcvtdq2pd", a as Vector)),
  },
  uint32: {
    bool: isNotZero,
    int32: same,
    uint32: same,
    float32: unsignedToFloat32,
    float64: unsignedToFloat64,
  },
  float32: {
    bool: (m, a) => nonZero.float32(m, a as Lanes, [m.words(0)]),
    int32: truncate32,
    uint32: truncate32Unsigned,
    float32: same,
    float64: whole((m, a) => widen(m, "vcvtps2pd", a as Vector)),
  },
  float64: {
    bool: (m, a) => nonZero.float64(m, a as Lanes, [m.words(0), m.words(0)]),
    int32: truncate64,
    uint32: truncate64Unsigned,
    float32: toFloat32,
    float64: same,
  },
};

const same32 = { int32: same, uint32: same, float32: same };
/** A vector has no dtype of its own. */
export const laneBitcast: Casts = { bool: {}, int32: same32, uint32: same32, float32: same32, float64: {} };
