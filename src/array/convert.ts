/** What array functions take, made into arrays: numbers, nested number arrays, typed arrays, parameters. */

import { allocate, type DType, dtypeOf, dtypes, isDType, isFloat, promote, type TypedArray } from "../base/dtype.ts";
import { broadcastShapes, type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { isNumberArray } from "../base/tree.ts";
import type { Value } from "../base/value.ts";
import { context } from "./context.ts";
import { apply, type Handle, ofNumber, ofValue, shapeError, typeError } from "./handle.ts";
import { atUserLine } from "./source.ts";

/** An object with this method is taken as the array it gives. */
export const asArray: unique symbol = Symbol("lanewise.asArray");

export type NestedNumbers = readonly (number | boolean | NestedNumbers)[];

/** Everything that array functions take in the place of an array. Plain numbers are weak: they take the dtype they meet. */
export type ArrayLike =
  | number
  | boolean
  | TypedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint8ClampedArray
  | Handle
  | { [asArray](): Handle }
  | readonly ArrayLike[];

/** What acts as an array has a value and a shape too, but is none. */
export const isHandle = (x: unknown): x is Handle =>
  typeof x === "object" &&
  x !== null &&
  "dtype" in x &&
  "shape" in x &&
  ("value" in x || "node" in x) &&
  !(asArray in x);

const hasAsArray = (x: unknown): x is { [asArray](): Handle } => typeof x === "object" && x !== null && asArray in x;

/** Checks a dtype that a user has written. */
export function checkDType(where: string, dtype: unknown): DType {
  if (isDType(dtype)) return dtype;
  throw typeError(where, `a dtype (${dtypes.join(", ")})`, describe(dtype), "use one of these names");
}

/** An array of what is given. Without `dtype`: plain numbers are floats, typed arrays keep what they hold. */
export function toHandle(where: string, x: unknown, dtype?: DType): Handle {
  if (typeof x === "number") return numberOf(where, x, dtype ?? context().float);
  if (Array.isArray(x) && (x.length === 0 || isNumberArray(x))) return ofNumbers(where, x, dtype);
  const found = convert(where, x);
  return dtype === undefined ? found : castTo(found, dtype);
}

function convert(where: string, x: unknown): Handle {
  if (typeof x === "boolean") return ofNumber(x, "bool");
  if (isHandle(x)) return widen(x);
  if (hasAsArray(x)) return widen(x[asArray]());
  if (ArrayBuffer.isView(x)) return ofTypedArray(where, x);
  if (Array.isArray(x)) return ofRows(where, x);
  throw typeError(where, "an array or a number", describe(x), "convert it to numbers first");
}

const ranges = { int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1] } as const;

/** A plain number as a dtype holds it: integers drop the fraction; what they cannot hold is an error. */
function inDType(where: string, x: number, dtype: DType): number {
  if (dtype === "bool") return Number(x !== 0);
  if (isFloat(dtype)) return x;
  const [low, high] = ranges[dtype as keyof typeof ranges];
  const whole = Math.trunc(x);
  if (whole >= low && whole <= high) return whole;
  throw new RangeError(
    `${where}: expected a number that ${dtype} holds (${low} to ${high}), got ${x}; convert the array with astype first${atUserLine()}`,
  );
}

/** A plain number as an array without axes. */
export const numberOf = (where: string, x: number, dtype: DType): Handle => ofNumber(inDType(where, x, dtype), dtype);

// The same elements are one constant of a program, however often they are used; so they are copied once.
const copies = new WeakMap<ArrayBufferView, Value>();

/** An execution in float64 makes every float 64-bit. */
const widen = (x: Handle): Handle =>
  x.dtype === "float32" && context().float === "float64" ? apply("convert", [x], { dtype: "float64" }) : x;

function ofTypedArray(where: string, x: ArrayBufferView): Handle {
  const dtype = dtypeOf(x);
  if (!dtype)
    throw typeError(where, "a typed array of 8 to 32 bit integers or of floats", describe(x), "copy it into one");
  const kept = isFloat(dtype) ? promote(dtype, context().float) : dtype;
  const source = x as TypedArray;
  const known = copies.get(x);
  if (known?.dtype === kept && known.data.length === source.length && sameElements(known.data, source)) {
    return ofValue(known);
  }
  const data = allocate(kept, source.length);
  data.set(source);
  const value: Value = { dtype: kept, shape: [source.length], data };
  copies.set(x, value);
  return ofValue(value);
}

