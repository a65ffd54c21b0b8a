/** From one dtype to another, element by element: by value (`convert`) or by bits (`bitcast`). */

import { type DType, isFloat } from "../base/dtype.ts";
import { dtypeAttr } from "./check.ts";
import type { ElementwiseOp } from "./record.ts";

type Cast = (x: number) => number;

/** NaN gives 0, the rest is truncated and clamped. */
const clampTo =
  (low: number, high: number): Cast =>
  (x) =>
    Number.isNaN(x) ? 0 : x <= low ? low : x >= high ? high : Math.trunc(x) + 0;

const toBool: Cast = (x) => (x !== 0 ? 1 : 0);
const same: Cast = (x) => x;
const fromFloat: { readonly [D in DType]: Cast } = {
  bool: toBool,
  int32: clampTo(-(2 ** 31), 2 ** 31 - 1),
  uint32: clampTo(0, 2 ** 32 - 1),
  // Rounded to float32 where it is stored.
  float32: same,
  float64: same,
};
const fromInteger: { readonly [D in DType]: Cast } = {
  bool: toBool,
  int32: (x) => x | 0,
  uint32: (x) => x >>> 0,
  float32: same,
  float64: same,
};

/** attrs {dtype}. Integers keep their 32 bits between each other, and round to the nearest float. */
const convert: ElementwiseOp = {
  kind: "elementwise",
  arity: 1,
  takes: "any dtype, to attrs.dtype",
  dtype: (_, attrs) => dtypeAttr(attrs),
  cast: (from, to) => (isFloat(from) ? fromFloat : fromInteger)[to],
};

const asFloat = new Float32Array(1);
const asInt = new Int32Array(asFloat.buffer);
const asUint = new Uint32Array(asFloat.buffer);
type Bits32 = "int32" | "uint32" | "float32";
const views = { int32: asInt, uint32: asUint, float32: asFloat } as const;
const hasBits32 = (dtype: DType | undefined): dtype is Bits32 => dtype !== undefined && dtype in views;

/** attrs {dtype}. Between the three dtypes of 32 bits. */
const bitcast: ElementwiseOp = {
  kind: "elementwise",
  arity: 1,
  takes: "int32, uint32 or float32, to attrs.dtype of the same",
  dtype: ([from], attrs) => {
    const to = dtypeAttr(attrs);
    return hasBits32(from) && hasBits32(to) ? to : undefined;
  },
  cast: (from, to) => {
    // The dtype rule admits no others.
    const source = views[from as Bits32];
    const target = views[to as Bits32];
    return (x) => {
      source[0] = x;
      return target[0] as number;
    };
  },
};

export const conversion = { convert, bitcast } as const;
