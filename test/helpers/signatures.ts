/** The native ops, and every use of an op by the dtypes of its operands. */

import { type DType, dtypes } from "../../src/base/dtype.ts";
import { isNative, type OpName, recordOf, table } from "../../src/op/table.ts";

export const natives = (Object.keys(table) as OpName[]).filter((name) => isNative(recordOf(name)));

/** Operand dtypes → result of every use of an op. */
export function* signatures(op: OpName): Generator<{ operands: DType[]; result: DType }> {
  const record = recordOf(op);
  if (record.kind !== "elementwise") return;
  for (const operand of dtypes) {
    const operands: DType[] = op === "select" ? ["bool", operand, operand] : new Array(record.arity).fill(operand);
    for (const to of record.cast ? dtypes : [operand]) {
      const result = record.dtype(operands, { dtype: to });
      if (result) yield { operands, result };
    }
  }
}
