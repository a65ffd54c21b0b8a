/** Numbers in any written form in, data with a shape out; and from data to the NdArray a model sees. */

import { within } from "../array/context.ts";
import { type ArrayLike, describe, type NestedNumbers, toHandle } from "../array/convert.ts";
import { NdArray } from "../array/ndarray.ts";
import { allocate, type DType, dtypeOf, type FloatDType, isFloat, promote, type TypedArray } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { type FlatTree, flatten, isNumberArray } from "../base/tree.ts";
import type { Value } from "../base/value.ts";

export { describe };

export type ArrayInput = number | boolean | NestedNumbers | TypedArray | NdArray;

/** The dtype of plain numbers is open until an execution has chosen its float dtype: `"float"`, held in 64 bits. */
export type OpenDType = DType | "float";

export interface Numbers {
  readonly dtype: OpenDType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** float64 on the execution makes every float 64-bit; otherwise typed arrays keep their dtype. */
export function closeDType(dtype: OpenDType, float: FloatDType): DType {
  if (dtype === "float") return float;
  return isFloat(dtype) ? promote(dtype, float) : dtype;
}

export const isArrayLeaf = (x: unknown): x is NestedNumbers | TypedArray | NdArray =>
  x instanceof NdArray || (ArrayBuffer.isView(x) && dtypeOf(x) !== undefined) || isNumberArray(x);

/** The arguments of a call by leaves. The list of them is a list, even if all of them are numbers. */
export const flattenArguments = (args: readonly unknown[]): FlatTree =>
  flatten(args, (x) => x !== args && isArrayLeaf(x));

/** A leaf with numbers in it: a number (not a boolean, which is static) or an array. */
export const isNumericLeaf = (x: unknown): boolean => typeof x === "number" || isArrayLeaf(x);

/** Reads a number or an array; `dtype` overrides the one it has. `where` begins the error. */
export function readNumbers(where: string, value: unknown, dtype?: DType): Numbers {
  if (typeof value !== "number" && typeof value !== "boolean" && !isArrayLeaf(value)) {
    throw new TypeError(
      `${where}: expected numbers, got ${describe(value)}; give a number, a number array or a typed array`,
    );
  }
  const read = readAny(where, value);
  if (dtype === undefined || dtype === read.dtype) return read;
  const range = isFloat(dtype) ? undefined : integerRange[dtype as keyof typeof integerRange];
  const wrong = range && read.data.find((x) => !Number.isInteger(x) || x < range[0] || x > range[1]);
  if (wrong !== undefined) {
    throw new RangeError(
      `${where}: expected values of dtype ${dtype}, got ${wrong}; leave out dtype or change the value`,
    );
  }
  const data = allocate(dtype, read.data.length);
  data.set(read.data);
  return { dtype, shape: read.shape, data };
}

const integerRange = {
  bool: [0, 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
} as const;

/** Plain numbers are read in 64 bits, all else as it is. */
function readAny(where: string, value: ArrayLike): Numbers {
  const open = typeof value === "number" || isNumberArray(value);
  const float = open ? "float64" : "float32";
  const read = within({ builder: undefined, float }, () => toHandle(where, value)).value as Value;
  return open && isFloat(read.dtype) ? { ...read, dtype: "float" } : read;
}

/** The NdArray of these numbers under an execution's float dtype. */
export function toNdArray({ dtype, shape, data }: Numbers, float: FloatDType): NdArray {
  const closed = closeDType(dtype, float);
  const copy = allocate(closed, data.length);
  copy.set(data);
  return new NdArray({ dtype: closed, shape, value: { dtype: closed, shape, data: copy } });
}
