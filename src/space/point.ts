/** From a point's values to the state a model gets. Every executor, and `at` of every space, goes through `materialise`. */

import { broadcastTo, type NestedNumbers } from "../array/convert.ts";
import { NdArray } from "../array/ndarray.ts";
import type { FloatDType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { type FlatTree, flatten, type Structure } from "../base/tree.ts";
import { type ArrayInput, isArrayLeaf, type OpenDType, readNumbers, toNdArray } from "./arrays.ts";
import type { Axis } from "./axis.ts";
import { Parameter } from "./parameter.ts";

type Primitive = string | number | boolean | bigint | symbol | null | undefined;
type TypedData = Extract<ArrayInput, ArrayBufferView>;

/** A single value is `Scalar`, one with a shape an NdArray; `wrap` decides for itself. */
type AxisPoint<P, S, W> = [W] extends [never] ? (undefined extends S ? P : NdArray) : W;

type ParameterPoint<V, S, Scalar> = undefined extends S ? (V extends number | boolean ? Scalar : NdArray) : NdArray;

type MapState<T, Scalar> = T extends { readonly given: { readonly value: infer V; readonly shape: infer S } }
  ? ParameterPoint<V, S, Scalar>
  : T extends { readonly given: { readonly point: infer P; readonly shape: infer S; readonly wrapped: infer W } }
    ? AxisPoint<Scalar extends NdArray ? NdArray : P, S, W>
    : T extends NdArray | TypedData
      ? NdArray
      : T extends Primitive | ((...args: never[]) => unknown)
        ? T
        : T extends readonly []
          ? T
          : T extends NestedNumbers
            ? NdArray
            : T extends object
              ? { -readonly [K in keyof T]: MapState<T[K], Scalar> }
              : T;

/** One point outside of a model: single values are numbers, values with a shape are NdArrays. */
export type PointOf<State> = unknown extends State ? unknown : MapState<State, number>;

/** What a model sees: every parameter, axis and array is an NdArray; plain numbers and all else stay as they are. */
export type ModelState<State> = unknown extends State ? unknown : MapState<State, NdArray>;

/** A leaf that differs between points. */
export interface FreeLeaf {
  /** Path in the state; `value` for a bare root. */
  readonly path: string;
  /** `"float"`: the float dtype of the execution. */
  readonly dtype: OpenDType;
  /** Of the value that varies. */
  readonly shape: Shape;
}

/** A free leaf and what becomes of its value in the state. */
export interface Slot extends FreeLeaf {
  /** Place among all leaves. */
  readonly leaf: number;
  /** The single value is repeated to this shape. */
  readonly spread?: Shape | undefined;
  readonly wrap?: ((value: NdArray) => unknown) | undefined;
}

/** A state tree and its free leaves in flat order. */
export interface Layout {
  readonly flat: FlatTree;
  readonly slots: readonly Slot[];
}

export interface MaterialiseOptions {
  /** The float dtype of number arrays and fixed parameters. Default float32. */
  readonly dtype?: FloatDType;
  /** Leaves single values numbers, as outside of a model. Default false: they become NdArrays. */
  readonly numbers?: boolean;
}

export const flattenState = (state: unknown): FlatTree => flatten(state, isArrayLeaf);

export const pathOf = (path: string): string => (path === "" ? "value" : path);

/**
 * The state at one point: free leaves replaced by `values` (in flat order), fixed parameters by their value, number
 * arrays and typed arrays by NdArrays; everything else is untouched.
 */
export function materialise(layout: Layout, values: readonly unknown[], options: MaterialiseOptions = {}): unknown {
  const kinds = made.get(layout) ?? new Map<string, Materialiser>();
  made.set(layout, kinds);
  const kind = `${options.dtype} ${options.numbers}`;
  const make = kinds.get(kind) ?? materialiser(layout, options);
  kinds.set(kind, make);
  return make(values);
}

const made = new WeakMap<Layout, Map<string, Materialiser>>();

export type Materialiser = (values: readonly unknown[]) => unknown;

/** `materialise` for many points: what is the same at all of them is made once. */
export function materialiser(
  { flat, slots }: Layout,
  { dtype = "float32", numbers = false }: MaterialiseOptions,
): Materialiser {
  const slotOf = new Map(slots.map((slot, i) => [slot.leaf, i]));
  let next = 0;
  const build = (structure: Structure): Part => {
    if (structure.kind === "leaf") {
      const leaf = next++;
      const slot = slotOf.get(leaf);
      if (slot === undefined)
        return { fixed: fixedLeaf(flat.leaves[leaf], flat.paths[leaf] as string, dtype, numbers) };
      return { make: settler(slots[slot] as Slot, slot, dtype) };
    }
    const parts = structure.items.map(build);
    return { make: structure.kind === "list" ? listMaker(parts) : recordMaker(structure.keys, parts) };
  };
  const root = build(flat.structure);
  return root.make ?? (() => root.fixed);
}

/** A part of a state: the same at every point, or made from a point's values. */
interface Part {
  readonly fixed?: unknown;
  readonly make?: Materialiser;
}

const changingParts = <Key>(keys: readonly Key[], parts: readonly Part[]): { key: Key; make: Materialiser }[] =>
  parts.flatMap(({ make }, i) => (make ? [{ key: keys[i] as Key, make }] : []));

// Copies of a template, so that points may be changed without changing each other.
function recordMaker(keys: readonly string[], parts: readonly Part[]): Materialiser {
  const template = Object.fromEntries(keys.map((key, i) => [key, parts[i]?.fixed]));
  const changing = changingParts(keys, parts);
  return (values) => {
    const record = { ...template };
    for (let i = 0; i < changing.length; i++) {
      const { key, make } = changing[i] as (typeof changing)[number];
      record[key] = make(values);
    }
    return record;
  };
}

function listMaker(parts: readonly Part[]): Materialiser {
  const template = parts.map(({ fixed }) => fixed);
  const changing = changingParts([...parts.keys()], parts);
  return (values) => {
    const list = template.slice();
    for (const { key, make } of changing) list[key] = make(values);
    return list;
  };
}

/** Repeats and wraps the value of a free leaf. */
function settler({ path, dtype: own, spread, wrap }: Slot, i: number, dtype: FloatDType): Materialiser {
  if (spread === undefined && wrap === undefined) return (values) => values[i];
  return (values) => {
    const value = values[i];
    const plain = typeof value === "number" || typeof value === "boolean";
    const array = plain
      ? toNdArray(readNumbers(path, value, own === "float" ? undefined : own), dtype)
      : (value as NdArray);
    const shaped = spread === undefined ? array : new NdArray(broadcastTo(path, array, spread));
    return wrap === undefined ? shaped : wrap(shaped);
  };
}

function fixedLeaf(leaf: unknown, path: string, dtype: FloatDType, numbers: boolean): unknown {
  if (leaf instanceof Parameter) {
    const { data, shape } = leaf.numbers;
    if (!numbers || shape.length > 0) return toNdArray(leaf.numbers, dtype);
    return leaf.numbers.dtype === "bool" ? data[0] !== 0 : data[0];
  }
  if (!isArrayLeaf(leaf) || (leaf instanceof NdArray && dtype === "float32")) return leaf;
  return toNdArray(readNumbers(pathOf(path), leaf), dtype);
}

/** An axis belongs into a Space; elsewhere it would silently stay a constant. */
export function rejectAxes(where: string, { leaves, paths }: FlatTree, isAxis: (leaf: unknown) => leaf is Axis): void {
  const at = leaves.findIndex(isAxis);
  if (at < 0) return;
  throw new TypeError(
    `${where}: expected free Parameters, got an axis at ${pathOf(paths[at] as string)}; use new Space(state) for axes`,
  );
}
