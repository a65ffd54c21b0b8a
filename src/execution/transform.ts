/** `jit`, `vmap`, `pmap`: functions of arrays → functions of arrays, with the meaning that they have in JAX. */

import { context } from "../array/context.ts";
import { toHandle } from "../array/convert.ts";
import * as lax from "../array/lax.ts";
import { fromValue, type NdArray, wrap } from "../array/ndarray.ts";
import { LanewiseError } from "../base/errors.ts";
import { type FlatTree, flatten, type Structure, unflatten } from "../base/tree.ts";
import { hostDeviceCount } from "../device/host.ts";
import { describe, flattenArguments, isArrayLeaf } from "../space/arrays.ts";
import { checkOptions } from "../space/check.ts";
import { type AnyFunction, type Call, CallCache, type Outcome, runHere, runOnDevices } from "./call.ts";

/** What a transformed function returns: the same tree, with arrays for leaves. */
export type ArraysOf<R> = R extends NdArray | number | boolean
  ? NdArray
  : R extends object
    ? { -readonly [K in keyof R]: ArraysOf<R[K]> }
    : R;

/** An axis for every array of a tree, or a tree of axes; `null`: the same for all points. */
export type Axes = number | null | readonly Axes[] | { readonly [key: string]: Axes };

/** Which axes of arguments and results are mapped. */
export interface VmapOptions {
  /** One axis for all arguments, or a list with an entry per argument. Default 0. */
  readonly inAxes?: number | readonly Axes[];
  /** Where the mapped axis lies in the results. Default 0. */
  readonly outAxes?: Exclude<Axes, null>;
}

/**
 * Compiles a function of arrays: it is traced once per kind of arguments (shapes, dtypes, tree), then only run, on this
 * thread. Arguments that are no arrays, plain numbers too, are constants of the compiled function; a new value
 * compiles again, so give numbers that change as `np.asarray(x)`. Inside a model or another `jit` it is `f` itself.
 */
export function jit<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => ArraysOf<R> {
  const cache = new CallCache();
  const call = anyOf(f);
  return (...args) => {
    if (context().builder) return call(...args) as ArraysOf<R>;
    const { structure, arrays } = runHere(
      callOf("jit", call, args, () => null),
      cache,
    );
    const results = arrays.map((array) =>
      fromValue({ dtype: array.dtype, shape: array.shape.slice(1), data: array.data }),
    );
    return unflatten(structure, results) as ArraysOf<R>;
  };
}

/**
 * Maps a function over an axis of its arguments, all points at once in the lanes of this thread. Inside a model it is
 * a loop over the axis (`lax.map`).
 *
 * @throws {RangeError} when no argument has the axis, or axes differ in size.
 */
export function vmap<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: VmapOptions = {},
): (...args: A) => ArraysOf<R> {
  checkOptions("vmap", options, ["inAxes", "outAxes"] satisfies (keyof VmapOptions)[]);
  const { inAxes = 0, outAxes = 0 } = options;
  const cache = new CallCache();
  const function_ = anyOf(f);
  return (...args) => {
    const call = callOf("vmap", function_, args, axesOf("vmap", args, inAxes));
    const outcome = context().builder ? runAsLoop(call) : runHere(call, cache);
    return placeAxes(outcome, outAxes) as ArraysOf<R>;
  };
}

/**
 * Maps a function over the leading axis of its arguments, one device for each index.
 *
 * @throws {RangeError} (as a rejection) when the axis is longer than there are devices.
 */
export function pmap<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => Promise<ArraysOf<R>> {
  const cache = new CallCache();
  const function_ = anyOf(f);
  return async (...args) => {
    if (context().builder) {
      throw new LanewiseError(
        "trace",
        "pmap: expected a call outside of a model, got one inside of a trace; use vmap there",
      );
    }
    const call = callOf("pmap", function_, args, axesOf("pmap", args, 0));
    const known = hostDeviceCount();
    if (call.size > known) {
      throw new RangeError(
        `pmap: expected a leading axis of at most ${known}, the number of devices, got ${call.size}; ` +
          "use vmap, or call setHostDeviceCount first",
      );
    }
    return placeAxes(await runOnDevices(call, cache), 0) as ArraysOf<R>;
  };
}

/** The same function for callers that do not know its types. */
const anyOf = (f: unknown): AnyFunction => {
  if (typeof f === "function") return f as AnyFunction;
  throw new TypeError(`jit, vmap, pmap: expected a function, got ${describe(f)}; give (...arrays) => result`);
};

type AxisOf = (leaf: number) => number | null;

