/**
 * Indices as places: the sums, multiples and rising constants that an index is made of go into the address, so that only
 * the rest is computed. In: an array of indices. Out: one of them, as a place.
 */

import { stridesOf } from "../base/shape.ts";
import type { Value } from "../base/value.ts";
import type { Node } from "../program/program.ts";
import type { Context } from "./context.ts";
import { addPlaces, at, ofRegister, type Place, scalePlace } from "./place.ts";
import { isElementwise, shapeOf } from "./shape.ts";

/** One of indices that are known to lie in a range: then no sum in them wraps whose terms are not negative. */
export const placeOf = (ctx: Context, indices: Node, places: readonly Place[]): Place =>
  partsOf(ctx, indices, places) ?? ofRegister(ctx.read(indices, places));

function partsOf(ctx: Context, node: Node, places: readonly Place[]): Place | undefined {
  if (node.value) return risingPlace(node.value, places);
  if (ctx.slots.has(node) || !isElementwise(node)) return undefined;
  const [a, b] = node.operands as readonly [Node, Node];
  if (![a, b].every((operand) => operand && ctx.rangeOf(operand).low >= 0)) return undefined;
  const part = (operand: Node): Place => placeOf(ctx, operand, shapeOf(operand).length === 0 ? [] : places);
  if (node.op === "mul") {
    const [factor, other] = b.value ? [b, a] : [a, b];
    return factor.value?.data.length === 1 ? scalePlace(part(other), factor.value.data[0] as number) : undefined;
  }
  // A place has one part that differs by point.
  return node.op === "add" && !(ctx.isLane(a) && ctx.isLane(b)) ? addPlaces(part(a), part(b)) : undefined;
}

/** One of constants that rise by the same number all along each dimension; undefined where they do not. */
function risingPlace(value: Value, places: readonly Place[]): Place | undefined {
  const steps = stepsOf(value);
  return (
    steps &&
    places.map((place, d) => scalePlace(place, steps[d] as number)).reduce(addPlaces, at(value.data[0] as number))
  );
}

const known = new WeakMap<Value, readonly number[] | undefined>();

/** By how much a constant rises along each dimension. */
function stepsOf(value: Value): readonly number[] | undefined {
  if (!known.has(value)) known.set(value, findSteps(value));
  return known.get(value);
}

function findSteps({ data, shape }: Value): readonly number[] | undefined {
  const first = data[0] as number;
  const strides = stridesOf(shape);
  const steps = strides.map((stride, d) => ((shape[d] as number) > 1 ? (data[stride] as number) - first : 0));
  if (steps.some((step) => step < 0)) return undefined;
  const rises = data.every((x, i) => {
    const place = strides.map((stride, d) => Math.floor(i / stride) % (shape[d] as number));
    return x === place.reduce((sum, p, d) => sum + p * (steps[d] as number), first);
  });
  return rises ? steps : undefined;
}
