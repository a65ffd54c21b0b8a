/** A space at one moment as data: which leaves vary, through which values, and how a point's index picks among them. */

import { type ColumnSource, columnOf, fillColumn, type Source, sliceWalk, type Walk } from "../base/column.ts";
import { allocate, type DType, type FloatDType, type TypedArray } from "../base/dtype.ts";
import { closeDType, type OpenDType } from "./arrays.ts";
import type { Span } from "./check.ts";
import type { Layout, Slot } from "./point.ts";

/** A free leaf with its values and its digit. */
export interface Variable extends Slot {
  readonly source: Source;
  readonly count: number;
  readonly repeat: number;
}

/** An axis of a product: the free leaves that move along it. */
export interface PlanAxis {
  readonly name: string;
  readonly size: number;
  readonly variables: readonly Variable[];
}

export interface Plan extends Layout {
  readonly length: number;
  readonly slots: readonly Variable[];
  /** Of a product, slowest first. */
  readonly axes?: readonly PlanAxis[];
  /** Point i of a slice is point start + step·i. */
  readonly start: number;
  readonly step: number;
}

export function slicePlan(plan: Plan, { start, step, length }: Span): Plan {
  const { axes: _, ...rest } = plan;
  return { ...rest, length, start: plan.start + plan.step * start, step: plan.step * step };
}

const closed = (dtype: OpenDType, float: FloatDType, source: Source): Source =>
  source.kind !== "table" ? source : { kind: "table", values: tableOf(source.values, closeDType(dtype, float)) };

function tableOf(values: TypedArray, dtype: DType): TypedArray {
  const out = allocate(dtype, values.length);
  if (out.constructor === values.constructor) return values;
  out.set(values);
  return out;
}

/** The column of a variable along the whole space, under a float dtype. */
export const planColumn = (plan: Plan, variable: Variable, float: FloatDType): ColumnSource =>
  sliceWalk(variableColumn(variable, variable, float), plan.start, plan.step);

/** The values along the variable's own axis, as they are seen outside. */
export const axisColumn = (variable: Variable, float: FloatDType): ColumnSource =>
  variableColumn(variable, { count: variable.count, repeat: 1 }, outsideDType(variable, float));

function variableColumn(
  variable: Variable,
  { count, repeat }: Pick<Walk, "count" | "repeat">,
  float: FloatDType,
): ColumnSource {
  const { dtype, shape, source } = variable;
  const walk = { count, repeat, start: 0, step: 1 };
  return columnOf(closed(dtype, float, source), walk, closeDType(dtype, float), shape);
}

/**
 * The float dtype of a value as it is seen outside of an execution that computes in `float`: written numbers in their 64
 * bits, draws and arrays as the model gets them.
 */
export const outsideDType = ({ source, shape }: Variable, float: FloatDType): FloatDType =>
  source.kind === "uniform" || shape.length > 0 ? float : "float64";

/** Reads `count` points of a column as its own storage. */
export function readColumn(column: ColumnSource, start: number, count: number): TypedArray {
  const out = allocate(column.dtype, count * column.elementSize);
  fillColumn(column, start, count, out);
  return out;
}
