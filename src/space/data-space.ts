/** A space of given points: the rows of the arrays in a state. */

import type { NdArray } from "../array/ndarray.ts";
import type { Shape } from "../base/shape.ts";
import type { FlatTree } from "../base/tree.ts";
import { isArrayLeaf, readNumbers } from "./arrays.ts";
import { Axis, DataAxis } from "./axis.ts";
import { type Candidate, commonSize, sideBySide } from "./combine.ts";
import { Parameter } from "./parameter.ts";
import type { Plan } from "./plan.ts";
import { PlannedSpace } from "./planned.ts";
import { flattenState, pathOf, rejectAxes } from "./point.ts";

const isOtherAxis = (leaf: unknown): leaf is Axis => leaf instanceof Axis && !(leaf instanceof DataAxis);

/** A row of an array is a number or an NdArray; which of the two only the data tell. */
export type RowOf<State> = unknown extends State
  ? unknown
  : State extends { readonly given: { readonly value: infer V } }
    ? V extends number
      ? number
      : number | NdArray
    : State extends { readonly given: { readonly point: infer P } }
      ? P
      : State extends NdArray | ArrayBufferView | readonly (number | boolean)[]
        ? number | NdArray
        : State extends string | number | boolean | ((...args: never[]) => unknown)
          ? State
          : State extends object
            ? { -readonly [K in keyof State]: RowOf<State[K]> }
            : State;

/**
 * The first dimension of every free leaf is the points: of free Parameters and of arrays marked by `DataAxis`; in a
 * tree without either, of every array. Throws a RangeError that names paths and sizes when they differ.
 */
export class DataSpace<State> extends PlannedSpace<State, RowOf<State>> {
  readonly #plan: Plan;

  constructor(state: State) {
    super(state);
    const flat = flattenState(state);
    rejectAxes("DataSpace", flat, isOtherAxis);
    const candidates = freeArrays(flat);
    this.#plan = sideBySide(flat, candidates, commonSize("DataSpace", candidates));
  }

  override plan(): Plan {
    return this.#plan;
  }
}

function freeArrays({ leaves, paths }: FlatTree): Candidate[] {
  const marked = leaves.some((leaf) => leaf instanceof Parameter || leaf instanceof DataAxis);
  const candidates = leaves.flatMap((leaf, i): Candidate[] => {
    const path = pathOf(paths[i] as string);
    if (leaf instanceof DataAxis) {
      const { dtype, shape, source } = leaf.values();
      return [{ path, leaf: i, size: leaf.n, dtype, shape, source, spread: leaf.shape, wrap: leaf.wrap }];
    }
    if (leaf instanceof Parameter ? !leaf.free : marked || !isArrayLeaf(leaf)) return [];
    const { dtype, shape, data } = leaf instanceof Parameter ? leaf.numbers : readNumbers(path, leaf);
    const [size, ...rest] = shape as Shape;
    if (size === undefined) {
      throw new TypeError(
        `DataSpace: expected a dimension for the points at ${path}, got a single number; give an array with a row per point`,
      );
    }
    if (size === 0)
      throw new RangeError(`DataSpace: expected at least one row at ${path}, got none; give a row per point`);
    return [{ path, leaf: i, size, dtype, shape: rest, source: { kind: "table", values: data } }];
  });
  if (candidates.length > 0) return candidates;
  throw new TypeError(
    "DataSpace: expected arrays in the state, got none; give a free Parameter or a DataAxis with a row per point",
  );
}
