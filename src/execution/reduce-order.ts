/**
 * In which order points are computed when axes are reduced: those that become one point of the result follow each
 * other. The axes that remain come first, those that are reduced last, each in the order that they have in the space.
 */

import { type ColumnSource, reader } from "../base/column.ts";
import { allocate, type FloatDType } from "../base/dtype.ts";
import { describe } from "../space/arrays.ts";
import { type LabelsByPath, labelsByPath } from "../space/labels.ts";
import type { AbstractSpace, SpaceAxis } from "../space/space.ts";

export interface PointOrder {
  /** Points of the result. */
  readonly cells: number;
  /** Points that become one of the result. */
  readonly points: number;
  /** The axes that remain. */
  readonly axes: readonly SpaceAxis[];
  /** Of the parameters on them. */
  readonly labels: LabelsByPath;
  /** Whether it is the order that the points have in the space. */
  readonly isSpaces: boolean;
  /** The space's number of the point computed as number `i`. */
  index(i: number): number;
  /** The columns of the space, in this order. */
  sources(given: readonly ColumnSource[]): readonly ColumnSource[];
}

interface LaidAxis {
  readonly axis: SpaceAxis;
  /** Points of the space from one position of the axis to the next. */
  readonly stride: number;
}

/** `over`: names of axes, or of parameters on them; all points become one without. `float`: of the model. */
export function pointOrder(
  where: string,
  space: AbstractSpace<unknown, unknown>,
  float: FloatDType,
  over: readonly string[] | undefined,
): PointOrder {
  if (over === undefined) {
    const order = { isSpaces: true, index: (i: number) => i, sources: (given: readonly ColumnSource[]) => given };
    return { cells: 1, points: space.N, axes: [], labels: {}, ...order };
  }
  const laid = laidAxes(where, space.axes(float), over);
  const reduced = reducedAxes(where, laid, over);
  const order = [...laid.filter((one) => !reduced.has(one)), ...laid.filter((one) => reduced.has(one))];
  const kept = order.slice(0, order.length - reduced.size);
  const size = (some: readonly LaidAxis[]): number => some.reduce((n, { axis }) => n * axis.size, 1);
  const strides = new Map(order.map((one, i) => [one, size(order.slice(i + 1))]));
  const isSpaces = order.every((one) => strides.get(one) === one.stride);
  const index = isSpaces ? (i: number) => i : walk(order);
  return {
    cells: size(kept),
    points: size([...reduced]),
    axes: kept.map(({ axis }) => axis),
    labels: labelsOn(kept, space.labels),
    isSpaces,
    index,
    sources: (given) =>
      isSpaces ? given : given.map((source) => moved(source, strides) ?? readInOrder(source, space.N, index)),
  };
}

function labelsOn(laid: readonly LaidAxis[], labels: LabelsByPath): LabelsByPath {
  const paths = laid.flatMap(({ axis }) => axis.columns.map(({ path }) => path));
  return labelsByPath(paths.map((path) => [path, labels[path] ?? {}]));
}

function laidAxes(where: string, axes: readonly SpaceAxis[] | undefined, over: unknown): LaidAxis[] {
  if (!axes) {
    throw new TypeError(
      `${where}: expected a product space to reduce over axes, got one whose points are no product; leave out over`,
    );
  }
  if (!Array.isArray(over) || over.length === 0) {
    throw new TypeError(
      `${where}: expected over as names of axes, got ${describe(over)}; write { over: ["${axes[0]?.name}"] }`,
    );
  }
  let stride = 1;
  return axes
    .toReversed()
    .map((axis) => {
      const one = { axis, stride };
      stride *= axis.size;
      return one;
    })
    .reverse();
}

function reducedAxes(where: string, laid: readonly LaidAxis[], over: readonly string[]): Set<LaidAxis> {
  return new Set(
    over.map((wanted) => {
      const found = laid.find(({ axis }) => axis.name === wanted || axis.columns.some(({ path }) => path === wanted));
      if (found) return found;
      const known = laid.map(({ axis }) => axis.name).join(", ");
      throw new RangeError(`${where}: expected over to name axes among ${known}, got ${wanted}; space.dims has them`);
    }),
  );
}

/** From the number in this order to that in the space. */
const walk =
  (order: readonly LaidAxis[]) =>
  (i: number): number => {
    let index = 0;
    for (let k = order.length - 1, rest = i; k >= 0; k--) {
      const { axis, stride } = order[k] as LaidAxis;
      index += (rest % axis.size) * stride;
      rest = Math.floor(rest / axis.size);
    }
    return index;
  };

/** A column whose digit is the position along one axis keeps its values. */
function moved(source: ColumnSource, strides: ReadonlyMap<LaidAxis, number>): ColumnSource | undefined {
  const { count, repeat, start, step } = source;
  if (start !== 0 || step !== 1) return undefined;
  for (const [{ axis, stride }, to] of strides) {
    if (axis.size === count && stride === repeat) return { ...source, repeat: to };
  }
  return undefined;
}

/** Any other column is read, all of it. */
function readInOrder(source: ColumnSource, total: number, index: (i: number) => number): ColumnSource {
  const { dtype, shape, elementSize } = source;
  const read = reader(source);
  const values = allocate(dtype, total * elementSize);
  for (let i = 0; i < total; i++) values.set(read(index(i)), i * elementSize);
  return { kind: "table", values, count: total, repeat: 1, start: 0, step: 1, dtype, shape, elementSize };
}
