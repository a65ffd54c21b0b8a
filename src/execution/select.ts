/** Parts of a product by values or positions along its axes: in, a view and the axes; out, the view that remains. */

import type { TypedArray } from "../base/dtype.ts";
import type { SpaceAxis } from "../space/space.ts";
import { coordinatesOf, positionOf } from "./axes.ts";
import { type Dimension, pickView, type View } from "./view.ts";

type Axes = readonly SpaceAxis[] | undefined;

/** An axis is called by its own name or by any parameter on it. */
const namesOf = ({ name, columns }: SpaceAxis): string[] => [...new Set([name, ...columns.map(({ path }) => path)])];

const axisOf = (axes: Axes, { axis }: Dimension): SpaceAxis => (axes as readonly SpaceAxis[])[axis] as SpaceAxis;

/** The dimensions of a product; throws where the view is none. */
export function dimensionsOf(where: string, { dimensions }: View, axes: Axes): readonly Dimension[] {
  if (dimensions) return dimensions;
  const got = axes ? "a slice across several axes" : "points of a space that is none";
  throw new RangeError(`${where}: expected results over a product space, got ${got}; use at, slice or toColumns`);
}

/** The axes that are meant by these names, or the error for one that is unknown. */
export function pickAxes(where: string, view: View, axes: Axes, wanted: readonly string[]): Map<string, Dimension> {
  const dimensions = dimensionsOf(where, view, axes);
  return new Map(
    wanted.map((path) => {
      const dimension = dimensions.find((candidate) => namesOf(axisOf(axes, candidate)).includes(path));
      if (dimension) return [path, dimension] as const;
      const known = dimensions.flatMap((candidate) => namesOf(axisOf(axes, candidate))).join(", ");
      throw new RangeError(
        `${where}: expected ${known || "no axis, since none is left"}, got ${path}; results.dims names the axes`,
      );
    }),
  );
}

function pick(
  where: string,
  view: View,
  axes: Axes,
  wanted: { readonly [path: string]: number },
  position: (dimension: Dimension, path: string, value: number) => number,
): View {
  const picks = new Map<Dimension, number>();
  const meant = pickAxes(where, view, axes, Object.keys(wanted));
  for (const [path, value] of Object.entries(wanted)) {
    const dimension = meant.get(path) as Dimension;
    const at = position(dimension, path, value);
    if ((picks.get(dimension) ?? at) !== at) {
      throw new RangeError(
        `${where}: expected ${path} at the position of the others of its axis, got ${value}; give one of them`,
      );
    }
    picks.set(dimension, at);
  }
  return pickView(view, picks);
}

/** By parameter values; `elements` numbers of a point's value are all alike. */
export const selectValues = (view: View, axes: Axes, values: { readonly [path: string]: number }): View =>
  pick("results.sel", view, axes, values, (dimension, path, value) => {
    const axis = axisOf(axes, dimension);
    const column = axis.columns.find((c) => c.path === path) ?? axis.columns[0];
    const found = coordinatesOf(axis, dimension).find(([name]) => name === column?.path);
    const along: TypedArray = found?.[1] ?? new Float64Array();
    return positionOf(path, along, column?.source.elementSize ?? 1, value);
  });

/** By positions; negative ones count from the end. */
export const selectPositions = (view: View, axes: Axes, positions: { readonly [path: string]: number }): View =>
  pick("results.isel", view, axes, positions, ({ size }, path, position) => {
    if (Number.isInteger(position) && position >= -size && position < size) return (position + size) % size;
    throw new RangeError(
      `results.isel: expected an integer from ${-size} to ${size - 1} for ${path}, got ${position}; count along results.coords`,
    );
  });
