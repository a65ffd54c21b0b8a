/** Ops that put elements elsewhere and compute nothing. */

import { allocate } from "../base/dtype.ts";
import { formatShape, sizeOf, stridesOf } from "../base/shape.ts";
import { formatType, type Type, type Value, zerosOf } from "../base/value.ts";
import { axesAttr, axisAttr, counted, formatTypes, integersAttr, shapeAttr, typeError } from "./check.ts";
import type { ArrayOp } from "./record.ts";
import { copy, dense } from "./strided.ts";

/** attrs {shape, axes}: axis j of the operand becomes axis axes[j] of the result; size 1 is repeated, missing axes too. */
const broadcast: ArrayOp = {
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape: from } = operand as Type;
    const shape = shapeAttr("broadcast", attrs);
    const axes = integersAttr("broadcast", attrs, "axes", from.length);
    const ascending = axes.every((a, j) => a >= 0 && a < shape.length && (j === 0 || a > (axes[j - 1] as number)));
    if (!ascending) throw typeError("broadcast", "rising axes of the result", formatShape(axes), "transpose first");
    if (!from.every((d, j) => d === 1 || d === shape[axes[j] as number])) {
      const wanted = `sizes that are 1 or those of ${formatShape(shape)} at axes ${formatShape(axes)}`;
      throw typeError("broadcast", wanted, formatShape(from), "give arrays whose shapes broadcast");
    }
    return { dtype, shape };
  },
  evaluate([operand], attrs, type) {
    const { data, shape } = operand as Value;
    const out = zerosOf(type);
    if (data.length === 1) {
      out.data.fill(data[0] as number);
      return out;
    }
    const strides = new Array<number>(type.shape.length).fill(0);
    const from = stridesOf(shape);
    (attrs.axes as readonly number[]).forEach((axis, j) => {
      strides[axis] = shape[j] === 1 ? 0 : (from[j] as number);
    });
    copy(type.shape, { data, offset: 0, strides }, dense(out.data, type.shape));
    return out;
  },
};

/** attrs {shape}: the same elements in the same row-major order. */
const reshape: ArrayOp = {
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape: from } = operand as Type;
    const shape = shapeAttr("reshape", attrs);
    if (sizeOf(shape) !== sizeOf(from)) {
      const wanted = `a shape of ${counted(sizeOf(from), "element")} for ${formatShape(from)}`;
      throw typeError("reshape", wanted, formatShape(shape), "keep the number of elements");
    }
    return { dtype, shape };
  },
  // Values are immutable, so the elements are shared.
  evaluate: ([operand], _, type) => ({ ...type, data: (operand as Value).data }),
};

/** attrs {axes}: axis i of the result is axis axes[i] of the operand. */
const transpose: ArrayOp = {
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape } = operand as Type;
    const axes = axesAttr("transpose", attrs, shape.length);
    if (axes.length !== shape.length) {
      const wanted = `every axis of ${formatShape(shape)} once`;
      throw typeError("transpose", wanted, formatShape(axes), "give a permutation of the axes");
    }
    return { dtype, shape: axes.map((a) => shape[a] as number) };
  },
  evaluate([operand], attrs, type) {
    const { data, shape } = operand as Value;
    const out = zerosOf(type);
    const from = stridesOf(shape);
    const strides = (attrs.axes as readonly number[]).map((a) => from[a] as number);
    copy(type.shape, { data, offset: 0, strides }, dense(out.data, type.shape));
    return out;
  },
};

/** attrs {start, step, shape}: element k along an axis is element start + k · step; steps may be negative. */
const slice: ArrayOp = {
  kind: "array",
  arity: 1,
  type([operand], attrs) {
    const { dtype, shape: from } = operand as Type;
    const shape = shapeAttr("slice", attrs, from.length);
    const start = integersAttr("slice", attrs, "start", from.length);
    const step = integersAttr("slice", attrs, "step", from.length);
    shape.forEach((size, axis) => {
      const size0 = from[axis] as number;
      const first = start[axis] as number;
      const last = first + (size - 1) * (step[axis] as number);
      if (size === 0 || (step[axis] !== 0 && Math.min(first, last) >= 0 && Math.max(first, last) < size0)) return;
      const wanted = `elements 0 to ${size0 - 1} along axis ${axis} of ${formatType(operand as Type)}`;
      throw typeError("slice", wanted, `${size} from ${first} in steps of ${step[axis]}`, "stay inside the array");
    });
    return { dtype, shape };
  },
  evaluate([operand], attrs, type) {
    const { data, shape } = operand as Value;
    const start = attrs.start as readonly number[];
    const step = attrs.step as readonly number[];
    const out = zerosOf(type);
    const from = stridesOf(shape);
    const offset = from.reduce((sum, s, i) => sum + s * (start[i] as number), 0);
    const strides = from.map((s, i) => s * (step[i] as number));
    copy(type.shape, { data, offset, strides }, dense(out.data, type.shape));
    return out;
  },
};

