import { describe, expect, it } from "vitest";
import { allocate, type DType, dtypes } from "../../src/base/dtype.ts";
import type { Value } from "../../src/base/value.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { Attrs } from "../../src/op/record.ts";
import { isNative, type OpName, recordOf, table } from "../../src/op/table.ts";
import { Builder } from "../../src/program/builder.ts";
import { evaluateOp } from "../../src/program/evaluate.ts";
import type { InputRole, Program } from "../../src/program/program.ts";
import { edges } from "../helpers/random.ts";
import { kernelOf, runWasm } from "../helpers/run-kernel.ts";

/** Values between the edges, where functions have their reductions and switches. */
const inner: readonly number[] = [0.1, -0.3, 0.7, 0.99, 1.01, 3.3, -7.7, 20, -20, 88, -103.5, 1e4, -12345.678, 1e-5];

const valuesOf = (dtype: DType): readonly number[] =>
  dtype === "float32" || dtype === "float64" ? [...edges[dtype], ...inner] : edges[dtype];

/** The sign and payload of a NaN are the target's own business. */
const showsNaN: ReadonlySet<string> = new Set(["bitcast", "mantissaOf", "exponentOf"]);

function* signatures(op: OpName): Generator<{ operands: DType[]; attrs: Attrs }> {
  const record = recordOf(op);
  if (record.kind !== "elementwise") return;
  for (const dtype of dtypes) {
    const operands: DType[] = op === "select" ? ["bool", dtype, dtype] : new Array(record.arity).fill(dtype);
    for (const attrs of record.cast ? dtypes.map((to) => ({ dtype: to })) : [{}]) {
      if (record.dtype(operands, attrs) !== undefined) yield { operands, attrs };
    }
  }
}

/** Every combination of operand values, as one column per operand. */
function combinations(op: OpName, operands: readonly DType[]): number[][] {
  let rows: number[][] = [[]];
  for (const dtype of operands) {
    const values = valuesOf(dtype).filter((x) => !(showsNaN.has(op) && Number.isNaN(x)));
    rows = rows.flatMap((row) => values.map((x) => [...row, x]));
  }
  return operands.map((_, i) => rows.map((row) => row[i]!));
}

const array = (dtype: DType, shape: readonly number[], numbers: readonly number[]): Value => {
  const data = allocate(dtype, numbers.length);
  data.set(numbers);
  return { dtype, shape, data };
};

function programOf(
  op: OpName,
  operands: readonly DType[],
  shape: readonly number[],
  attrs: Attrs,
  role: InputRole,
): Program {
  const inputs = operands.map((dtype, i) => ({ name: `x${i}`, role, type: { dtype, shape } }));
  const builder = new Builder(inputs.map((input) => input.type));
  return { inputs, outputs: ["y"], root: builder.finish([builder.apply(op, builder.root.parameters, attrs)]) };
}

describe("every elementwise op gives the interpreter's bits as Wasm, at the edges of every dtype", () => {
  for (const op of (Object.keys(table) as OpName[]).filter((name) => {
    const record = recordOf(name);
    // What is native must be so on this target; fused products are not.
    return record.kind === "elementwise" && (!isNative(record) || wasmTarget.native.has(name));
  })) {
    it(op, () => {
      for (const { operands, attrs } of signatures(op)) {
        const columns = combinations(op, operands);
        const count = columns[0]!.length;
        const whole = operands.map((dtype, i) => array(dtype, [count], columns[i]!));
        const wanted = Array.from(evaluateOp(op, whole, attrs).data);
        const name = `${op} of ${operands}${attrs.dtype ? ` to ${attrs.dtype}` : ""}`;

        const perPoint = programOf(op, operands, [], attrs, "point");
        const points = Array.from({ length: count }, (_, p) =>
          operands.map((dtype, i) => array(dtype, [], [columns[i]![p]!])),
        );
        const [lanes] = runWasm(perPoint, kernelOf(perPoint, { groups: 2, unrolled: 32 }), points);
        expect(Array.from(lanes!), `${name}, per point`).toEqual(wanted);

        const together = programOf(op, operands, [count], attrs, "shared");
        const [uniform] = runWasm(together, kernelOf(together, { groups: 1, unrolled: 1 }), [whole]);
        expect(Array.from(uniform!), `${name}, shared`).toEqual(wanted);
      }
    });
  }
});
