/** Axis and index arguments, negative ones counted from the end as in NumPy. */

import type { Shape } from "../base/shape.ts";
import { formatShape } from "../base/shape.ts";
import { describe } from "./convert.ts";
import { atUserLine } from "./source.ts";

export type Axis = number | readonly number[] | null | undefined;

export function resolveAxis(where: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const range = rank === 0 ? "no axis, since the array is a scalar" : `an axis from ${-rank} to ${rank - 1}`;
  throw new RangeError(`${where}: expected ${range}, got ${describe(axis)}; count axes from 0${atUserLine()}`);
}

/** All axes when none is given. */
export function resolveAxes(where: string, axis: Axis, rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  const axes = (typeof axis === "number" ? [axis] : axis).map((a) => resolveAxis(where, a, rank));
  if (new Set(axes).size === axes.length) return axes.toSorted((a, b) => a - b);
  throw new RangeError(
    `${where}: expected every axis once, got ${axes.join(", ")}; leave out the repeated one${atUserLine()}`,
  );
}

export function resolveIndex(where: string, index: number, size: number): number {
  if (Number.isInteger(index) && index >= -size && index < size) return index < 0 ? index + size : index;
  const range = size === 0 ? "no index, since there is no element" : `an index from ${-size} to ${size - 1}`;
  throw new RangeError(`${where}: expected ${range}, got ${describe(index)}; the axis has size ${size}${atUserLine()}`);
}

/** A shape written by a user; -1 stands for what is left of `elements`. */
export function resolveShape(where: string, shape: number | Shape, elements?: number): number[] {
  const written = typeof shape === "number" ? [shape] : [...shape];
  const open = written.indexOf(-1);
  if (open >= 0 && elements !== undefined) {
    const rest = written.reduce((n, d, i) => (i === open ? n : n * d), 1);
    written[open] = rest === 0 ? 0 : elements / rest;
  }
  if (written.every((d) => Number.isInteger(d) && d >= 0)) return written;
  throw new RangeError(
    `${where}: expected a shape of whole numbers from 0 on, got ${formatShape(typeof shape === "number" ? [shape] : shape)}` +
      `${elements === undefined ? "" : ` for ${elements} elements`}; use integers (at most one -1)${atUserLine()}`,
  );
}
