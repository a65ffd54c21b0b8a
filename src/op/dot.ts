/** The matrix product, batched. */

import type { DType } from "../base/dtype.ts";
import { sameShape, sizeOf } from "../base/shape.ts";
import { type Type, type Value, zerosOf } from "../base/value.ts";
import { formatTypes, typeError } from "./check.ts";
import { elementwise } from "./elementwise.ts";
import type { ArrayOp } from "./record.ts";
import { stepOf } from "./reduce.ts";

interface Extent {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

const extentOf = (a: Type, b: Type): Extent => ({
  m: a.shape.at(-2) as number,
  k: a.shape.at(-1) as number,
  n: b.shape.at(-1) as number,
});

/** One matrix of the batch. Products are summed from the first on, each step rounded; without products it is 0. */
function multiply(a: Value, b: Value, out: Value, batch: number): void {
  const { m, k, n } = extentOf(a, b);
  const add = stepOf(elementwise.add, out.dtype);
  const mul = stepOf(elementwise.mul, out.dtype);
  const x = batch * m * k;
  const y = batch * k * n;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const product = (l: number) => mul(a.data[x + i * k + l] as number, b.data[y + l * n + j] as number);
      let total = k > 0 ? product(0) : 0;
      for (let l = 1; l < k; l++) total = add(total, product(l));
      out.data[(batch * m + i) * n + j] = total;
    }
  }
}

const fitsTogether = (a: Type, b: Type): boolean =>
  a.dtype === b.dtype &&
  a.dtype !== ("bool" satisfies DType) &&
  a.shape.length >= 2 &&
  a.shape.length === b.shape.length &&
  a.shape.at(-1) === b.shape.at(-2) &&
  sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2));

/** [...batch, m, k] · [...batch, k, n] → [...batch, m, n]. */
const matrixProduct: ArrayOp = {
  kind: "array",
  arity: 2,
  type(operands) {
    const [a, b] = operands as readonly [Type, Type];
    if (!fitsTogether(a, b)) {
      const wanted = "numbers of one dtype and shapes [...batch, m, k] and [...batch, k, n]";
      throw typeError("dot", wanted, formatTypes(operands), "convert or reshape them first");
    }
    return { dtype: a.dtype, shape: [...a.shape.slice(0, -1), b.shape.at(-1) as number] };
  },
  evaluate(operands, _, type) {
    const [a, b] = operands as readonly [Value, Value];
    const out = zerosOf(type);
    const batches = sizeOf(type.shape.slice(0, -2));
    for (let batch = 0; batch < batches; batch++) multiply(a, b, out, batch);
    return out;
  },
};

export const dot = { dot: matrixProduct } as const;
