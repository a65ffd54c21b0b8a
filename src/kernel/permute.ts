/**
 * Where lanes are elements, what they read should lie side by side: arrays that no longer change are copied once in an
 * order in which it does.
 */

import type { Context, View } from "./context.ts";
import type { Buffer } from "./kernel.ts";
import { at, type Place } from "./place.ts";

/** The view, or one of a copy, so that neighbours along the loop that is done side by side are neighbours in memory. */
export function sideBySide(ctx: Context, view: View, places: readonly Place[]): View {
  const { along } = ctx;
  if (!along) return view;
  const found = places.flatMap(({ terms }, d) =>
    terms.filter(({ register }) => register === along.counter).map(({ stride }) => ({ d, step: stride })),
  );
  const [only, ...others] = found;
  // Along a dimension, element by element.
  if (only?.step !== 1 || others.length > 0 || !mayCopy(ctx, view.buffer, along.again)) return view;
  const width = view.strides[only.d] as number;
  return (width > 1 && permuted(ctx, view, width)) || view;
}

/** A copy must be worth its while: made when compiling, or read again and again. */
const mayCopy = ({ settled }: Context, buffer: Buffer, again: boolean): boolean =>
  buffer.kind === "constant" || (again && (buffer.kind === "shared" || settled.has(buffer)));

/**
 * Memory as rows of `width` elements, its columns made rows. Nothing where the view's dimensions are not each either
 * among rows or inside of one: element `row · width + column` goes to `column · rows + row`.
 */
function permuted(ctx: Context, { buffer, base, strides }: View, width: number): View | undefined {
  const rows = buffer.elements / width;
  const across = (stride: number): boolean => stride % width === 0;
  const inside = (stride: number): boolean => stride > 0 && stride < width;
  const fits = Number.isInteger(rows) && across(base.offset) && base.terms.every((term) => across(term.stride));
  if (!fits || !strides.every((stride) => across(stride) || inside(stride))) return undefined;
  return {
    buffer: copyOf(ctx, buffer, rows, width),
    base: {
      offset: base.offset / width,
      terms: base.terms.map(({ register, stride }) => ({ register, stride: stride / width })),
    },
    strides: strides.map((stride) => (across(stride) ? stride / width : stride * rows)),
  };
}

function copyOf(ctx: Context, buffer: Buffer, rows: number, width: number): Buffer {
  const key = `${buffer.id} ${width}`;
  const known = ctx.copies.get(key);
  if (known) return known;
  const { name, dtype, elements, data } = buffer;
  const draft = { name: `${name}T`, dtype, lane: false, elements };
  const copy = data
    ? ctx.writer.buffer({ ...draft, kind: "constant", data: data.map((_, i) => elementAt(data, i, rows, width)) })
    : ctx.writer.buffer({ ...draft, kind: "scratch" });
  ctx.copies.set(key, copy);
  if (!data) ctx.writer.inBlock(ctx.prologue, () => writeCopy(ctx, buffer, copy, rows, width));
  return copy;
}

const elementAt = (data: ArrayLike<number>, i: number, rows: number, width: number): number =>
  data[(i % rows) * width + Math.floor(i / rows)] as number;

function writeCopy({ writer }: Context, from: Buffer, to: Buffer, rows: number, width: number): void {
  writer.loop(width, [], (column) => {
    writer.loop(rows, [], (row) => {
      const source = {
        ...at(0),
        terms: [
          { register: row, stride: width },
          { register: column, stride: 1 },
        ],
      };
      const target = {
        ...at(0),
        terms: [
          { register: column, stride: rows },
          { register: row, stride: 1 },
        ],
      };
      writer.store(to, target, writer.load(from, source));
      return [];
    });
    return [];
  });
}
