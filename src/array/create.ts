/** New arrays. Numbers alone make them: they are concrete, inside of a trace as well. */

import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { resolveShape } from "./axes.ts";
import { context } from "./context.ts";
import { type ArrayLike, broadcastTo, checkDType, filled, numberOf, toHandle } from "./convert.ts";
import { type Handle, ofNumber, ofValue, typeError } from "./handle.ts";
import { atUserLine } from "./source.ts";

export interface CreateOptions {
  /** Default: the float dtype of the execution, float32 outside of one. */
  readonly dtype?: DType;
}

const dtypeFor = (where: string, { dtype }: CreateOptions): DType =>
  dtype === undefined ? context().float : checkDType(where, dtype);

const converted =
  (where: string) =>
  (x: ArrayLike, { dtype }: CreateOptions = {}): Handle =>
    toHandle(where, x, dtype === undefined ? undefined : checkDType(where, dtype));

export const asarray = converted("asarray");
export const array = converted("array");

/** `value` may be an array that broadcasts to the shape. */
export function full(shape: number | Shape, value: ArrayLike, { dtype }: CreateOptions = {}): Handle {
  const array = toHandle("full", value, dtype === undefined ? undefined : checkDType("full", dtype));
  return broadcastTo("full", array, resolveShape("full", shape));
}

export const zeros = (shape: number | Shape, options: CreateOptions = {}): Handle =>
  broadcastTo("zeros", ofNumber(0, dtypeFor("zeros", options)), resolveShape("zeros", shape));

export const ones = (shape: number | Shape, options: CreateOptions = {}): Handle =>
  broadcastTo("ones", ofNumber(1, dtypeFor("ones", options)), resolveShape("ones", shape));

const like =
  (where: string) =>
  (x: ArrayLike, value: ArrayLike, { dtype }: CreateOptions = {}): Handle => {
    const array = toHandle(where, x);
    return broadcastTo(where, toHandle(where, value, checkDType(where, dtype ?? array.dtype)), array.shape);
  };

export const fullLike = like("fullLike");
export const zerosLike = (x: ArrayLike, options?: CreateOptions): Handle => like("zerosLike")(x, 0, options);
export const onesLike = (x: ArrayLike, options?: CreateOptions): Handle => like("onesLike")(x, 1, options);

/** Stop; or start, stop and step. Options may follow any of them. */
export type ArangeArguments =
  | [stop: number, options?: CreateOptions]
  | [start: number, stop: number, options?: CreateOptions]
  | [start: number, stop: number, step: number, options?: CreateOptions];

/** `start + i · step` for all i below `stop`. Whole numbers give int32 unless `dtype` says otherwise. */
export function arange(...given: ArangeArguments): Handle {
  const numbers = given.filter((x) => typeof x === "number");
  const [{ dtype } = {}] = given.filter((x) => typeof x === "object");
  const [first, second, step = 1] = numbers as [number, number?, number?];
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const valid = Number.isFinite(from) && Number.isFinite(to) && Number.isFinite(step) && step !== 0;
  if (!valid)
    throw typeError("arange", "finite numbers and a step other than 0", `${from}, ${to}, ${step}`, "change them");
  const whole = [from, step, to].every(Number.isInteger);
  const kind = dtype === undefined ? (whole ? "int32" : context().float) : checkDType("arange", dtype);
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (count > 0) for (const end of [from, from + (count - 1) * step]) numberOf("arange", end, kind);
  return ofValue(filled(kind, [count], (i) => from + i * step));
}

/** `count` numbers from `start` to `stop`, both included (`endpoint: false`: without the last). */
export function linspace(
  start: number,
  stop: number,
  count = 50,
  { endpoint = true, dtype }: CreateOptions & { readonly endpoint?: boolean } = {},
): Handle {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(
      `linspace: expected a whole number of points, got ${count}; use an integer from 0 on${atUserLine()}`,
    );
  }
  const intervals = endpoint ? count - 1 : count;
  const element = (i: number): number => {
    if (endpoint && i === count - 1 && count > 1) return stop;
    return intervals > 0 ? start + (i * (stop - start)) / intervals : start;
  };
  return ofValue(filled(dtypeFor("linspace", dtype === undefined ? {} : { dtype }), [count], element));
}

/** Ones on a diagonal; `k` above the main one. */
export function eye(
  rows: number,
  columns = rows,
  { k = 0, ...options }: CreateOptions & { readonly k?: number } = {},
): Handle {
  const [n, m] = resolveShape("eye", [rows, columns]) as [number, number];
  return ofValue(filled(dtypeFor("eye", options), [n, m], (i) => Number((i % m) - Math.floor(i / m) === k)));
}
