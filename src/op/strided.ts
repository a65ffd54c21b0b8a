/** Copies elements between two arrays along strides: what most ops that move elements come down to. */

import type { TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf, stridesOf } from "../base/shape.ts";

/** A walk over an array: where it starts, and how far apart neighbours along each axis are, in elements. */
export interface Walk {
  readonly data: TypedArray;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Row-major over the whole array. */
export const dense = (data: TypedArray, shape: Shape): Walk => ({ data, offset: 0, strides: stridesOf(shape) });

export function copy(shape: Shape, from: Walk, to: Walk): void {
  if (sizeOf(shape) === 0) return;
  const last = shape.length - 1;
  const visit = (axis: number, source: number, target: number): void => {
    if (axis > last) {
      to.data[target] = from.data[source] as number;
      return;
    }
    const size = shape[axis] as number;
    const step = from.strides[axis] as number;
    const stride = to.strides[axis] as number;
    for (let i = 0; i < size; i++) {
      if (axis === last) to.data[target + i * stride] = from.data[source + i * step] as number;
      else visit(axis + 1, source + i * step, target + i * stride);
    }
  };
  visit(0, from.offset, to.offset);
}
