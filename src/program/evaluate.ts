/** One op on concrete values: the definition of the op, run. In: operands; out: a new value. */

import { allocate, type DType, type TypedArray } from "../base/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { scalar, type Value } from "../base/value.ts";
import type { Arithmetic } from "../op/arithmetic.ts";
import type { ArrayOp, Attrs, ElementwiseOp, OpRecord } from "../op/record.ts";
import { type OpName, resultType, table } from "../op/table.ts";

type Scalar = (...x: number[]) => number;

/** Values are immutable: the result may share the elements of an operand. Throws as `resultType` does. */
export function evaluateOp(op: OpName, operands: readonly Value[], attrs: Attrs = {}): Value {
  const { dtype, shape } = resultType(op, operands, attrs);
  const record: OpRecord = table[op];
  if (record.kind === "array") return (record as ArrayOp).evaluate(operands, attrs, { dtype, shape });
  if (record.expand) return expanded(record, operands, dtype, shape);
  const data = allocate(dtype, sizeOf(shape));
  const f = scalarOf(record, (operands[operands.length - 1] as Value).dtype, dtype);
  if (data.length === 1) data[0] = first(f, operands);
  else fill(f, operands, data);
  return { dtype, shape, data };
}

/** A native record has `scalar` for each dtype that its rule takes, or `cast`. */
const scalarOf = (record: ElementwiseOp, from: DType, to: DType): Scalar =>
  (record.cast ? record.cast(from, to) : record.scalar?.[from]) as Scalar;

function first(f: Scalar, operands: readonly Value[]): number {
  const a = (operands[0] as Value).data[0] as number;
  if (operands.length === 1) return f(a);
  const b = (operands[1] as Value).data[0] as number;
  return operands.length === 2 ? f(a, b) : f(a, b, (operands[2] as Value).data[0] as number);
}

/** Scalars stand still while arrays advance. */
const stepOf = (operand: Value): number => (operand.shape.length === 0 ? 0 : 1);

function fill(f: Scalar, operands: readonly Value[], out: TypedArray): void {
  const [a, b, c] = operands as readonly [Value, Value | undefined, Value | undefined];
  const n = out.length;
  const x = a.data;
  if (!b) {
    for (let i = 0; i < n; i++) out[i] = f(x[i] as number);
    return;
  }
  const y = b.data;
  const dx = stepOf(a);
  const dy = stepOf(b);
  if (!c) {
    for (let i = 0; i < n; i++) out[i] = f(x[i * dx] as number, y[i * dy] as number);
    return;
  }
  const z = c.data;
  const dz = stepOf(c);
  for (let i = 0; i < n; i++) out[i] = f(x[i * dx] as number, y[i * dy] as number, z[i * dz] as number);
}

function expanded(record: ElementwiseOp, operands: readonly Value[], dtype: DType, shape: Shape): Value {
  const expand = record.expand as NonNullable<ElementwiseOp["expand"]>;
  const result = expand(arithmetic, operands, (operands[0] as Value).dtype);
  // An expansion that never meets its operands gives a scalar.
  return sameShape(result.shape, shape) ? result : { dtype, shape, data: repeat(result, sizeOf(shape)) };
}

const repeat = (value: Value, length: number): TypedArray =>
  allocate(value.dtype, length).fill(value.data[0] as number);

const constants = new Map<DType, Map<number, Value>>();

/** Expansions ask for the same few constants again and again. */
function constant(value: number, dtype: DType): Value {
  // A map takes -0 for 0.
  if (value === 0 && Object.is(value, -0)) return scalar(dtype, value);
  let known = constants.get(dtype);
  if (!known) {
    known = new Map();
    constants.set(dtype, known);
  }
  let found = known.get(value);
  if (!found) {
    found = scalar(dtype, value);
    if (known.size < 4096) known.set(value, found);
  }
  return found;
}

/** Expansions evaluate with this: every op at once, on values. */
export const arithmetic: Arithmetic<Value> = {
  apply: evaluateOp,
  constant,
  dtype: (value) => value.dtype,
};
