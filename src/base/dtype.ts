/** The five element types, what stores them, and how they promote. One row per dtype. */

import { roomFor } from "./memory.ts";

export const dtypes = ["bool", "int32", "uint32", "float32", "float64"] as const;
/** Element type of an array. Models compute in `float32` by default; `bool` is stored as one byte, 0 or 1. */
export type DType = (typeof dtypes)[number];
/** The dtypes that an execution can give to floats. */
export type FloatDType = "float32" | "float64";

/** Host storage of one column; `bool` is one byte, 0 or 1. */
export type TypedArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

interface DTypeInfo {
  readonly storage: {
    new (length: number): TypedArray;
    new (buffer: ArrayBufferLike, offset?: number, length?: number): TypedArray;
  };
  readonly bytes: number;
  readonly float: boolean;
}

export const dtypeInfo: { readonly [D in DType]: DTypeInfo } = {
  bool: { storage: Uint8Array, bytes: 1, float: false },
  int32: { storage: Int32Array, bytes: 4, float: false },
  uint32: { storage: Uint32Array, bytes: 4, float: false },
  float32: { storage: Float32Array, bytes: 4, float: true },
  float64: { storage: Float64Array, bytes: 8, float: true },
};

export const isDType = (name: unknown): name is DType => dtypes.includes(name as DType);
export const isFloat = (dtype: DType): dtype is FloatDType => dtypeInfo[dtype].float;

/** Allocates zeroed host storage for `length` elements; throws a LanewiseError of kind "memory" where there is no room. */
export function allocate(dtype: DType, length: number): TypedArray {
  const { storage, bytes } = dtypeInfo[dtype];
  return roomFor("memory", bytes * length, "take fewer points at a time (slice, chunks), or smaller arrays", () => {
    return new storage(length);
  });
}

/** The dtype that holds a typed array's elements, or `undefined` for a class without one (BigInt64Array, …). */
export function dtypeOf(data: ArrayBufferView): DType | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (
    data instanceof Int32Array ||
    data instanceof Int8Array ||
    data instanceof Int16Array ||
    data instanceof Uint16Array
  )
    return "int32";
  if (data instanceof Uint32Array) return "uint32";
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return "int32";
  return undefined;
}

// int32 with uint32 gives int32, as JAX does without 64-bit types.
const rank: { readonly [D in DType]: number } = { bool: 0, uint32: 1, int32: 2, float32: 3, float64: 4 };

/** The dtype two arrays meet in: bool < uint32 < int32 < float32 < float64. */
export const promote = (a: DType, b: DType): DType => (rank[a] >= rank[b] ? a : b);
