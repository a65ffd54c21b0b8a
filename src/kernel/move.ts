/** Reading one element of ops that move elements: where in the operand it comes from. */

import { type Node, typeOf } from "../program/program.ts";
import { placeOf } from "./affine.ts";
import type { Context, View } from "./context.ts";
import type { Register } from "./kernel.ts";
import { addIndex, addPlaces, areConstant, at, constantPlace, ofRegister, type Place, scaleIndex } from "./place.ts";
import { elementsOf, isAlias, isMerge, shapeOf, splits } from "./shape.ts";
import { loadView, viewOf } from "./view.ts";

export type Reader = (ctx: Context, node: Node, places: readonly Place[]) => Register;

const operand = (node: Node, i: number): Node => node.operands[i] as Node;

const broadcast: Reader = (ctx, node, places) => {
  const source = operand(node, 0);
  const axes = node.attrs.axes as readonly number[];
  return ctx.read(
    source,
    shapeOf(source).map((d, j) => (d === 1 ? at(0) : (places[axes[j] as number] as Place))),
  );
};

const transpose: Reader = (ctx, node, places) => {
  const axes = node.attrs.axes as readonly number[];
  return ctx.read(
    operand(node, 0),
    axes.map((_, i) => places[axes.indexOf(i)] as Place),
  );
};

const slice: Reader = (ctx, node, places) => {
  const start = node.attrs.start as readonly number[];
  const step = node.attrs.step as readonly number[];
  return ctx.read(
    operand(node, 0),
    places.map((place, i) => addIndex(scaleIndex(place, step[i] as number), at(start[i] as number))),
  );
};

const reshape: Reader = (ctx, node, places) => {
  const source = operand(node, 0);
  const from = shapeOf(source);
  if (areConstant(places))
    return ctx.read(
      source,
      unravel(
        ravel(
          shapeOf(node),
          places.map((p) => p.offset),
        ),
        from,
      ).map(at),
    );
  if (isMerge(node)) return loadView(ctx, viewOf(ctx, node) as View, places);
  return ctx.read(source, aliasPlaces(node, places) ?? splitPlaces(node, places));
};

/** Places of the operand of a reshape that adds or drops dimensions of one alone. */
function aliasPlaces(node: Node, places: readonly Place[]): Place[] | undefined {
  if (!isAlias(node)) return undefined;
  const kept = places.filter((_, i) => shapeOf(node)[i] !== 1);
  let next = 0;
  return shapeOf(operand(node, 0)).map((d) => (d === 1 ? at(0) : (kept[next++] as Place)));
}

function splitPlaces(node: Node, places: readonly Place[]): Place[] {
  const to = shapeOf(node);
  const groups = splits(shapeOf(operand(node, 0)), to) as [number, number][];
  return groups.map(([first, end]) => {
    let place: Place = at(0);
    for (let i = first; i < end; i++) place = addIndex(scaleIndex(place, to[i] as number), places[i] as Place);
    return place;
  });
}

const ravel = (shape: readonly number[], indices: readonly number[]): number =>
  indices.reduce((flat, index, d) => flat * (shape[d] as number) + index, 0);

export function unravel(flat: number, shape: readonly number[]): number[] {
  const indices = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    indices[d] = flat % (shape[d] as number);
    flat = Math.floor(flat / (shape[d] as number));
  }
  return indices;
}

/** Only at places known when compiling; elsewhere the pieces have been put together in memory. */
const concat: Reader = (ctx, node, places) => {
  const axis = node.attrs.axis as number;
  let place = places[axis]?.offset as number;
  for (const piece of node.operands) {
    const size = shapeOf(piece)[axis] as number;
    if (place < size) return ctx.read(piece, places.with(axis, at(place)));
    place -= size;
  }
  throw new RangeError(`concat: element ${place} is beyond the last piece`);
};

const gather: Reader = (ctx, node, places) => {
  const [source, indices] = node.operands as readonly [Node, Node];
  const axis = node.attrs.axis as number;
  const rank = shapeOf(indices).length;
  const last = (shapeOf(source)[axis] as number) - 1;
  // Registers are chosen among by a number, and only memory is read at a sum.
  const indexOf = ctx.slots.get(source)?.kind === "registers" ? registerPlace : placeOf;
  const place = clampedPlace(ctx, indices, places.slice(axis, axis + rank), last, indexOf);
  return readDynamic(ctx, source, [...places.slice(0, axis), place, ...places.slice(axis + rank)]);
};

type IndexOf = (ctx: Context, indices: Node, places: readonly Place[]) => Place;

const registerPlace: IndexOf = (ctx, indices, places) => ofRegister(ctx.read(indices, places));

