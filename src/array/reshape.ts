/** The same elements in another arrangement. */

import { type Shape, sizeOf } from "../base/shape.ts";
import { type Axis, resolveAxes, resolveAxis, resolveShape } from "./axes.ts";
import { type ArrayLike, broadcastTo as broadcast, toHandle, unify } from "./convert.ts";
import { apply, type Handle, shapeError, typeError } from "./handle.ts";

const reshaped = (x: Handle, shape: Shape): Handle => apply("reshape", [x], { shape: [...shape] });

/** One dimension may be -1: what is left. */
export function reshape(x: ArrayLike, shape: number | Shape): Handle {
  const array = toHandle("reshape", x);
  const size = sizeOf(array.shape);
  const target = resolveShape("reshape", shape, size);
  if (sizeOf(target) === size) return reshaped(array, target);
  throw shapeError(
    "reshape",
    `a shape of ${size} elements as in the first`,
    [array.shape, target],
    "use -1 for one dimension",
  );
}

export const ravel = (x: ArrayLike): Handle => reshape(x, -1);

/** Without axes, reversed. */
export function transpose(x: ArrayLike, axes?: readonly number[]): Handle {
  const array = toHandle("transpose", x);
  const rank = array.shape.length;
  const order = axes?.map((axis) => resolveAxis("transpose", axis, rank)) ?? array.shape.map((_, i) => rank - 1 - i);
  if (order.length === rank && new Set(order).size === rank) return apply("transpose", [array], { axes: order });
  throw typeError(
    "transpose",
    `every axis of a ${rank}-dimensional array once`,
    `[${order.join(", ")}]`,
    "name all axes",
  );
}

/** Drops axes of size 1: those given, or all. */
export function squeeze(x: ArrayLike, axis?: Axis): Handle {
  const array = toHandle("squeeze", x);
  const given = axis !== undefined && axis !== null;
  const axes = resolveAxes("squeeze", axis, array.shape.length).filter((a) => given || array.shape[a] === 1);
  if (axes.some((a) => array.shape[a] !== 1)) {
    throw shapeError("squeeze", "axes of size 1", [array.shape], "leave out the axis to drop all of size 1");
  }
  return reshaped(
    array,
    array.shape.filter((_, i) => !axes.includes(i)),
  );
}

/** New axes of size 1, at these positions of the result. */
export function expandDims(x: ArrayLike, axis: number | readonly number[]): Handle {
  const array = toHandle("expandDims", x);
  const added = typeof axis === "number" ? 1 : axis.length;
  const axes = resolveAxes("expandDims", axis, array.shape.length + added);
  let next = 0;
  const shape = Array.from({ length: array.shape.length + added }, (_, i) =>
    axes.includes(i) ? 1 : (array.shape[next++] as number),
  );
  return reshaped(array, shape);
}

export const broadcastTo = (x: ArrayLike, shape: number | Shape): Handle =>
  broadcast("broadcastTo", toHandle("broadcastTo", x), resolveShape("broadcastTo", shape));

/** End to end along an existing axis. */
export function concatenate(arrays: readonly ArrayLike[], axis = 0): Handle {
  const parts = unify("concatenate", arrays);
  const [first] = parts;
  if (!first) throw typeError("concatenate", "at least one array", "none", "give the arrays in a list");
  const along = resolveAxis("concatenate", axis, first.shape.length);
  const fits = parts.every(
    ({ shape }) => shape.length === first.shape.length && shape.every((d, i) => i === along || d === first.shape[i]),
  );
  if (fits) return apply("concat", parts, { axis: along });
  const shapes = parts.map(({ shape }) => shape);
  throw shapeError("concatenate", `shapes that agree on all axes but ${along}`, shapes, "reshape them");
}

/** Along a new axis. */
export function stack(arrays: readonly ArrayLike[], axis = 0): Handle {
  const parts = unify("stack", arrays);
  const [first] = parts;
  if (!first) throw typeError("stack", "at least one array", "none", "give the arrays in a list");
  if (parts.some(({ shape }) => shape.join() !== first.shape.join())) {
    throw shapeError(
      "stack",
      "arrays of one shape",
      parts.map(({ shape }) => shape),
      "broadcast them first",
    );
  }
  const along = resolveAxis("stack", axis, first.shape.length + 1);
  return concatenate(
    parts.map((part) => expandDims(part, along)),
    along,
  );
}

/** Reversed along axes; without any, along all. */
export function flip(x: ArrayLike, axis?: Axis): Handle {
  const array = toHandle("flip", x);
  const axes = resolveAxes("flip", axis, array.shape.length);
  const start = array.shape.map((d, i) => (axes.includes(i) ? Math.max(0, d - 1) : 0));
  const step = array.shape.map((_, i) => (axes.includes(i) ? -1 : 1));
  return apply("slice", [array], { start, step, shape: [...array.shape] });
}

/** Shifted along an axis, what falls off the end comes in at the front; without an axis, of the flattened array. */
export function roll(x: ArrayLike, shift: number, axis?: number | null): Handle {
  const array = toHandle("roll", x);
  if (!Number.isInteger(shift)) throw typeError("roll", "a whole number of places", String(shift), "round it");
  if (axis === undefined || axis === null) return reshaped(roll(ravel(array), shift, 0), array.shape);
  const along = resolveAxis("roll", axis, array.shape.length);
  const size = array.shape[along] as number;
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return array;
  const part = (from: number, count: number): Handle =>
    apply("slice", [array], {
      start: array.shape.map((_, i) => (i === along ? from : 0)),
      step: array.shape.map(() => 1),
      shape: array.shape.map((d, i) => (i === along ? count : d)),
    });
  return apply("concat", [part(size - by, by), part(0, size - by)], { axis: along });
}

/** The array repeated whole, so often along each axis. */
export function tile(x: ArrayLike, reps: number | readonly number[]): Handle {
  const array = toHandle("tile", x);
  const given = resolveShape("tile", reps);
  const rank = Math.max(given.length, array.shape.length);
  const shape = [...new Array<number>(rank - array.shape.length).fill(1), ...array.shape];
  const times = [...new Array<number>(rank - given.length).fill(1), ...given];
  // [n0, n1, …] as [1, n0, 1, n1, …], broadcast along the ones, merged.
  const spread = reshaped(
    array,
    shape.flatMap((d) => [1, d]),
  );
  const wide = broadcast(
    "tile",
    spread,
    shape.flatMap((d, i) => [times[i] as number, d]),
  );
  return reshaped(
    wide,
    shape.map((d, i) => d * (times[i] as number)),
  );
}

/** Every element repeated, one after the other. */
export function repeat(x: ArrayLike, count: number, axis?: number | null): Handle {
  const array = toHandle("repeat", x);
  const [times] = resolveShape("repeat", count) as [number];
  if (axis === undefined || axis === null)
    return array.shape.length === 1 ? repeat(array, times, 0) : repeat(ravel(array), times, 0);
  const along = resolveAxis("repeat", axis, array.shape.length);
  const spread = expandDims(array, along + 1);
  const wide = broadcast(
    "repeat",
    spread,
    spread.shape.map((d, i) => (i === along + 1 ? times : d)),
  );
  return reshaped(
    wide,
    array.shape.map((d, i) => (i === along ? d * times : d)),
  );
}
