/** A concrete array: what programs take, give and hold as constants. */

import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { type Shape, sizeOf } from "./shape.ts";

export interface Type {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface Value extends Type {
  /** Row-major elements; `bool` as 0 and 1. */
  readonly data: TypedArray;
}

export function scalar(dtype: DType, value: number | boolean): Value {
  const data = allocate(dtype, 1);
  data[0] = Number(value);
  return { dtype, shape: [], data };
}

export const zerosOf = (type: Type): Value => ({ ...type, data: allocate(type.dtype, sizeOf(type.shape)) });

export const formatType = (type: Type): string => `${type.dtype}[${type.shape.join(",")}]`;
