/** The text form of programs. */

import { describe, expect, test } from "vitest";
import type { Type, Value } from "../../src/base/value.ts";
import { traceBranches } from "../../src/program/branch.ts";
import { Builder } from "../../src/program/builder.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Input, Node, Program } from "../../src/program/program.ts";

const float: Type = { dtype: "float32", shape: [] };
const int: Type = { dtype: "int32", shape: [] };

function programOf(inputs: readonly Input[], write: (b: Builder, inputs: readonly Node[]) => readonly Node[]): Program {
  const b = new Builder(inputs.map((input) => input.type));
  const results = write(b, b.root.parameters);
  return { inputs, outputs: results.map((_, i) => `out${i}`), root: b.finish(results) };
}

describe("printed programs", () => {
  test("have inputs, one line a node, and outputs; what nothing needs is left out", () => {
    const vector: Type = { dtype: "float32", shape: [3] };
    const inputs: Input[] = [
      { name: "coupling.G", role: "point", type: float },
      { name: "weights", role: "shared", type: vector },
    ];
    const program = programOf(inputs, (b, [g, w]) => {
      b.apply("neg", [w!]);
      const scaled = b.apply("mul", [g!, w!]);
      return [b.apply("sum", [b.apply("add", [scaled, b.constant(0.1, "float32")])], { axes: [0] }), g!];
    });
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "input %0 coupling.G: point float32[]
      input %1 weights: shared float32[3]
      %2: float32[3] = mul %0, %1
      %3: float32[] = constant 0.1
      %4: float32[3] = add %2, %3
      %5: float32[] = sum %4 {axes: [0]}
      output out0: %5
      output out1: %0"
    `);
  });

  test("show bodies inside their node, and what a body does not depend on outside of it", () => {
    const inputs: Input[] = [
      { name: "dt", role: "point", type: float },
      { name: "y", role: "point", type: float },
    ];
    const program = programOf(inputs, (b, [dt, y0]) => {
      const body = b.body([int, float], ([i, y]) => {
        const half = b.apply("mul", [dt!, b.constant(0.5, "float32")]);
        const t = b.apply("convert", [i!], { dtype: "float32" });
        const next = b.apply("add", [y!, b.apply("mul", [half, t])]);
        return [next, next];
      });
      const attrs = { length: 10, reverse: false, carries: 1 };
      return b.results(b.control("loop", [y0!], [body], attrs, [float, { dtype: "float32", shape: [10] }]));
    });
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "input %0 dt: point float32[]
      input %1 y: point float32[]
      %2: float32[] = constant 0.5
      %3: float32[] = mul %0, %2
      %4: float32[], float32[10] = loop %1 {carries: 1, length: 10, reverse: false}
        body(%5: int32[], %6: float32[])
          %7: float32[] = convert %5 {dtype: float32}
          %8: float32[] = mul %3, %7
          %9: float32[] = add %6, %8
          return %9, %9
      %10: float32[] = result %4 {index: 0}
      %11: float32[10] = result %4 {index: 1}
      output out0: %10
      output out1: %11"
    `);
  });

  test("name tests and branches", () => {
    const inputs: Input[] = [
      { name: "n", role: "point", type: int },
      { name: "x", role: "shared", type: int },
    ];
    const program = programOf(inputs, (b, [n, x]) => {
      const test = b.body([int], ([v]) => [b.apply("lt", [v!, n!])]);
      const body = b.body([int], ([v]) => [b.apply("add", [v!, x!])]);
      const [grown] = b.results(b.control("while", [x!], [test, body], {}, [int]));
      const { operands, regions } = traceBranches(b, [grown!], [([v]) => [v!], ([v]) => [b.apply("mul", [v!, x!])]]);
      return b.results(b.control("switch", [n!, ...operands], regions, {}, [int]));
    });
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "input %0 n: point int32[]
      input %1 x: shared int32[]
      %2: int32[] = while %1
        test(%3: int32[])
          %4: bool[] = lt %3, %0
          return %4
        body(%5: int32[])
          %6: int32[] = add %5, %1
          return %6
      %7: int32[] = result %2 {index: 0}
      %8: int32[] = switch %0, %7, %1
        branch 0(%9: int32[], %10: int32[])
          return %9
        branch 1(%11: int32[], %12: int32[])
          %13: int32[] = mul %11, %12
          return %13
      %14: int32[] = result %8 {index: 0}
      output out0: %14"
    `);
  });

  test("cut long constants and write numbers as short as they can be", () => {
    const value = (dtype: "float32" | "float64" | "bool", data: Value["data"]): Value => ({
      dtype,
      shape: [data.length],
      data,
    });
    const program = programOf([], (b) => [
      b.value(
        value(
          "float32",
          Float32Array.from({ length: 100 }, (_, i) => i / 10),
        ),
      ),
      b.value(value("float64", Float64Array.of(0.1, -0, 1 / 3, NaN, -Infinity))),
      b.value(value("float32", Float32Array.of(1 / 3, 16777217, 1e-45, 3.4e38))),
      b.value(value("bool", Uint8Array.of(1, 0))),
      b.constant(-0, "float32"),
    ]);
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "%0: float32[100] = constant [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, … 92 more]
      %1: float64[5] = constant [0.1, -0, 0.3333333333333333, NaN, -Infinity]
      %2: float32[4] = constant [0.33333334, 16777216, 1.4013e-45, 3.4e+38]
      %3: bool[2] = constant [true, false]
      %4: float32[] = constant -0
      output out0: %0
      output out1: %1
      output out2: %2
      output out3: %3
      output out4: %4"
    `);
  });
});
