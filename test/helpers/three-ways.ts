/** One computation three ways: with numbers, traced and interpreted, compiled to Wasm. All give the same bits. */

import { expect } from "vitest";
import { fromValue, type NdArray } from "../../src/array/ndarray.ts";
import { evaluateResults, traceModel } from "../../src/array/trace.ts";
import type { FloatDType, TypedArray } from "../../src/base/dtype.ts";
import { formatType, type Value } from "../../src/base/value.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { typeOf } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { kernelOf, runWasm } from "./run-kernel.ts";

/** Elements as text: NaN is NaN, and -0 is not 0. */
export const written = (data: TypedArray): string[] => Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x)));

const show = (values: readonly Value[]): unknown => values.map((v) => [formatType(v), ...written(v.data)]);

/** Calls `model` with these arrays; gives the results after checking that all three ways agree. */
export function threeWays(
  model: (...arrays: NdArray[]) => unknown,
  given: readonly Value[],
  dtype: FloatDType = "float32",
): readonly Value[] {
  const { values, paths } = evaluateResults(() => model(...given.map(fromValue)), { dtype });
  const inputs = given.map(({ dtype, shape }, i) => ({
    name: `x${i}`,
    role: "point" as const,
    type: { dtype, shape },
  }));
  const { program } = traceModel(inputs, (arrays) => model(...arrays), { dtype });
  verify(program);
  expect(program.outputs).toEqual(paths);
  expect(show(interpret(program, given)), "traced").toEqual(show(values));
  const columns = runWasm(program, kernelOf(program, { groups: 1, unrolled: 16 }), [given]);
  const types = program.root.results.map(typeOf);
  expect(show(columns.map((data, i) => ({ ...types[i]!, data }))), "compiled").toEqual(show(values));
  return values;
}
