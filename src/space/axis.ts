/** Axes: leaves of a state that stand for several values. Bounds and options in, a source of values out. */

import { describe, type NestedNumbers } from "../array/convert.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Source } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import type { KeyData } from "../base/key.ts";
import type { Shape } from "../base/shape.ts";
import { type ArrayInput, type OpenDType, readNumbers } from "./arrays.ts";
import { checkBounds, checkCount, checkFinite, checkOptions, type Labels, readLabels } from "./check.ts";
import { Parameter } from "./parameter.ts";

/** Options of every axis. `W` is what `wrap` makes, never without `wrap`. */
export interface AxisOptions<S extends Shape | undefined, W> extends Labels {
  /** Every point is one number repeated to this shape. Default: a single number. */
  readonly shape?: S;
  /** Axes with the same group move together, as one factor of a product. Default: a factor of its own. */
  readonly group?: string;
  /** Applied to the value when a point is made; under a trace the value is an NdArray. */
  readonly wrap?: (value: NdArray) => W;
}

/** What a space needs to know of an axis: the values of each point, without wrap and repetition. */
interface AxisValues {
  readonly dtype: OpenDType;
  readonly shape: Shape;
  readonly source: Source;
}

export abstract class Axis<P = unknown, S extends Shape | undefined = Shape | undefined, W = unknown> {
  /** Number of values. */
  readonly n: number;
  /** To which a single number is repeated. */
  readonly shape: Shape | undefined;
  /** Name of the factor that it shares with others. */
  readonly group: string | undefined;
  /** Makes of a value what the model gets. */
  readonly wrap: ((value: NdArray) => W) | undefined;
  /** What people call it, what it is measured in, what it means. */
  readonly labels: Labels;
  /** Only a type: what a point is, for the types of points and models. */
  declare readonly given: { readonly point: P; readonly shape: S; readonly wrapped: W };

  constructor(where: string, n: number, options: AxisOptions<S, W>) {
    checkOptions(where, options, ["shape", "group", "wrap", "name", "unit", "description"]);
    const { shape, group, wrap } = options;
    if (shape !== undefined && !(Array.isArray(shape) && shape.every((d) => Number.isSafeInteger(d) && d >= 0))) {
      throw new TypeError(
        `${where}: expected a shape such as [3, 2], got ${describe(shape)}; leave it out for one number`,
      );
    }
    if (group !== undefined && (typeof group !== "string" || group === "")) {
      throw new TypeError(
        `${where}: expected a name as group, got ${describe(group)}; give the same string to each member`,
      );
    }
    if (wrap !== undefined && typeof wrap !== "function") {
      throw new TypeError(`${where}: expected a function as wrap, got ${describe(wrap)}; write (value) => …`);
    }
    this.n = n;
    this.shape = shape;
    this.group = group;
    this.wrap = wrap;
    this.labels = readLabels(where, options);
  }

  /** The values; `key` is the axis's own sub-key, which only draws use. */
  abstract values(key: KeyData): AxisValues;
}

/** What a leaf of a state says of itself. */
export function labelsOf(leaf: unknown): Labels {
  if (leaf instanceof Axis) return leaf.labels;
  if (!(leaf instanceof Parameter)) return {};
  const { name, unit, description } = leaf;
  return { name, unit, description };
}

/** Bounds and count of an axis between two numbers, checked. */
export abstract class BoundedAxis<S extends Shape | undefined, W> extends Axis<number, S, W> {
  /** Lower bound. */
  readonly low: number;
  /** Upper bound. */
  readonly high: number;

  constructor(where: string, low: number, high: number, n: number, options: AxisOptions<S, W>) {
    checkCount(where, "n", n);
    for (const bound of [low, high]) {
      if (typeof bound !== "number") {
        throw new TypeError(`${where}: expected two numbers as bounds, got ${describe(bound)}; write (low, high, n)`);
      }
    }
    checkBounds(where, low, high);
    checkFinite(where, low, high, n);
    super(where, n, options);
    this.low = low;
    this.high = high;
  }
}

/** `n` evenly spaced values from `low` to `high`, both ends included; `low` alone for n = 1. */
export class GridAxis<S extends Shape | undefined = undefined, W = never> extends BoundedAxis<S, W> {
  constructor(low: number, high: number, n: number, options: AxisOptions<S, W> = {}) {
    super("GridAxis", low, high, n, options);
  }

  override values(): AxisValues {
    return { dtype: "float", shape: [], source: { kind: "linear", low: this.low, high: this.high, n: this.n } };
  }
}

/** `n` geometrically spaced values from `low` to `high`, both positive, both ends included. */
export class LogGridAxis<S extends Shape | undefined = undefined, W = never> extends BoundedAxis<S, W> {
  constructor(low: number, high: number, n: number, options: AxisOptions<S, W> = {}) {
    super("LogGridAxis", low, high, n, options);
    if (low <= 0) {
      throw new RangeError(
        `LogGridAxis: expected positive bounds, got low ${low} and high ${high}; use GridAxis to cross zero`,
      );
    }
  }

  override values(): AxisValues {
    return { dtype: "float", shape: [], source: { kind: "geometric", low: this.low, high: this.high, n: this.n } };
  }
}

/** `n` draws from [low, high): `random.uniform(key, [n], { low, high })` with the axis's own key. */
export class UniformAxis<S extends Shape | undefined = undefined, W = never> extends BoundedAxis<S, W> {
  constructor(low: number, high: number, n: number, options: AxisOptions<S, W> = {}) {
    super("UniformAxis", low, high, n, options);
  }

  override values(key: KeyData): AxisValues {
    return { dtype: "float", shape: [], source: { kind: "uniform", key, low: this.low, high: this.high } };
  }
}

/** What one point of these data is. */
type DataPoint<V> = V extends readonly number[] | TypedArray
  ? number
  : V extends readonly boolean[]
    ? boolean
    : V extends readonly NestedNumbers[]
      ? NdArray
      : number | NdArray;

/** Given values: the first dimension is the axis. Typed arrays keep their dtype, plain numbers are floats. */
export class DataAxis<
  V extends Exclude<ArrayInput, number | boolean> = Exclude<ArrayInput, number | boolean>,
  S extends Shape | undefined = undefined,
  W = never,
> extends Axis<DataPoint<V>, S, W> {
  readonly #values: AxisValues;

  constructor(values: V, options: AxisOptions<S, W> = {}) {
    if (Array.isArray(values) && values.length === 0) throw emptyData();
    const { dtype, shape, data } = readNumbers("DataAxis", values);
    const [n, ...rest] = shape;
    if (n === undefined) {
      throw new TypeError("DataAxis: expected an array, got a single number; put the values in an array");
    }
    if (n === 0) throw emptyData();
    if (options.shape !== undefined && rest.length > 0) {
      throw new RangeError(
        `DataAxis: expected one number per point to repeat to a shape, got values of shape [${shape.join(", ")}]; ` +
          "leave out shape",
      );
    }
    super("DataAxis", n, options);
    this.#values = { dtype, shape: rest, source: { kind: "table", values: data } };
  }

  override values(): AxisValues {
    return this.#values;
  }
}

const emptyData = (): RangeError =>
  new RangeError("DataAxis: expected at least one value, got none; give an array with a point per row");
