/** The values of a space's parameters as a store keeps them: in, a space; out, columns by point or along axes. */

import { type ColumnSource, fillColumn, sliceWalk } from "../base/column.ts";
import { allocate, type FloatDType, type TypedArray } from "../base/dtype.ts";
import { BoundedAxis, labelsOf } from "../space/axis.ts";
import type { Labels } from "../space/check.ts";
import { Parameter } from "../space/parameter.ts";
import { type FreeLeaf, pathOf } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { Attributes } from "../store/layout.ts";

/** A parameter that varies. */
export interface ParameterColumn {
  readonly name: string;
  /** By the index of the point. */
  readonly source: ColumnSource;
  readonly attributes: Attributes;
}

export function parameterColumns(space: AbstractSpace<unknown, unknown>, float: FloatDType): ParameterColumn[] {
  const columns = space.outsideColumns(float);
  const free = columns.length === 0 ? [] : space.freeLeaves();
  return columns.map((source, i) => ({
    name: (free[i] as FreeLeaf).path,
    source,
    attributes: attributesOf(space, (free[i] as FreeLeaf).path),
  }));
}

/** What a parameter or an axis says of itself. */
function attributesOf(space: AbstractSpace<unknown, unknown>, path: string): Attributes {
  const { flat } = space.layout();
  const leaf = flat.leaves[flat.paths.findIndex((name) => pathOf(name) === path)];
  const { name = path, unit, description } = labelsOf(leaf);
  const { low, high } = leaf instanceof Parameter || leaf instanceof BoundedAxis ? leaf : {};
  return {
    long_name: name,
    ...(unit !== undefined && { units: unit }),
    ...(description !== undefined && { description }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  };
}

/** The labels that were made into attributes. */
export function labelsFrom({ long_name, units, description }: Attributes): Labels {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return { name: text(long_name), unit: text(units), description: text(description) };
}

/** The values of `count` points from `start` on. */
export function readPoints(source: ColumnSource, start: number, count: number): TypedArray {
  const out = allocate(source.dtype, count * source.elementSize);
  fillColumn(source, start, count, out);
  return out;
}

/** The values at `count` positions of an axis, `stride` points from one to the next. */
export const readPositions = (source: ColumnSource, stride: number, start: number, count: number): TypedArray =>
  readPoints(sliceWalk(source, 0, stride), start, count);
