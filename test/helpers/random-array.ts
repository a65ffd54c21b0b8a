/** Random nodes of the ops on whole arrays. */

import type { DType } from "../../src/base/dtype.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { OpName } from "../../src/op/table.ts";
import { type Node, typeOf } from "../../src/program/program.ts";
import type { Writer } from "./random-program.ts";

type Maker = (w: Writer) => Node | undefined;

const numeric = (dtype: DType): boolean => dtype !== "bool";
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** An array in sight with at least one axis, or a new one. */
const anArray = (w: Writer, takes: (dtype: DType) => boolean = () => true): Node | undefined => {
  const found = w.any((t) => t.shape.length > 0 && takes(t.dtype));
  const dtype = w.rng.pick(w.dtypes);
  return found ?? (takes(dtype) ? w.want(dtype, [1 + w.rng.below(6), 1 + w.rng.below(4)]) : undefined);
};

const shuffled = (w: Writer, items: readonly number[]): number[] => {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = w.rng.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
};

const someOf = (w: Writer, items: readonly number[]): number[] => items.filter(() => w.rng.chance(0.6));

const reduction =
  (op: OpName, takes: (dtype: DType) => boolean): Maker =>
  (w) => {
    const x = anArray(w, takes);
    return x && w.sometimesClamped(w.builder.apply(op, [x], { axes: someOf(w, range(typeOf(x).shape.length)) }));
  };

const broadcast: Maker = (w) => {
  const x = w.any() as Node;
  const { shape } = typeOf(x);
  const out: number[] = [];
  const axes: number[] = [];
  for (const size of shape) {
    if (w.rng.chance(0.3)) out.push(1 + w.rng.below(3));
    axes.push(out.push(size === 1 && w.rng.chance(0.5) ? 1 + w.rng.below(4) : size) - 1);
  }
  if (w.rng.chance(0.4) || out.length === 0) out.push(1 + w.rng.below(5));
  return sizeOf(out) > 60 ? undefined : w.builder.apply("broadcast", [x], { shape: out, axes });
};

const reshape: Maker = (w) => {
  const x = w.any() as Node;
  let rest = sizeOf(typeOf(x).shape);
  const shape: number[] = [];
  for (const d of [2, 3, 2]) {
    if (rest % d === 0 && w.rng.chance(0.5)) {
      shape.push(d);
      rest /= d;
    }
  }
  if (rest > 1 || w.rng.chance(0.3)) shape.push(rest);
  return w.builder.apply("reshape", [x], { shape: shuffled(w, shape) });
};

const transpose: Maker = (w) => {
  const x = anArray(w);
  return x && w.builder.apply("transpose", [x], { axes: shuffled(w, range(typeOf(x).shape.length)) });
};

const slice: Maker = (w) => {
  const x = anArray(w);
  if (!x) return undefined;
  const parts = typeOf(x).shape.map((size) => {
    const step = w.rng.pick([1, 1, 2, 3, -1, -2]);
    const count = 1 + w.rng.below(Math.ceil(size / Math.abs(step)));
    const room = size - 1 - (count - 1) * Math.abs(step);
    const low = w.rng.below(room + 1);
    return { step, count, start: step > 0 ? low : low + (count - 1) * -step };
  });
  const attrs = { start: parts.map((p) => p.start), step: parts.map((p) => p.step), shape: parts.map((p) => p.count) };
  return w.builder.apply("slice", [x], attrs);
};

const concat: Maker = (w) => {
  const x = anArray(w);
  if (!x) return undefined;
  const { dtype, shape } = typeOf(x);
  const axis = w.rng.below(shape.length);
  const others = range(w.rng.below(3)).map(() => w.want(dtype, shape.with(axis, 1 + w.rng.below(3))));
  return w.builder.apply(
    "concat",
    shuffled(w, range(others.length + 1)).map((i) => others[i] ?? x),
    { axis },
  );
};

const cumsum: Maker = (w) => {
  const x = anArray(w, numeric);
  return x && w.sometimesClamped(w.builder.apply("cumsum", [x], { axis: w.rng.below(typeOf(x).shape.length) }));
};

const dot: Maker = (w) => {
  const dtype = w.rng.pick(w.dtypes);
  if (!numeric(dtype)) return undefined;
  const [m, k, n] = [1 + w.rng.below(5), 1 + w.rng.below(5), 1 + w.rng.below(5)];
  const batch: Shape = w.rng.chance(0.3) ? [2] : [];
  const operands = [w.want(dtype, [...batch, m, k]), w.want(dtype, [...batch, k, n])];
  return w.sometimesClamped(w.builder.apply("dot", operands));
};

/** Constant indices, or computed ones; some are outside. */
const indices = (w: Writer, shape: Shape, size: number, constant: boolean): Node => {
  if (!constant && w.dtypes.includes("int32")) return w.want("int32", shape);
  const data = Int32Array.from({ length: sizeOf(shape) }, () => w.rng.below(size + 2) - 1);
  return w.builder.value({ dtype: "int32", shape, data });
};

const gather: Maker = (w) => {
  const x = anArray(w);
  if (!x) return undefined;
  const { shape } = typeOf(x);
  const axis = w.rng.below(shape.length);
  const places = w.rng.pick<Shape>([[], [1], [3], [5], [2, 2]]);
  return w.builder.apply("gather", [x, indices(w, places, shape[axis]!, w.rng.chance(0.5))], { axis });
};

const scatterAdd: Maker = (w) => {
  const x = anArray(w, numeric);
  if (!x) return undefined;
  const { dtype, shape } = typeOf(x);
  const terms = 1 + w.rng.below(8);
  const rest = shape.slice(1);
  if (terms * sizeOf(rest) > 60) return undefined;
  const operands = [x, indices(w, [terms], shape[0]!, true), w.want(dtype, [terms, ...rest])];
  return w.sometimesClamped(w.builder.apply("scatterAdd", operands));
};

const starts = (w: Writer, shape: Shape): Node[] => shape.map((size) => indices(w, [], size, w.rng.chance(0.3)));

const dynamicSlice: Maker = (w) => {
  const x = anArray(w);
  if (!x) return undefined;
  const { shape } = typeOf(x);
  return w.builder.apply("dynamicSlice", [x, ...starts(w, shape)], { shape: shape.map((d) => 1 + w.rng.below(d)) });
};

const dynamicUpdateSlice: Maker = (w) => {
  const x = anArray(w);
  if (!x) return undefined;
  const { dtype, shape } = typeOf(x);
  const update = w.want(
    dtype,
    shape.map((d) => 1 + w.rng.below(d)),
  );
  return w.builder.apply("dynamicUpdateSlice", [x, update, ...starts(w, shape)]);
};

const isBool = (dtype: DType): boolean => dtype === "bool";

export const arrayMakers = {
  broadcast,
  reshape,
  transpose,
  slice,
  concat,
  cumsum,
  dot,
  gather,
  scatterAdd,
  dynamicSlice,
  dynamicUpdateSlice,
  sum: reduction("sum", numeric),
  prod: reduction("prod", numeric),
  reduceMin: reduction("reduceMin", numeric),
  reduceMax: reduction("reduceMax", numeric),
  reduceAnd: reduction("reduceAnd", isBool),
  reduceOr: reduction("reduceOr", isBool),
} satisfies Partial<Record<OpName, Maker>>;