/** attrs {axis}: one after the other along an axis. */
const concat: ArrayOp = {
  kind: "array",
  arity: -1,
  type(operands, attrs) {
    const { dtype, shape: first } = operands[0] as Type;
    const axis = axisAttr("concat", attrs, first.length);
    const fits = (t: Type): boolean =>
      t.dtype === dtype && t.shape.length === first.length && t.shape.every((d, i) => i === axis || d === first[i]);
    if (!operands.every(fits)) {
      const wanted = `one dtype, and one shape beside axis ${axis}`;
      throw typeError("concat", wanted, formatTypes(operands), "convert or reshape them first");
    }
    const total = operands.reduce((n, t) => n + (t.shape[axis] as number), 0);
    return { dtype, shape: first.with(axis, total) };
  },
  evaluate(operands, attrs, type) {
    const axis = attrs.axis as number;
    const out = zerosOf(type);
    const strides = stridesOf(type.shape);
    let offset = 0;
    for (const { data, shape } of operands) {
      copy(shape, dense(data, shape), { data: out.data, offset, strides });
      offset += (shape[axis] as number) * (strides[axis] as number);
    }
    return out;
  },
};

/** One int32 scalar for each axis of the operand. */
function checkStarts(op: string, starts: readonly Type[], rank: number): void {
  const valid = starts.length === rank && starts.every((t) => t.dtype === "int32" && t.shape.length === 0);
  if (!valid)
    throw typeError(op, `${counted(rank, "int32 scalar")} as starts`, formatTypes(starts), "give one for each axis");
}

/** Starts clamp so that the block stays inside. */
const clampedOffset = (outer: readonly number[], block: readonly number[], starts: readonly Value[]): number =>
  stridesOf(outer).reduce((sum, stride, i) => {
    const room = (outer[i] as number) - (block[i] as number);
    return sum + stride * Math.max(0, Math.min(room, (starts[i] as Value).data[0] as number));
  }, 0);

const fitsInside = (block: readonly number[], outer: readonly number[]): boolean =>
  block.length === outer.length && block.every((d, i) => d <= (outer[i] as number));

/** attrs {shape}; operands: array, starts…: the block of this shape that begins at the starts. */
const dynamicSlice: ArrayOp = {
  kind: "array",
  arity: -1,
  type([operand, ...starts], attrs) {
    const { dtype, shape: outer } = operand as Type;
    checkStarts("dynamicSlice", starts, outer.length);
    const shape = shapeAttr("dynamicSlice", attrs, outer.length);
    if (!fitsInside(shape, outer)) {
      throw typeError("dynamicSlice", `a block inside ${formatShape(outer)}`, formatShape(shape), "take a smaller one");
    }
    return { dtype, shape };
  },
  evaluate([operand, ...starts], _, type) {
    const { data, shape } = operand as Value;
    const out = zerosOf(type);
    const offset = clampedOffset(shape, type.shape, starts);
    copy(type.shape, { data, offset, strides: stridesOf(shape) }, dense(out.data, type.shape));
    return out;
  },
};

/** Operands: array, update, starts…: the array with the update put in the block that begins at the starts. */
const dynamicUpdateSlice: ArrayOp = {
  kind: "array",
  arity: -1,
  type(operands) {
    const [operand, update, ...starts] = operands as readonly [Type, Type | undefined, ...Type[]];
    if (!update || update.dtype !== operand.dtype || !fitsInside(update.shape, operand.shape)) {
      const wanted = `an update of ${operand.dtype} that fits inside ${formatShape(operand.shape)}`;
      throw typeError("dynamicUpdateSlice", wanted, update ? formatType(update) : "none", "convert or cut it first");
    }
    checkStarts("dynamicUpdateSlice", starts, operand.shape.length);
    return { dtype: operand.dtype, shape: operand.shape };
  },
  evaluate(operands, _, type) {
    const [operand, update, ...starts] = operands as readonly [Value, Value, ...Value[]];
    const data = allocate(type.dtype, operand.data.length);
    data.set(operand.data);
    const offset = clampedOffset(type.shape, update.shape, starts);
    copy(update.shape, dense(update.data, update.shape), { data, offset, strides: stridesOf(type.shape) });
    return { ...type, data };
  },
};

export const move = {
  broadcast,
  reshape,
  transpose,
  slice,
  concat,
  dynamicSlice,
  dynamicUpdateSlice,
} as const;
