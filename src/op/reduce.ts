/**
 * Ops that fold axes. The order is part of their meaning: from the first element on, one after the other,
 * in row-major order of the folded axes, each step rounded to the dtype.
 */

import type { DType } from "../base/dtype.ts";
import { formatShape, sizeOf, stridesOf } from "../base/shape.ts";
import { formatType, type Type, type Value, zerosOf } from "../base/value.ts";
import { axesAttr, axisAttr, typeError } from "./check.ts";
import { elementwise } from "./elementwise.ts";
import type { ArrayOp, ElementwiseOp } from "./record.ts";

type Step = (a: number, b: number) => number;

/** The op's reference value on two elements, rounded as storing would. */
export function stepOf(op: ElementwiseOp, dtype: DType): Step {
  // Callers have checked that the op takes this dtype.
  const scalar = op.scalar?.[dtype] as Step;
  return dtype === "float32" ? (a, b) => Math.fround(scalar(a, b)) : scalar;
}

/** Result positions of an operand's elements, folded axes at stride 0. */
function foldStrides(shape: readonly number[], axes: readonly number[]): number[] {
  const kept = shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const strides = stridesOf(kept.map((i) => shape[i] as number));
  return shape.map((_, i) => (axes.includes(i) ? 0 : (strides[kept.indexOf(i)] as number)));
}

/** Folds in row-major order of the operand, which visits each result's elements in row-major order as well. */
function fold({ data, shape }: Value, axes: readonly number[], out: Value, step: Step): Value {
  const strides = foldStrides(shape, axes);
  const started = new Uint8Array(out.data.length);
  const index = new Array<number>(shape.length).fill(0);
  let target = 0;
  for (const x of data) {
    out.data[target] = started[target] ? step(out.data[target] as number, x) : x;
    started[target] = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      target += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      target -= stride * (index[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}

interface Fold {
  readonly takes: (dtype: DType) => boolean;
  readonly takesText: string;
  readonly step: (dtype: DType) => Step;
  /** Value of an empty fold; none: it is an error. */
  readonly empty: number | undefined;
}

/** attrs {axes}: the result has the other axes. */
const reduction = (name: string, { takes, takesText, step, empty }: Fold): ArrayOp => ({
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape } = operand as Type;
    if (!takes(dtype)) throw typeError(name, takesText, formatType(operand as Type), "convert it first");
    const axes = axesAttr(name, attrs, shape.length);
    if (empty === undefined && sizeOf(axes.map((a) => shape[a] as number)) === 0) {
      throw typeError(
        name,
        "at least one element",
        `none along axes ${formatShape(axes)}`,
        "reduce arrays with elements",
      );
    }
    return { dtype, shape: shape.filter((_, i) => !axes.includes(i)) };
  },
  evaluate([operand], attrs, type) {
    const out = zerosOf(type);
    if (empty) out.data.fill(empty);
    return fold(operand as Value, attrs.axes as readonly number[], out, step(type.dtype));
  },
});

const numeric = { takes: (d: DType) => d !== "bool", takesText: "an array of numbers" };
const logical = { takes: (d: DType) => d === "bool", takesText: "a bool array" };
const by = (op: ElementwiseOp) => (dtype: DType) => stepOf(op, dtype);

/** attrs {axis}: element i is the sum of elements 0 to i along the axis. */
const cumsum: ArrayOp = {
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape } = operand as Type;
    if (dtype === "bool")
      throw typeError("cumsum", "an array of numbers", formatType(operand as Type), "convert it first");
    axisAttr("cumsum", attrs, shape.length);
    return operand as Type;
  },
  evaluate([operand], attrs, type) {
    const { data, shape } = operand as Value;
    const out = zerosOf(type);
    const axis = attrs.axis as number;
    const stride = stridesOf(shape)[axis] as number;
    const step = stepOf(elementwise.add, type.dtype);
    const block = stride * (shape[axis] as number);
    data.forEach((x, i) => {
      out.data[i] = i % block < stride ? x : step(out.data[i - stride] as number, x);
    });
    return out;
  },
};

export const reduce = {
  sum: reduction("sum", { ...numeric, step: by(elementwise.add), empty: 0 }),
  prod: reduction("prod", { ...numeric, step: by(elementwise.mul), empty: 1 }),
  reduceMin: reduction("reduceMin", { ...numeric, step: by(elementwise.min), empty: undefined }),
  reduceMax: reduction("reduceMax", { ...numeric, step: by(elementwise.max), empty: undefined }),
  reduceAnd: reduction("reduceAnd", { ...logical, step: () => (a, b) => a & b, empty: 1 }),
  reduceOr: reduction("reduceOr", { ...logical, step: () => (a, b) => a | b, empty: 0 }),
  cumsum,
} as const;
