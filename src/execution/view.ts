/** Which points of a run a result shows, in which order, and how they lie along the axes of a product space. */

/** One axis of a product, as far as the view goes along it. */
export interface Dimension {
  /** Number of the axis among those of the space. */
  readonly axis: number;
  /** The view's position k is the axis' position `first + k · step`. */
  readonly first: number;
  readonly step: number;
  readonly size: number;
  /** Points of the space from one position of the axis to the next. */
  readonly stride: number;
}

export interface View {
  readonly length: number;
  /** Undefined where the points are no product of axes. */
  readonly dimensions: readonly Dimension[] | undefined;
  /** The space's number of the view's point `i`. */
  index(i: number): number;
  /** The space's number of the first point, when the others follow it one by one. */
  readonly consecutiveFrom: number | undefined;
}

/** All points; `sizes` of the axes, the last varying fastest. */
export function wholeView(length: number, sizes: readonly number[] | undefined): View {
  let stride = 1;
  const dimensions = sizes
    ?.map((size, axis): Dimension => ({ axis, first: 0, step: 1, size, stride: 0 }))
    .reverse()
    .map((dimension) => {
      const laid = { ...dimension, stride };
      stride *= dimension.size;
      return laid;
    })
    .reverse();
  return { length, dimensions, index: (i) => i, consecutiveFrom: 0 };
}

/** Points `start + k · step` of a view. A slice of several axes is a list of points, no product any more. */
export function sliceView(view: View, start: number, step: number, length: number): View {
  const [only, ...more] = view.dimensions ?? [];
  const dimensions =
    only && more.length === 0
      ? [{ ...only, first: only.first + start * only.step, step: only.step * step, size: length }]
      : undefined;
  const from = view.consecutiveFrom;
  return {
    length,
    dimensions,
    index: (i) => view.index(start + i * step),
    consecutiveFrom: from !== undefined && (step === 1 || length <= 1) ? from + start : undefined,
  };
}

/** Fixes some dimensions at a position; the others remain. */
export function pickView(view: View, picks: ReadonlyMap<Dimension, number>): View {
  const all = view.dimensions ?? [];
  const dimensions = all.filter((dimension) => !picks.has(dimension));
  const length = dimensions.reduce((n, { size }) => n * size, 1);
  let offset = view.index(0);
  for (const [{ step, stride }, at] of picks) offset += at * step * stride;
  return {
    length,
    dimensions,
    index(i) {
      let index = offset;
      for (let k = dimensions.length - 1, rest = i; k >= 0; k--) {
        const { size, step, stride } = dimensions[k] as Dimension;
        index += (rest % size) * step * stride;
        rest = Math.floor(rest / size);
      }
      return index;
    },
    consecutiveFrom: length <= 1 ? offset : undefined,
  };
}
