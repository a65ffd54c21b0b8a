/** Native comparison and choice, element by element. */

import { dtypes } from "../base/dtype.ts";
import { native } from "./elementwise.ts";
import type { ElementwiseOp } from "./record.ts";

type Test = (a: number, b: number) => number;

const anything = <F>(f: F) => ({ bool: f, int32: f, uint32: f, float32: f, float64: f });
const numbers = <F>(f: F) => ({ int32: f, uint32: f, float32: f, float64: f });

const select: ElementwiseOp = {
  kind: "elementwise",
  arity: 3,
  takes: "bool and two of one dtype",
  dtype: ([condition, a, b]) => (condition === "bool" && a === b && a && dtypes.includes(a) ? a : undefined),
  scalar: anything((condition: number, a: number, b: number) => (condition !== 0 ? a : b)),
};

/**
 * `select` whose first value is seldom needed: compiled code computes it only where the condition is true for some
 * point. Made by expansions alone, for arguments far out.
 */
const selectRare: ElementwiseOp = {
  kind: "elementwise",
  arity: select.arity,
  takes: select.takes,
  dtype: select.dtype,
  expand: (o, operands) => o.apply("select", operands),
};

export const compare = {
  eq: native(
    2,
    anything<Test>((a, b) => (a === b ? 1 : 0)),
    "bool",
  ),
  ne: native(
    2,
    anything<Test>((a, b) => (a !== b ? 1 : 0)),
    "bool",
  ),
  lt: native(
    2,
    numbers<Test>((a, b) => (a < b ? 1 : 0)),
    "bool",
  ),
  le: native(
    2,
    numbers<Test>((a, b) => (a <= b ? 1 : 0)),
    "bool",
  ),
  select,
  selectRare,
} as const;
