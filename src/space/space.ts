/** The base of all spaces: points by index, as a list, as a table, and as columns for an execution. */

import type { ColumnSource } from "../base/column.ts";
import { allocate, type FloatDType, type TypedArray } from "../base/dtype.ts";
import { formatShape, sameShape, sizeOf } from "../base/shape.ts";
import { sameStructure } from "../base/tree.ts";
import { closeDType, describe, isNumericLeaf, type Numbers, readNumbers } from "./arrays.ts";
import { labelsOf } from "./axis.ts";
import { checkPoints, resolveIndex, resolveSlice, type Span } from "./check.ts";
import { type CollectOptions, collectPoints } from "./collect.ts";
import { type LabelsByPath, labelsByPath } from "./labels.ts";
import { Parameter } from "./parameter.ts";
import {
  type FreeLeaf,
  flattenState,
  type Layout,
  type MaterialiseOptions,
  materialise,
  type PointOf,
  pathOf,
} from "./point.ts";
import { checkListable, columnsOf, mostObjects, type Row, rowsOf, type Table } from "./table.ts";

/** An axis of a product space: its name, and the values along it of every free leaf that it moves. */
export interface SpaceAxis {
  readonly name: string;
  readonly size: number;
  readonly columns: readonly { readonly path: string; readonly source: ColumnSource }[];
}

/**
 * N states, each known by its index. A space of your own gives `N` and `pointAt(i)`:
 *
 *     class Circle extends AbstractSpace<{ x: number; y: number }> {
 *       get N() { return 360; }
 *       override pointAt(i: number) { return { x: Math.cos(i), y: Math.sin(i) }; }
 *     }
 *
 * All its numeric leaves vary; every point must have the tree of point 0, its dtypes and shapes, and the same strings,
 * booleans and the like: those are constants of the model.
 */
export abstract class AbstractSpace<State = unknown, Point = PointOf<State>> implements Iterable<Point> {
  #layout: Layout | undefined;

  /** Number of points. */
  abstract get N(): number;

  /** The state of point `index`, an integer from 0 to N - 1. */
  pointAt(_index: number): Point {
    throw new TypeError(
      `${this.constructor.name}: expected a method pointAt(i), got none; return the state of point i from it`,
    );
  }

  /** Number of points. */
  get length(): number {
    return this.N;
  }

  /** The state tree; for a space of your own its first point. */
  get state(): State {
    // Without a plan a point is all there is of the tree.
    return this.at(0) as unknown as State;
  }

  /** The state of one point; negative indices count from the end. Throws a RangeError outside. */
  at(index: number): Point {
    const n = this.N;
    checkPoints(this.constructor.name, n);
    return this.pointAt(resolveIndex(`${this.constructor.name}.at`, index, n));
  }

  /** Points `start`, `start + step`, … up to but without `stop`, as Python counts them: a space again, lazy, may be empty. */
  slice(start?: number, stop?: number, step?: number): AbstractSpace<State, Point> {
    return new SliceSpace(this, resolveSlice(`${this.constructor.name}.slice`, this.N, start, stop, step));
  }

  /** A fresh iterator each time. */
  *[Symbol.iterator](): Iterator<Point, undefined> {
    const n = this.N;
    for (let i = 0; i < n; i++) yield this.at(i);
  }

  /** All points. */
  asList(): Point[] {
    checkListable("asList", this.N, mostObjects);
    return [...this];
  }

  /** One object per point: its free leaves by path; a bare root is `value`. Values with a shape are nested arrays. */
  toRows(): Row[] {
    return rowsOf(this.freeLeaves(), this.outsideColumns(), this.N);
  }

  /** One typed array per free leaf, `[N, ...shape]` row-major, by path; a bare root is `value`. */
  toColumns(): Table {
    return columnsOf(this.freeLeaves(), this.outsideColumns(), this.N);
  }

  /**
   * The tree with all points stacked in every free leaf. Its leading shape for N = 10: `[10]`; nVmap 4: `[4, 3]`;
   * nPmap 4: `[4, 3]`; nPmap 2 and nVmap 3: `[2, 3, 2]`. Rows are filled in order; the places that are left hold
   * `fillValue` (default NaN, an error in integer leaves). With `combine: false` a pair: the tree of the free leaves
   * and the tree of all others, `undefined` elsewhere. `wrap` is not applied.
   */
  collect(options: CollectOptions & { readonly combine: false }): [unknown, unknown];
  collect(options?: CollectOptions): unknown;
  collect(options: CollectOptions = {}): unknown {
    return collectPoints(this.layout(), this.columns("float32"), this.N, options);
  }

  /** The leaves that differ between points, in flat order. */
  freeLeaves(): readonly FreeLeaf[] {
    return this.layout().slots;
  }

  /** One column per free leaf, as plain data for executions. A space of your own is read point by point, all of it. */
  columns(float: FloatDType): ColumnSource[] {
    return tabulate(this, float);
  }

  /** The axes of a full product, slowest first, with values as `outsideColumns` has them; else `undefined`. */
  axes(_float: FloatDType = "float32"): readonly SpaceAxis[] | undefined {
    return undefined;
  }

  /** Names of the axes of a product, slowest first: a path, or a group. Empty for everything else. */
  get dims(): readonly string[] {
    return (this.axes() ?? []).map(({ name }) => name);
  }

