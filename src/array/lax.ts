/** Control flow and indexing at run time: `import { lax } from "lanewise"`. */

import type { Shape } from "../base/shape.ts";
import type { ArrayLike } from "./convert.ts";
import { where } from "./elementwise.ts";
import * as index from "./indexing.ts";
import { type NdArray, wrap } from "./ndarray.ts";

export { cond, switchBranch as switch } from "./branch.ts";
export { foriLoop, type WhileOptions, whileLoop } from "./loop.ts";
export { map, type ScanOptions, scan } from "./scan.ts";

/** The window of shape `sizes` that begins at `starts`, one integer per axis; it is kept inside of the array. */
export const dynamicSlice = (x: ArrayLike, starts: ArrayLike, sizes: Shape): NdArray =>
  wrap(index.dynamicSlice(x, starts, sizes));

/** The array with `update` written at `starts`, one integer per axis; the window is kept inside of the array. */
export const dynamicUpdateSlice = (x: ArrayLike, update: ArrayLike, starts: ArrayLike): NdArray =>
  wrap(index.dynamicUpdateSlice(x, update, starts));

/** `a` where `pred` is true, else `b`, element by element. */
export const select = (pred: ArrayLike, a: ArrayLike, b: ArrayLike): NdArray => wrap(where(pred, a, b));
