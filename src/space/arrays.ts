/** Numbers in any written form in, data with a shape out; and from data to the NdArray a model sees. */

import { allocate, type DType, dtypeOf, type FloatDType, isFloat, promote, type TypedArray } from "../base/dtype.ts";
import { formatShape, type Shape, sizeOf } from "../base/shape.ts";
import { isNumberArray } from "../base/tree.ts";

export class NdArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
  constructor(dtype: DType, shape: Shape, data: TypedArray) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }
}
export const asArray: unique symbol = Symbol("asArray");
export const broadcastTo = (x: unknown, shape: Shape): NdArray => {
  const v = typeof x === "number" ? new NdArray("float32", [], Float32Array.of(x)) : (x as NdArray);
  return new NdArray(v.dtype, shape, allocate(v.dtype, sizeOf(shape)).fill(v.data[0] as number));
};
const fromData = (dtype: DType, shape: Shape, data: TypedArray): NdArray => new NdArray(dtype, shape, data);
const dataOf = (x: NdArray): TypedArray => x.data;

export type NestedNumbers = readonly (number | boolean | NestedNumbers)[];
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
  x instanceof NdArray || isTypedArray(x) || isNumberArray(x);

const isTypedArray = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && dtypeOf(x) !== undefined;

/** A leaf with numbers in it: a number (not a boolean, which is static) or an array. */
export const isNumericLeaf = (x: unknown): boolean => typeof x === "number" || isArrayLeaf(x);

/** Reads a number or an array; `dtype` overrides the one it has. `where` begins the error. */
export function readNumbers(where: string, value: unknown, dtype?: DType): Numbers {
  const read = readAny(where, value);
  if (dtype === undefined || dtype === read.dtype) return read;
  const kind = isFloat(dtype) ? undefined : integerRange[dtype as keyof typeof integerRange];
  const wrong = kind && read.data.find((x) => !Number.isInteger(x) || x < kind[0] || x > kind[1]);
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

function readAny(where: string, value: unknown): Numbers {
  if (typeof value === "number") return { dtype: "float", shape: [], data: Float64Array.of(value) };
  if (typeof value === "boolean") return { dtype: "bool", shape: [], data: Uint8Array.of(Number(value)) };
  if (value instanceof NdArray) return { dtype: value.dtype, shape: value.shape, data: dataOf(value) };
  if (isTypedArray(value)) {
    const dtype = dtypeOf(value) as DType;
    // Narrow integers widen to int32.
    const data = allocate(dtype, value.length);
    data.set(value);
    return { dtype, shape: [value.length], data };
  }
  if (isNumberArray(value)) return readNested(where, value as NestedNumbers);
  throw new TypeError(
    `${where}: expected numbers, got ${describe(value)}; give a number, a number array or a typed array`,
  );
}

function readNested(where: string, value: NestedNumbers): Numbers {
  const shape: number[] = [];
  for (let x: unknown = value; Array.isArray(x); x = x[0]) shape.push(x.length);
  const flat: (number | boolean)[] = [];
  const visit = (x: number | boolean | NestedNumbers, depth: number): void => {
    if (typeof x !== "object") {
      if (depth !== shape.length) throw ragged(where, shape);
      flat.push(x);
      return;
    }
    if (x.length !== shape[depth]) throw ragged(where, shape);
    for (const item of x) visit(item, depth + 1);
  };
  visit(value, 0);
  if (flat.every((x) => typeof x === "boolean")) return { dtype: "bool", shape, data: Uint8Array.from(flat, Number) };
  return { dtype: "float", shape, data: Float64Array.from(flat, Number) };
}

const ragged = (where: string, shape: Shape): TypeError =>
  new TypeError(
    `${where}: expected rows of equal length as in shape ${formatShape(shape)}, got ragged ones; fill them up`,
  );

/** The NdArray of these numbers under an execution's float dtype. */
export function toNdArray(numbers: Numbers, float: FloatDType): NdArray {
  const dtype = closeDType(numbers.dtype, float);
  const data = allocate(dtype, numbers.data.length);
  data.set(numbers.data);
  return fromData(dtype, numbers.shape, data);
}

/** For messages: what the user gave. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return `${value}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) {
    const odd: unknown = value.find((x) => typeof x !== "number" && !Array.isArray(x)) ?? value[0];
    return value.length === 0 ? "an empty array" : `an array with ${describe(odd)} in it`;
  }
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return name === undefined || name === "Object" ? "an object" : `a ${name}`;
}