function sameElements(a: TypedArray, b: TypedArray): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Rows that are themselves arrays, traced ones too. */
function ofRows(where: string, x: readonly unknown[]): Handle {
  const rows = unify(where, x);
  const [first] = rows as [Handle, ...Handle[]];
  if (!rows.every((row) => sameShape(row.shape, first.shape))) {
    throw shapeError(
      where,
      "rows of one shape",
      rows.map((row) => row.shape),
      "fill the short ones up",
    );
  }
  const shape = [1, ...first.shape];
  return apply(
    "concat",
    rows.map((row) => apply("reshape", [row], { shape })),
    { axis: 0 },
  );
}

function ofNumbers(where: string, x: readonly unknown[], wanted?: DType): Handle {
  const shape: number[] = [];
  for (let row: unknown = x; Array.isArray(row); row = row[0]) shape.push(row.length);
  const flat = x.flat(Infinity) as (number | boolean)[];
  const ragged = (row: unknown, depth: number): boolean =>
    Array.isArray(row) ? row.length !== shape[depth] || row.some((r) => ragged(r, depth + 1)) : depth !== shape.length;
  if (ragged(x, 0)) throw typeError(where, "rows of one length", "rows of different lengths", "fill the short ones up");
  const flags = flat.length > 0 && flat.every((v) => typeof v === "boolean");
  const dtype = wanted ?? (flags ? "bool" : context().float);
  return ofValue(filled(dtype, shape, (i) => inDType(where, Number(flat[i]), dtype)));
}

export const castTo = (x: Handle, dtype: DType): Handle => (x.dtype === dtype ? x : apply("convert", [x], { dtype }));

export const toFloat = (x: Handle): Handle => (isFloat(x.dtype) ? x : castTo(x, context().float));

/** Whether an integer dtype has this number. */
export function holds(dtype: DType, x: number): boolean {
  if (!Number.isInteger(x)) return false;
  if (dtype === "int32") return x >= -(2 ** 31) && x < 2 ** 31;
  return dtype === "uint32" && x >= 0 && x < 2 ** 32;
}

/** Arrays of one common dtype: arrays promote, plain numbers follow. */
export function unify(where: string, xs: readonly unknown[]): Handle[] {
  const isWeak = (x: unknown): x is number => typeof x === "number";
  const strong = xs.map((x) => (isWeak(x) ? undefined : toHandle(where, x)));
  const met = strong.flatMap((x) => (x ? [x.dtype] : []));
  const numbers = xs.filter(isWeak);
  const dtype = numbers.reduce(meetNumber, met.length > 0 ? met.reduce(promote) : undefined) ?? context().float;
  return xs.map((x, i) => (isWeak(x) ? numberOf(where, x, dtype) : castTo(strong[i] as Handle, dtype)));
}

/** The dtype that an array of `dtype` and a plain number meet in; of numbers alone, floats. */
function meetNumber(dtype: DType | undefined, x: number): DType | undefined {
  if (dtype === undefined || isFloat(dtype)) return dtype;
  if (!Number.isInteger(x)) return context().float;
  return dtype === "bool" ? "int32" : dtype;
}

export function broadcastTo(where: string, x: Handle, shape: Shape): Handle {
  if (sameShape(x.shape, shape)) return x;
  const common = broadcastShapes(x.shape, shape);
  if (!common || !sameShape(common, shape)) {
    throw shapeError(
      where,
      "a shape that broadcasts to the second one",
      [x.shape, shape],
      "reshape it or change the target",
    );
  }
  const axes = x.shape.map((_, i) => shape.length - x.shape.length + i);
  return apply("broadcast", [x], { shape: [...shape], axes });
}

/** Arrays of one shape and dtype; scalars stay scalars, since ops take them as they are. */
export function align(where: string, xs: readonly Handle[]): Handle[] {
  let shape: Shape = [];
  for (const x of xs) {
    const common = broadcastShapes(shape, x.shape);
    if (!common) {
      const shapes = xs.map((y) => y.shape);
      throw shapeError(where, "shapes that broadcast together", shapes, "reshape one of them (NumPy's rules)");
    }
    shape = common;
  }
  return xs.map((x) => (x.shape.length === 0 ? x : broadcastTo(where, x, shape)));
}

export function describe(x: unknown): string {
  if (x === null || x === undefined || typeof x === "number" || typeof x === "boolean") return String(x);
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return "a function";
  if (x instanceof Promise) return "a promise";
  if (Array.isArray(x)) return "an array";
  return typeof x === "object" ? `an object of class ${x.constructor?.name ?? "Object"}` : `a ${typeof x}`;
}

/** Numbers from elements, for concrete arrays made here. */
export const filled = (dtype: DType, shape: Shape, element: (i: number) => number): Value => {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = element(i);
  return { dtype, shape: [...shape], data };
};
