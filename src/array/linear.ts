/** Products of vectors and matrices, and what is made of them. */

import { broadcastShapes, type Shape, sizeOf } from "../base/shape.ts";
import { type ArrayLike, broadcastTo, toFloat, toHandle, unify } from "./convert.ts";
import { clip, div, mul, numeric, sqrt, sub } from "./elementwise.ts";
import { apply, type Handle, shapeError } from "./handle.ts";
import { mean, sum } from "./reduce.ts";

const reshape = (x: Handle, shape: Shape): Handle => apply("reshape", [x], { shape: [...shape] });

/** `[..., m, k]` by `[..., k, n]`; vectors count as a row on the left and a column on the right, as in NumPy. */
export const matmul = (a: ArrayLike, b: ArrayLike): Handle => product("matmul", a, b);

function product(name: string, a: ArrayLike, b: ArrayLike): Handle {
  const [x, y] = unify(name, [a, b]).map(numeric) as [Handle, Handle];
  if (x.shape.length === 0 || y.shape.length === 0) {
    throw shapeError(name, "arrays of at least one dimension", [x.shape, y.shape], "multiply by a scalar with mul");
  }
  const left = x.shape.length === 1 ? [1, ...x.shape] : x.shape;
  const right = y.shape.length === 1 ? [...y.shape, 1] : y.shape;
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  if (left.at(-1) !== right.at(-2) || !batch) {
    throw shapeError(
      name,
      "shapes [..., m, k] and [..., k, n]",
      [x.shape, y.shape],
      "transpose or reshape one of them",
    );
  }
  const [m, k, n] = [left.at(-2) as number, left.at(-1) as number, right.at(-1) as number];
  const rowsByColumns = apply("dot", [
    broadcastTo(name, reshape(x, left), [...batch, m, k]),
    broadcastTo(name, reshape(y, right), [...batch, k, n]),
  ]);
  const rows = x.shape.length === 1 ? [] : [m];
  const columns = y.shape.length === 1 ? [] : [n];
  return reshape(rowsByColumns, [...batch, ...rows, ...columns]);
}

/** NumPy's `dot`: the last axis of `a` with the second to last of `b`, for all pairs of the others. */
export function dot(a: ArrayLike, b: ArrayLike): Handle {
  const [x, y] = unify("dot", [a, b]).map(numeric) as [Handle, Handle];
  if (x.shape.length === 0 || y.shape.length === 0) return mul(x, y);
  if (y.shape.length <= 2) return matmulRows(x, y);
  const k = y.shape.at(-2) as number;
  const others = [...y.shape.slice(0, -2), y.shape.at(-1) as number];
  const front = y.shape.length - 2;
  const axes = [front, ...others.map((_, i) => (i < front ? i : i + 1))];
  const columns = reshape(apply("transpose", [y], { axes }), [k, sizeOf(others)]);
  return reshape(matmulRows(x, columns), [...x.shape.slice(0, -1), ...others]);
}

/** All leading axes of `x` as the rows of one matrix. */
function matmulRows(x: Handle, y: Handle): Handle {
  if (x.shape.length <= 2) return product("dot", x, y);
  const rows = x.shape.slice(0, -1);
  const all = product("dot", reshape(x, [sizeOf(rows), x.shape.at(-1) as number]), y);
  return reshape(all, [...rows, ...all.shape.slice(1)]);
}

/** Products of all pairs of elements, of the flattened arrays: `[a.size, b.size]`. */
export function outer(a: ArrayLike, b: ArrayLike): Handle {
  const [x, y] = unify("outer", [a, b]) as [Handle, Handle];
  return mul(reshape(x, [sizeOf(x.shape), 1]), reshape(y, [1, sizeOf(y.shape)]));
}

export interface CovarianceOptions {
  /** Whether rows are variables and columns observations. Default true. */
  readonly rowvar?: boolean;
  /** What the number of observations is lessened by. Default 1. */
  readonly ddof?: number;
}

export function cov(x: ArrayLike, { rowvar = true, ddof = 1 }: CovarianceOptions = {}): Handle {
  const rows = variables("cov", x, rowvar);
  const n = rows.shape[1] as number;
  const products = div(squares(sub(rows, mean(rows, 1, { keepdims: true }))), Math.max(0, n - ddof));
  return rows.shape[0] === 1 ? reshape(products, []) : products;
}

export function corrcoef(x: ArrayLike, { rowvar = true }: Pick<CovarianceOptions, "rowvar"> = {}): Handle {
  const rows = variables("corrcoef", x, rowvar);
  const distances = sub(rows, mean(rows, 1, { keepdims: true }));
  const found = correlations(squares(distances), sum(mul(distances, distances), 1));
  return rows.shape[0] === 1 ? reshape(found, []) : found;
}

/** Of sums of products `[n, n]` whose diagonal is `own`. */
export function correlations(products: Handle, own: Handle): Handle {
  const lengths = sqrt(own);
  return clip(div(products, outer(lengths, lengths)), -1, 1);
}

const squares = (rows: Handle): Handle => matmul(rows, apply("transpose", [rows], { axes: [1, 0] }));

function variables(name: string, x: ArrayLike, rowvar: boolean): Handle {
  const array = toFloat(toHandle(name, x));
  if (array.shape.length === 1) return reshape(array, [1, ...array.shape]);
  if (array.shape.length === 2) return rowvar ? array : apply("transpose", [array], { axes: [1, 0] });
  throw shapeError(name, "one or two dimensions", [array.shape], "reshape it to [variables, observations]");
}
