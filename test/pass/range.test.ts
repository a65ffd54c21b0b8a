import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { optimise } from "../../src/pass/pipeline.ts";
import { Ranges } from "../../src/pass/range.ts";
import { Builder } from "../../src/program/builder.ts";
import { interpret } from "../../src/program/interpreter.ts";
import type { Node, Program } from "../../src/program/program.ts";

const int32 = { dtype: "int32", shape: [] } as const;

/** The range of what `write` makes of an unknown number. */
function rangeOf(write: (b: Builder, x: Node) => Node): { low: number; high: number } {
  const builder = new Builder([int32]);
  const result = write(builder, builder.root.parameters[0] as Node);
  return new Ranges(builder.finish([result])).of(result);
}

const c = (b: Builder, value: number): Node => b.constant(value, "int32");

describe("ranges of whole numbers", () => {
  test.each<[string, (b: Builder, x: Node) => Node, number, number]>([
    ["an unknown one", (_, x) => x, -(2 ** 31), 2 ** 31 - 1],
    ["bits kept", (b, x) => b.apply("and", [x, c(b, 127)]), 0, 127],
    ["a bounded one", (b, x) => b.apply("min", [b.apply("max", [x, c(b, -3)]), c(b, 9)]), -3, 9],
    ["a product", (b, x) => b.apply("mul", [b.apply("and", [x, c(b, 7)]), c(b, -5)]), -35, 0],
    ["a difference", (b, x) => b.apply("sub", [c(b, 1), b.apply("and", [x, c(b, 7)])]), -6, 1],
    ["a sum that may wrap", (b, x) => b.apply("add", [x, c(b, 1)]), -(2 ** 31), 2 ** 31 - 1],
  ])("%s", (_, write, low, high) => {
    expect(rangeOf(write)).toEqual({ low, high });
  });

  test("a loop's counter is below its length", () => {
    const builder = new Builder([int32]);
    let counter: Node | undefined;
    const body = builder.body([int32, int32], ([i, x]) => {
      counter = i as Node;
      return [builder.apply("add", [i as Node, x as Node])];
    });
    const attrs = { length: 5, reverse: false, carries: 1 };
    const loop = builder.control("loop", [builder.root.parameters[0] as Node], [body], attrs, [int32]);
    const ranges = new Ranges(builder.finish(builder.results(loop)));
    expect(ranges.of(counter as Node)).toEqual({ low: 0, high: 4 });
  });

  test("a long chain is no deep recursion", () => {
    const { low, high } = rangeOf((b, x) => {
      let sum = b.apply("and", [x, c(b, 1)]);
      for (let i = 0; i < 50_000; i++) sum = b.apply("min", [sum, c(b, i + 1)]);
      return sum;
    });
    expect([low, high]).toEqual([0, 1]);
  });

  test("hold for what random expressions give", () => {
    const number = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer());
    const step = fc.record({
      op: fc.constantFrom("add", "sub", "mul", "min", "max", "and"),
      constant: number,
      swapped: fc.boolean(),
    });
    let bounded = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.array(number, { minLength: 5 }),
        (steps, inputs) => {
          const builder = new Builder([int32]);
          const result = steps.reduce((x: Node, { op, constant, swapped }) => {
            const other = c(builder, constant);
            return builder.apply(op as "add", swapped ? [other, x] : [x, other]);
          }, builder.root.parameters[0] as Node);
          const root = builder.finish([result]);
          const { low, high } = new Ranges(root).of(result);
          if (high - low < 2 ** 31) bounded++;
          const program: Program = { inputs: [{ name: "x", role: "point", type: int32 }], outputs: ["y"], root };
          for (const x of inputs) {
            const [y] = interpret(program, [{ ...int32, data: Int32Array.of(x) }]);
            expect(y!.data[0]).toBeGreaterThanOrEqual(low);
            expect(y!.data[0]).toBeLessThanOrEqual(high);
          }
        },
      ),
      { seed: 3, numRuns: 500 },
    );
    expect(bounded).toBeGreaterThan(100);
  });

  test("decide comparisons, so that a remainder needs no wrap", () => {
    const builder = new Builder([int32]);
    const place = builder.apply("and", [builder.root.parameters[0] as Node, c(builder, 127)]);
    const wrap = builder.apply("select", [
      builder.apply("lt", [place, c(builder, 0)]),
      builder.apply("add", [place, c(builder, 128)]),
      place,
    ]);
    const program: Program = {
      inputs: [{ name: "x", role: "point", type: int32 }],
      outputs: ["y"],
      root: builder.finish([wrap]),
    };
    const { root } = optimise(program, { native: new Set(["and", "add", "lt", "select"]), unrolled: 32 });
    expect(root.results.map(({ op }) => op)).toEqual(["and"]);
  });
});