/** An index read from an array, kept within 0…last; `indexOf` reads one that is known to be there. */
function clampedPlace(ctx: Context, indices: Node, places: readonly Place[], last: number, indexOf: IndexOf): Place {
  const { value } = indices;
  const { low, high } = ctx.rangeOf(indices);
  const inside = low >= 0 && high <= last;
  if (value && areConstant(places)) {
    const flat = ravel(
      shapeOf(indices),
      places.map((p) => p.offset),
    );
    return at(Math.min(Math.max(value.data[flat] as number, 0), last));
  }
  return inside ? indexOf(ctx, indices, places) : ofRegister(clamp(ctx, ctx.read(indices, places), last));
}

export function clamp({ writer }: Context, index: Register, last: number): Register {
  const low = writer.op("max", [index, writer.constant(0, "int32")], "int32");
  return writer.op("min", [low, writer.constant(last, "int32")], "int32");
}

/** An element whose place may be known only at run time: from memory, or chosen among a few registers. */
function readDynamic(ctx: Context, source: Node, places: readonly Place[]): Register {
  if (areConstant(places)) return ctx.read(source, places);
  const dynamic = places.findIndex((p) => constantPlace(p) === undefined);
  const size = shapeOf(source)[dynamic] as number;
  const one = places.every((p, d) => d === dynamic || constantPlace(p) !== undefined);
  const { offset, terms, lane } = places[dynamic] as Place;
  const [only, ...others] = lane ? [lane, ...terms] : terms;
  const register = only?.stride === 1 && others.length === 0 ? only.register : undefined;
  if (ctx.slots.get(source)?.kind === "registers" && one && register && offset === 0 && size <= CHOICES) {
    return choose(ctx, register, size, (i) => ctx.read(source, places.with(dynamic, at(i))));
  }
  const view = viewOf(ctx, source);
  return view ? loadView(ctx, view, places) : ctx.read(source, places);
}

/** Up to this many registers are chosen among by comparing; more are indexed in memory. */
const CHOICES = 8;

/** The `index`th of `count` values. */
export function choose({ writer }: Context, index: Register, count: number, value: (i: number) => Register): Register {
  let chosen = value(count - 1);
  for (let i = count - 2; i >= 0; i--) {
    const here = writer.op("eq", [index, writer.constant(i, "int32")], "bool");
    chosen = writer.op("select", [here, value(i), chosen], chosen.dtype);
  }
  return chosen;
}

/** Starts of a window, kept inside of the array. */
export function starts(ctx: Context, node: Node, first: number, window: readonly number[]): Place[] {
  const source = shapeOf(operand(node, 0));
  return window.map((size, d) => {
    const last = (source[d] as number) - size;
    if (last === 0) return at(0);
    return clampedPlace(ctx, operand(node, first + d), [], last, registerPlace);
  });
}

const dynamicSlice: Reader = (ctx, node, places) => {
  const window = starts(ctx, node, 1, shapeOf(node));
  return readDynamic(
    ctx,
    operand(node, 0),
    places.map((place, d) => addPlaces(place, window[d] as Place)),
  );
};

/** Only of small arrays: each element is the old one or one of the update's. */
const dynamicUpdateSlice: Reader = (ctx, node, places) => {
  const { writer } = ctx;
  const update = operand(node, 1);
  const window = starts(ctx, node, 2, shapeOf(update));
  let value = ctx.read(operand(node, 0), places);
  for (let k = 0; k < elementsOf(update); k++) {
    const inner = unravel(k, shapeOf(update)).map(at);
    const here = inner.map((place, d) => sameIndex(ctx, addPlaces(place, window[d] as Place), places[d] as Place));
    if (here.includes(false)) continue;
    const tests = here.filter((test): test is Register => typeof test !== "boolean");
    const fresh = ctx.read(update, inner);
    const all = tests.length > 0 ? tests.reduce((a, b) => writer.op("and", [a, b], "bool")) : undefined;
    value = all ? writer.op("select", [all, fresh, value], typeOf(node).dtype) : fresh;
  }
  return value;
};

/** Whether two places are one, as far as is known when compiling. */
function sameIndex({ writer }: Context, a: Place, b: Place): Register | boolean {
  const known = [constantPlace(a), constantPlace(b)];
  if (known[0] !== undefined && known[1] !== undefined) return known[0] === known[1];
  const register = (a.lane ?? a.terms[0])?.register as Register;
  return writer.op("eq", [register, writer.constant(b.offset - a.offset, "int32")], "bool");
}

/** Only of small arrays; larger running sums have become loops. */
const cumsum: Reader = (ctx, node, places) => {
  const axis = node.attrs.axis as number;
  const end = (places[axis] as Place).offset;
  let sum = ctx.read(operand(node, 0), places.with(axis, at(0)));
  for (let i = 1; i <= end; i++) {
    sum = ctx.writer.op("add", [sum, ctx.read(operand(node, 0), places.with(axis, at(i)))], sum.dtype);
  }
  return sum;
};

export const movers: { readonly [op: string]: Reader } = {
  broadcast,
  transpose,
  slice,
  reshape,
  concat,
  gather,
  dynamicSlice,
  dynamicUpdateSlice,
  cumsum,
};