/** Brings the mapped axis of every array to the front. */
function callOf(where: string, f: AnyFunction, args: readonly unknown[], axisOf: AxisOf): Call {
  const { float } = context();
  const { structure, leaves, paths } = flattenArguments(args);
  const sizes = new Map<string, number>();
  const prepared = leaves.map((value, i): Call["leaves"][number] => {
    if (!isArrayLeaf(value)) return { value, mapped: false };
    const path = `argument ${paths[i]}`;
    const array = wrap(toHandle(where, value));
    const axis = axisOf(i);
    if (axis === null) return { value, array, mapped: false };
    const moved = toFront(where, path, array, axis);
    sizes.set(path, moved.shape[0] as number);
    return { value, array: moved, mapped: true };
  });
  return { f, structure, leaves: prepared, size: commonSize(where, sizes, axisOf, leaves.length), float };
}

function commonSize(where: string, sizes: ReadonlyMap<string, number>, axisOf: AxisOf, leaves: number): number {
  const [size = 1, ...others] = [...sizes.values()];
  if (others.some((other) => other !== size)) {
    const got = [...sizes].map(([path, n]) => `${path}: ${n}`).join(", ");
    throw new RangeError(
      `${where}: expected mapped axes of one size, got ${got}; set inAxes to null for what is not mapped`,
    );
  }
  if (
    sizes.size > 0 ||
    Array.from({ length: leaves }, (_, i) => axisOf(i)).every((axis) => axis === null && where === "jit")
  ) {
    return size;
  }
  throw new RangeError(
    `${where}: expected an array with an axis to map over, got none; give arrays, or call the function itself`,
  );
}

function toFront(where: string, path: string, array: NdArray, axis: number): NdArray {
  const rank = array.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const got = rank === 0 ? "a scalar" : `shape [${array.shape.join(", ")}]`;
    throw new RangeError(
      `${where}: expected ${path} to have an axis ${axis}, got ${got}; set inAxes to null for what is not mapped`,
    );
  }
  return move(array, axis < 0 ? axis + rank : axis, 0);
}

/** An array with one axis at another place, the others in order. */
function move(array: NdArray, from: number, to: number): NdArray {
  if (from === to) return array;
  const order = array.shape.map((_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return array.transpose(order);
}

/** The axis of each leaf, from a tree of axes whose leaves stand for all that is below them. */
function axesOf(where: string, args: readonly unknown[], axes: number | readonly Axes[]): AxisOf {
  if (typeof axes !== "number" && axes.length !== args.length) {
    throw new RangeError(
      `${where}: expected inAxes with one entry for each of the ${args.length} arguments, got ${axes.length}; add the missing ones`,
    );
  }
  const found = spread(where, flattenArguments(args).structure, axes);
  return (leaf) => found[leaf] as number | null;
}

function spread(where: string, structure: Structure, axes: Axes | undefined): (number | null)[] {
  if (axes === undefined) {
    throw new RangeError(
      `${where}: expected an axis (or null) for every leaf, got none for some; name it or give one number for all`,
    );
  }
  if (structure.kind === "leaf") return [axes as number | null];
  const keys = structure.kind === "record" ? structure.keys : undefined;
  return structure.items.flatMap((item, i) => {
    if (typeof axes === "number" || axes === null) return spread(where, item, axes);
    return spread(where, item, (axes as { readonly [key: string]: Axes })[keys?.[i] ?? i]);
  });
}

/** Under a trace: the function for one index after the other. */
function runAsLoop({ f, structure, leaves }: Call): Outcome {
  const mapped = leaves.flatMap(({ array, mapped }) => (array && mapped ? [array] : []));
  const result = lax.map((xs: readonly NdArray[]) => {
    let next = 0;
    const given = leaves.map(({ value, array, mapped }) => (mapped ? xs[next++] : (array ?? value)));
    return f(...(unflatten(structure, given) as unknown[]));
  }, mapped);
  const flat = flatten<NdArray>(result) as FlatTree<NdArray>;
  return { structure: flat.structure, arrays: flat.leaves };
}

function placeAxes({ structure, arrays }: Outcome, outAxes: Axes): unknown {
  const axes = spread("vmap", structure, outAxes);
  const placed = arrays.map((array, i) => {
    const axis = axes[i] ?? 0;
    const rank = array.shape.length;
    if (Number.isInteger(axis) && axis >= -rank && axis < rank) return move(array, 0, axis < 0 ? axis + rank : axis);
    throw new RangeError(`vmap: expected outAxes from ${-rank} to ${rank - 1}, got ${axis}; results have rank ${rank}`);
  });
  return unflatten(structure, placed);
}
