import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { traceModel } from "../../src/array/trace.ts";
import type { FloatDType } from "../../src/base/dtype.ts";
import { np } from "../../src/index.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { type Program, typeOf } from "../../src/program/program.ts";
import { backends } from "../helpers/backends.ts";
import { kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";

const numbers = [0, -0, 1, -1, 2.5, -1e-45, 1e-45, 3e38, -3e38, Infinity, -Infinity, NaN];

/** min and max of an array with each of the numbers, as the second operand and as the first. */
function beside(dtype: FloatDType): Program {
  const x = { name: "x", role: "point", type: { dtype, shape: [numbers.length] } } as const;
  const write = ([x]: readonly NdArray[]) =>
    [np.minimum, np.maximum].flatMap((op) => numbers.flatMap((c) => [op(x as NdArray, c), op(c, x as NdArray)]));
  return traceModel([x], write, { dtype }).program;
}

const opsOf = (program: Program): unknown[] => program.root.results.map(({ op }) => op);

describe("min and max beside a known number", () => {
  const native = new Set(["min", "max", "pmin", "pmax", "add"] as const);

  test.each(["float32", "float64"] as const)("are one comparison, and keep every bit of %s", (dtype) => {
    const program = beside(dtype);
    const data = (dtype === "float32" ? Float32Array : Float64Array).from(numbers);
    const point = [{ dtype, shape: [numbers.length], data }];
    const after = optimise(program, { native, unrolled: 32 });
    const values = (p: Program) => interpret(p, point).map((v) => [...v.data]);
    expect(values(after)).toEqual(values(program));
    const left = opsOf(after).filter((op) => op === "min" || op === "max").length;
    // NaN twice in either, -0 in min: each of them on both sides.
    expect(left).toBe(6);
    for (const backend of backends.filter(({ canRun }) => canRun)) {
      const kernel = kernelOf(program, { groups: 2, unrolled: 32 }, backend.target);
      expect(runKernel(backend, program, kernel, [point, point, point]), backend.target.name).toEqual(
        runInterpreter(program, [point, point, point]),
      );
    }
  });

  test("have the shape of the larger of the two", () => {
    const x = { name: "x", role: "point", type: { dtype: "float32", shape: [] } } as const;
    const write = ([x]: readonly NdArray[]) => {
      const limits = np.full([3, 2], 0);
      return [np.minimum(x as NdArray, limits), np.maximum(limits, x as NdArray)];
    };
    const { program } = traceModel([x], write, { dtype: "float32" });
    const after = optimise(program, { native, unrolled: 32 });
    expect(after.root.results.map(typeOf)).toEqual(program.root.results.map(typeOf));
    const point = [{ dtype: "float32", shape: [], data: new Float32Array([1]) } as const];
    expect(interpret(after, point)).toEqual(interpret(program, point));
  });
});
