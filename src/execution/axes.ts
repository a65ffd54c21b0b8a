/** The axes of a product space, as results show them. */

import { sliceWalk } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import { readColumn } from "../space/plan.ts";
import type { SpaceAxis } from "../space/space.ts";
import type { Dimension } from "./view.ts";

/** How far from a grid value a selected one may be. */
const TOLERANCE = 1e-6;

/** The values of an axis as far as a view goes along it, by path. */
export const coordinatesOf = (axis: SpaceAxis, { first, step, size }: Dimension): [string, TypedArray][] =>
  axis.columns.map(({ path, source }) => [path, readColumn(sliceWalk(source, first, step), 0, size)]);

/** The position of `wanted` among the values of an axis, of which a point has `elements`, all alike. */
export function positionOf(path: string, values: TypedArray, elements: number, wanted: number): number {
  const size = values.length / elements;
  const at = (k: number): number => (k < 0 || k >= size ? Number.POSITIVE_INFINITY : (values[k * elements] as number));
  let nearest = 0;
  for (let k = 1; k < size; k++) if (Math.abs(at(k) - wanted) < Math.abs(at(nearest) - wanted)) nearest = k;
  const value = at(nearest);
  // Near zero it is the distance of the grid's values that says what is close.
  const gap = Math.min(Math.abs(at(nearest - 1) - value), Math.abs(at(nearest + 1) - value));
  const scale = Math.max(Math.abs(wanted), Number.isFinite(gap) ? gap : 0);
  if (Math.abs(value - wanted) <= TOLERANCE * scale) return nearest;
  throw new RangeError(
    `results.sel: expected a grid value of ${path}, got ${wanted}; the nearest is ${value}, results.coords has all`,
  );
}
