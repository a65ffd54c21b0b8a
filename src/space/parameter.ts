/** A named value with bounds: the leaf of a state that GridSpace, UniformSpace and DataSpace vary when it is free. */

import { context } from "../array/context.ts";
import { asArray, describe } from "../array/convert.ts";
import type { NdArray } from "../array/ndarray.ts";
import { allocate, type DType, isDType } from "../base/dtype.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { type ArrayInput, type Numbers, readNumbers, toNdArray } from "./arrays.ts";
import { checkBounds, checkOptions, type Labels, readLabels } from "./check.ts";

export interface ParameterOptions<S extends Shape | undefined = Shape | undefined> extends Omit<Labels, "name"> {
  /** Lower bound. */
  readonly low?: number;
  /** Upper bound; a UniformSpace never draws it. */
  readonly high?: number;
  /** Only free parameters span a space. Default false. */
  readonly free?: boolean;
  /** Repeats a single value to this shape. Default: the shape of the value. */
  readonly shape?: S;
  /** Default: the dtype of a typed array or NdArray; for plain numbers the float dtype of the execution. */
  readonly dtype?: DType;
}

/**
 * `new Parameter("G", 0.5, { low: 0, high: 1, free: true })`. Inside a model a parameter is its value, an NdArray.
 * Throws a RangeError when `low >= high` and when the value is not finite.
 */
export class Parameter<V extends ArrayInput = ArrayInput, S extends Shape | undefined = Shape | undefined> {
  /** For people; a state names its leaves by their paths. */
  readonly name: string;
  /** As it was given. */
  readonly value: V;
  /** Lower bound, if it has one. */
  readonly low: number | undefined;
  /** Upper bound, if it has one. */
  readonly high: number | undefined;
  /** Whether it spans a space. */
  readonly free: boolean;
  /** What it is measured in. */
  readonly unit: string | undefined;
  /** What it means. */
  readonly description: string | undefined;
  /** Of the value; `[]` for a single one. */
  readonly shape: Shape;
  /** The value as data of `shape`, and its dtype; plain numbers in 64 bits and with the execution's float dtype. */
  readonly numbers: Numbers;
  /** Only a type: what `value` and `shape` were, for the types of points and models. */
  declare readonly given: { readonly value: V; readonly shape: S };

  constructor(name: string, value: V, options: ParameterOptions<S> = {}) {
    if (typeof name !== "string" || name === "") {
      throw new TypeError(`Parameter: expected a name first, got ${describe(name)}; write new Parameter("G", 0.5)`);
    }
    const where = `Parameter "${name}"`;
    checkOptions(where, options, [
      "low",
      "high",
      "free",
      "shape",
      "dtype",
      "unit",
      "description",
    ] satisfies (keyof ParameterOptions)[]);
    const { dtype, free = false, low, high, shape } = options;
    const { unit, description } = readLabels(where, options);
    if (dtype !== undefined && !isDType(dtype)) {
      throw new TypeError(
        `${where}: expected a dtype, got ${describe(dtype)}; use float32, float64, int32, uint32 or bool`,
      );
    }
    checkBounds(where, low, high);
    const read = readNumbers(where, value, dtype);
    const wrong = read.data.find((x) => !Number.isFinite(x));
    if (wrong !== undefined) {
      throw new RangeError(`${where}: expected a finite value, got ${wrong}; give a number to start from`);
    }
    this.name = name;
    this.value = value;
    this.low = low;
    this.high = high;
    this.free = free;
    this.unit = unit;
    this.description = description;
    this.numbers = shape === undefined ? read : repeat(where, read, shape);
    this.shape = this.numbers.shape;
  }

  /** Array functions take a parameter as its value. */
  [asArray](): NdArray {
    return toNdArray(this.numbers, context().float);
  }
}

function repeat(where: string, numbers: Numbers, shape: Shape): Numbers {
  if (sameShape(shape, numbers.shape)) return numbers;
  if (numbers.shape.length > 0) {
    throw new RangeError(
      `${where}: expected one number to repeat to shape ${formatShape(shape)}, got shape ${formatShape(numbers.shape)}; ` +
        "leave out shape",
    );
  }
  const data = allocate(numbers.dtype === "float" ? "float64" : numbers.dtype, sizeOf(shape));
  return { dtype: numbers.dtype, shape: [...shape], data: data.fill(numbers.data[0] as number) };
}
