/** Ops whose places are data: they read or add where indices say. */

import { allocate } from "../base/dtype.ts";
import { formatShape, sameShape, sizeOf, stridesOf } from "../base/shape.ts";
import { formatType, type Type, type Value, zerosOf } from "../base/value.ts";
import { axisAttr, formatTypes, typeError } from "./check.ts";
import { elementwise } from "./elementwise.ts";
import type { ArrayOp } from "./record.ts";
import { stepOf } from "./reduce.ts";

/** attrs {axis}; operands: array, int32 indices of any shape, which takes the place of the axis. Indices clamp. */
const gatherOp: ArrayOp = {
  kind: "array",
  arity: 2,
  type(operands, attrs) {
    const [operand, indices] = operands as readonly [Type, Type];
    const axis = axisAttr("gather", attrs, operand.shape.length);
    if (indices.dtype !== "int32") {
      throw typeError("gather", "int32 indices", formatType(indices), "convert them first");
    }
    if (operand.shape[axis] === 0 && sizeOf(indices.shape) > 0) {
      throw typeError("gather", `elements along axis ${axis}`, formatType(operand), "take from an array with elements");
    }
    return { dtype: operand.dtype, shape: operand.shape.toSpliced(axis, 1, ...indices.shape) };
  },
  evaluate(operands, attrs, type) {
    const [operand, indices] = operands as readonly [Value, Value];
    const axis = attrs.axis as number;
    const out = zerosOf(type);
    const size = operand.shape[axis] as number;
    const inner = stridesOf(operand.shape)[axis] as number;
    const outer = sizeOf(operand.shape.slice(0, axis));
    let target = 0;
    for (let o = 0; o < outer; o++) {
      for (const index of indices.data) {
        const from = (o * size + Math.max(0, Math.min(size - 1, index))) * inner;
        for (let i = 0; i < inner; i++) out.data[target++] = operand.data[from + i] as number;
      }
    }
    return out;
  },
};

/**
 * Operands: array [n, ...rest], int32 indices [e], updates [e, ...rest]: the array with update i added to row
 * indices[i], in order of i. Indices outside 0 to n - 1 are skipped. In a program the indices must be a constant.
 */
const scatterAdd: ArrayOp = {
  kind: "array",
  arity: 3,
  type(operands) {
    const [operand, indices, updates] = operands as readonly [Type, Type, Type];
    const { dtype, shape } = operand;
    const rows = shape.length > 0 && dtype !== "bool";
    const places = indices.dtype === "int32" && indices.shape.length === 1;
    const wanted = [...indices.shape, ...shape.slice(1)];
    if (!rows || !places || updates.dtype !== dtype || !sameShape(updates.shape, wanted)) {
      const form = "numbers [n, ...rest], int32 indices [e] and updates [e, ...rest] of the numbers' dtype";
      throw typeError("scatterAdd", form, formatTypes(operands), `give updates of shape ${formatShape(wanted)}`);
    }
    return operand;
  },
  evaluate(operands, _, type) {
    const [operand, indices, updates] = operands as readonly [Value, Value, Value];
    const data = allocate(type.dtype, operand.data.length);
    data.set(operand.data);
    const add = stepOf(elementwise.add, type.dtype);
    const rows = type.shape[0] as number;
    const row = stridesOf(type.shape)[0] as number;
    indices.data.forEach((index, i) => {
      if (index < 0 || index >= rows) return;
      for (let j = 0; j < row; j++) {
        data[index * row + j] = add(data[index * row + j] as number, updates.data[i * row + j] as number);
      }
    });
    return { dtype: type.dtype, shape: type.shape, data };
  },
};

export const indexed = { gather: gatherOp, scatterAdd } as const;
