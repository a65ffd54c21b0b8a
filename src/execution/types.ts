/** How types follow the state through the model to the results. */

import type { NdArray } from "../array/ndarray.ts";
import type { TypedArray } from "../base/dtype.ts";

/**
 * One point's result for a model that returns `R`. A scalar leaf is a number at `results.at(i)`, a leaf with a shape
 * is an `NdArray`; which of the two is known only when the model has been traced, so arrays are typed as the common
 * case, numbers. Where a leaf has a shape, say so: `results.at<{ peak: number; curve: NdArray }>(0)`.
 */
export type ResultOf<R> = MapLeaves<R, number>;

/** The same tree with one typed array per leaf, `[N, ...shape]`. */
export type StackedOf<R> = MapLeaves<R, TypedArray>;

type MapLeaves<R, Leaf> = unknown extends R
  ? unknown
  : R extends NdArray | number | TypedArray
    ? Leaf
    : R extends boolean
      ? Leaf extends number
        ? boolean
        : Leaf
      : R extends object
        ? { -readonly [K in keyof R]: MapLeaves<R[K], Leaf> }
        : never;

/** What a model sees of an argument: arrays arrive as `NdArray`, all else as it is. */
export type ArgumentOf<T> = T extends NdArray | ArrayBufferView | NumberArray
  ? NdArray
  : T extends Primitive | ((...args: never[]) => unknown)
    ? T
    : T extends object
      ? { -readonly [K in keyof T]: ArgumentOf<T[K]> }
      : T;

type NumberArray = readonly (number | boolean | NumberArray)[];
type Primitive = string | number | boolean | bigint | symbol | null | undefined;

/** The model's arguments after the state: `args` in order, then `kwargs` if there are any. */
export type RestOf<A extends readonly unknown[], K> = [
  ...{ -readonly [I in keyof A]: ArgumentOf<A[I]> },
  ...(undefined extends K ? [] : [ArgumentOf<K>]),
];