  /** Values along the axes of a product, by path. */
  get coords(): { readonly [path: string]: TypedArray } {
    const columns = (this.axes() ?? []).flatMap((axis) =>
      axis.columns.map((column) => ({ ...column, size: axis.size })),
    );
    return columnsOf(
      columns,
      columns.map(({ source }) => source),
      columns.map(({ size }) => size),
    );
  }

  /** What the free leaves say of themselves, by path; nothing of those that say nothing. */
  get labels(): LabelsByPath {
    if (this.N === 0) return {};
    const { flat, slots } = this.layout();
    return labelsByPath(slots.map(({ path, leaf }) => [path, labelsOf(flat.leaves[leaf])]));
  }

  /** The state for these values of the free leaves (numbers or NdArrays, traced ones too), in flat order. */
  materialise(values: readonly unknown[], options?: MaterialiseOptions): unknown {
    return materialise(this.layout(), values, options);
  }

  /** The tree and its free leaves; those of point 0 are looked at once. */
  layout(): Layout {
    this.#layout ??= layoutOf(this.at(0));
    return this.#layout;
  }

  /** Columns as seen outside of an execution that computes in `float`: written numbers in their 64 bits, draws as drawn. */
  outsideColumns(_float: FloatDType = "float32"): ColumnSource[] {
    return this.columns("float64");
  }
}

/** Every numeric leaf of a point is free. */
function layoutOf(point: unknown): Layout {
  const flat = flattenState(point);
  const slots = flat.leaves.flatMap((leaf, i) => {
    if (!isNumericLeaf(leaf) && !(leaf instanceof Parameter)) return [];
    const path = pathOf(flat.paths[i] as string);
    const { dtype, shape } = numbersOf(path, leaf);
    return [{ path, leaf: i, dtype, shape }];
  });
  return { flat, slots };
}

const numbersOf = (path: string, leaf: unknown): Numbers =>
  leaf instanceof Parameter ? leaf.numbers : readNumbers(path, leaf);

/** Reads all points of a space that can only be asked for one at a time. */
function tabulate(space: AbstractSpace<unknown, unknown>, float: FloatDType): ColumnSource[] {
  const n = space.N;
  const layout = space.layout();
  const columns = layout.slots.map(({ dtype, shape }) => {
    const closed = closeDType(dtype, float);
    const elementSize = sizeOf(shape);
    const values = allocate(closed, n * elementSize);
    return {
      kind: "table",
      values,
      count: n,
      repeat: 1,
      start: 0,
      step: 1,
      dtype: closed,
      shape,
      elementSize,
    } as const;
  });
  for (let i = 0; i < n; i++) {
    pointNumbers(space, layout, i).forEach((data, k) => {
      const { values, elementSize } = columns[k] as (typeof columns)[number];
      values.set(data, i * elementSize);
    });
  }
  return columns;
}

/** The numbers of one point's free leaves; throws where the point differs from point 0 in anything but them. */
function pointNumbers(space: AbstractSpace<unknown, unknown>, { flat, slots }: Layout, i: number): TypedArray[] {
  const where = space.constructor.name;
  const { leaves, structure } = flattenState(space.at(i));
  if (!sameStructure(structure, flat.structure)) {
    throw new TypeError(
      `${where}: expected the tree of point 0 at every point, got another one at point ${i}; ` +
        "give every point the same keys",
    );
  }
  const changed = leaves.findIndex((leaf, at) => isConstant(flat.leaves[at]) && !Object.is(leaf, flat.leaves[at]));
  if (changed >= 0) {
    throw new TypeError(
      `${where}: expected ${describe(flat.leaves[changed])} at ${pathOf(flat.paths[changed] as string)} as at point 0, ` +
        `got ${describe(leaves[changed])} at point ${i}; only numbers and arrays can vary, so write 0 and 1 for a choice`,
    );
  }
  return slots.map((slot) => {
    const { data, dtype, shape } = numbersOf(`${where}, point ${i}: ${slot.path}`, leaves[slot.leaf]);
    if (dtype === slot.dtype && sameShape(shape, slot.shape)) return data;
    throw new TypeError(
      `${where}: expected ${slot.dtype}${formatShape(slot.shape)} at ${slot.path} as at point 0, ` +
        `got ${dtype}${formatShape(shape)} at point ${i}; give every point the same dtypes and shapes`,
    );
  });
}

/** Strings, booleans and the like; functions and objects of classes are often made anew for each point. */
const isConstant = (leaf: unknown): boolean => typeof leaf !== "number" && Object(leaf) !== leaf;

/** Some points of a space of the user's own. */
class SliceSpace<State, Point> extends AbstractSpace<State, Point> {
  readonly #space: AbstractSpace<State, Point>;
  readonly #span: Span;

  constructor(space: AbstractSpace<State, Point>, span: Span) {
    super();
    this.#space = space;
    this.#span = span;
  }

  override get N(): number {
    return this.#span.length;
  }

  override get state(): State {
    return this.#space.state;
  }

  override layout(): Layout {
    return this.#space.layout();
  }

  override pointAt(index: number): Point {
    return this.#space.at(this.#span.start + this.#span.step * index);
  }
}
