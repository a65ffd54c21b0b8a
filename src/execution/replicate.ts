/**
 * A space with several replicates of each point: in, a space whose state holds random keys; out, a space with one more
 * axis, `replicate`, which varies fastest. Every key of the state becomes `foldIn(foldIn(key, point), replicate)`.
 */

import { NdArray } from "../array/ndarray.ts";
import { foldIn } from "../array/random.ts";
import { type ColumnSource, columnOf, sliceWalk } from "../base/column.ts";
import type { FloatDType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { unflatten } from "../base/tree.ts";
import { isNumericLeaf, readNumbers } from "../space/arrays.ts";
import { checkCount, resolveSlice, type Span } from "../space/check.ts";
import { Parameter } from "../space/parameter.ts";
import { readColumn } from "../space/plan.ts";
import { type FreeLeaf, flattenState, type Layout, type MaterialiseOptions } from "../space/point.ts";
import { AbstractSpace, type SpaceAxis } from "../space/space.ts";

const NAME = "replicate";

/** The space itself without `count`. */
export function replicated<State>(
  where: string,
  space: AbstractSpace<State, unknown>,
  count: number | undefined,
): AbstractSpace<State, unknown> {
  if (count === undefined) return space;
  checkCount(where, "replications", count);
  const total = space.N;
  if (total > 2 ** 32) {
    throw new RangeError(
      `${where}: expected at most 2^32 points to replicate, got ${total}; take a slice of the space`,
    );
  }
  const axes = space.axes();
  if (axes?.some(({ name, columns }) => name === NAME || columns.some(({ path }) => path === NAME))) {
    throw new TypeError(`${where}: expected no axis named ${NAME} beside replications, got one; rename it`);
  }
  if (total > 0 && !holdsKey(space)) {
    throw new TypeError(
      `${where}: expected a random key in the state to replicate, got none; ` +
        "add one, such as { key: random.key(0) }, and draw from it in the model",
    );
  }
  return new ReplicatedSpace(space, count);
}

/** Keys are uint32 of two words (threefry) or four (philox). */
const isKeyType = ({ dtype, shape }: { readonly dtype: string; readonly shape: Shape }): boolean =>
  dtype === "uint32" && shape.length === 1 && (shape[0] === 2 || shape[0] === 4);

function holdsKey(space: AbstractSpace<unknown, unknown>): boolean {
  if (space.freeLeaves().some(isKeyType)) return true;
  return space.layout().flat.leaves.some((leaf) => {
    if (leaf instanceof Parameter) return isKeyType(leaf.numbers);
    return isNumericLeaf(leaf) && isKeyType(readNumbers(NAME, leaf));
  });
}

class ReplicatedSpace<State> extends AbstractSpace<State, unknown> {
  readonly #space: AbstractSpace<State, unknown>;
  readonly #count: number;
  /** Of a slice. */
  readonly #span: Span | undefined;

  constructor(space: AbstractSpace<State, unknown>, count: number, span?: Span) {
    super();
    this.#space = space;
    this.#count = count;
    this.#span = span;
  }

  override get N(): number {
    return this.#span?.length ?? this.#space.N * this.#count;
  }

  override get state(): State {
    return this.#space.state;
  }

  override layout(): Layout {
    return this.#space.layout();
  }

  /** The point that is replicated. */
  override pointAt(index: number): unknown {
    const { start, step } = this.#span ?? { start: 0, step: 1 };
    return this.#space.at(Math.floor((start + step * index) / this.#count));
  }

  override slice(start?: number, stop?: number, step?: number): AbstractSpace<State, unknown> {
    const part = resolveSlice("ReplicatedSpace.slice", this.N, start, stop, step);
    const { start: first, step: by } = this.#span ?? { start: 0, step: 1 };
    const span = { start: first + by * part.start, step: by * part.step, length: part.length };
    return new ReplicatedSpace(this.#space, this.#count, span);
  }

  /** Those of the space, the replicate, and what adds up to the number of the point. */
  override freeLeaves(): readonly FreeLeaf[] {
    const digit = (path: string): FreeLeaf => ({ path, dtype: "uint32", shape: [] });
    return [...this.#space.freeLeaves(), digit(NAME), ...this.#pointDigits().map((_, i) => digit(`point[${i}]`))];
  }

  override columns(float: FloatDType): ColumnSource[] {
    const columns = this.#space.columns(float).map((column) => stretch(column, this.#space.N, this.#count));
    const digits = this.#pointDigits().map((column) => stretch(column, this.#space.N, this.#count));
    return this.#cut([...columns, this.#replicate(), ...digits]);
  }

  override outsideColumns(float: FloatDType = "float32"): ColumnSource[] {
    const columns = this.#space.outsideColumns(float).map((column) => stretch(column, this.#space.N, this.#count));
    return this.#cut([...columns, this.#replicate()]);
  }

  /** A space that is no product has one axis of points. */
  override axes(float: FloatDType = "float32"): readonly SpaceAxis[] | undefined {
    if (this.#span) return undefined;
    const replicate = { name: NAME, size: this.#count, columns: [{ path: NAME, source: this.#replicate() }] };
    return [...(this.#space.axes(float) ?? [this.#points(float)]), replicate];
  }

  override materialise(values: readonly unknown[], options?: MaterialiseOptions): unknown {
    const own = this.#space.freeLeaves().length;
    const state = this.#space.materialise(values.slice(0, own), options);
    const [replicate, first, ...rest] = values.slice(own) as NdArray[];
    const point = rest.reduce((sum, digit) => sum.add(digit), first as NdArray);
    const { leaves, structure } = flattenState(state);
    return unflatten(
      structure,
      leaves.map((leaf) =>
        leaf instanceof NdArray && isKeyType(leaf) ? foldIn(foldIn(leaf, point), replicate as NdArray) : leaf,
      ),
    );
  }

  #replicate(): ColumnSource {
    return counting(this.#count, 1, 1);
  }

  /** By axis, so that each of these columns goes along one: its share of the number of the point. */
  #pointDigits(): ColumnSource[] {
    const axes = this.#space.axes() ?? [{ size: this.#space.N }];
    let stride = this.#space.N;
    return axes.map(({ size }) => {
      stride /= size;
      return counting(size, stride, stride);
    });
  }

  #points(float: FloatDType): SpaceAxis {
    const { N: size } = this.#space;
    const free = this.#space.freeLeaves();
    const columns = this.#space
      .outsideColumns(float)
      .map((source, i) => ({ path: (free[i] as FreeLeaf).path, source }));
    return { name: "point", size, columns };
  }

  #cut(columns: readonly ColumnSource[]): ColumnSource[] {
    const span = this.#span;
    return span ? columns.map((column) => sliceWalk(column, span.start, span.step)) : [...columns];
  }
}

/** 0, by, 2 · by, … along an axis of `size` positions with so many points from one to the next. */
const counting = (size: number, by: number, stride: number): ColumnSource =>
  columnOf(
    { kind: "linear", low: 0, high: (size - 1) * by, n: size },
    { count: size, repeat: stride, start: 0, step: 1 },
    "uint32",
    [],
  );

/** Every point `by` times, one after the other; backwards slices are read. */
export function stretch(column: ColumnSource, points: number, by: number): ColumnSource {
  if (column.step === 1) return { ...column, start: column.start * by, repeat: column.repeat * by };
  const { dtype, shape, elementSize } = column;
  const values = readColumn(column, 0, points);
  return { kind: "table", values, count: points, repeat: by, start: 0, step: 1, dtype, shape, elementSize };
}
