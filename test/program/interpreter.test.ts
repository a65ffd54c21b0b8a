/** The interpreter on programs small enough to work out by hand. */

import { describe, expect, test } from "vitest";
import { isLanewiseError } from "../../src/base/errors.ts";
import { scalar, type Type, type Value } from "../../src/base/value.ts";
import { traceBranches } from "../../src/program/branch.ts";
import { Builder } from "../../src/program/builder.ts";
import { interpret } from "../../src/program/interpreter.ts";
import type { Node, Program } from "../../src/program/program.ts";
import { typeOf } from "../../src/program/program.ts";

const int: Type = { dtype: "int32", shape: [] };
const bool: Type = { dtype: "bool", shape: [] };
const row = (n: number): Type => ({ dtype: "int32", shape: [n] });
const ints = (...data: number[]): Value => ({ dtype: "int32", shape: [data.length], data: Int32Array.from(data) });
const one = (x: number): Value => scalar("int32", x);

function programOf(types: readonly Type[], write: (b: Builder, inputs: readonly Node[]) => readonly Node[]): Program {
  const b = new Builder(types);
  const results = write(b, b.root.parameters);
  return {
    inputs: types.map((type, i) => ({ name: `in${i}`, role: "point", type })),
    outputs: results.map((_, i) => `out${i}`),
    root: b.finish(results),
  };
}

const run = (program: Program, ...inputs: Value[]): number[][] =>
  interpret(program, inputs).map((value) => [...value.data]);

describe("loop", () => {
  /** Carries a sum of x·counter; stacks the carry and the row. */
  const scan = (length: number, reverse: boolean): Program =>
    programOf([int, row(length)], (b, [start, xs]) => {
      const body = b.body([int, int, int], ([i, total, x]) => {
        const next = b.apply("add", [total!, b.apply("mul", [x!, i!])]);
        return [next, next, x!];
      });
      const attrs = { length, reverse, carries: 1 };
      return b.results(b.control("loop", [start!, xs!], [body], attrs, [int, row(length), row(length)]));
    });

  test("runs forwards, over rows, and stacks", () => {
    expect(run(scan(3, false), one(100), ints(5, 6, 7))).toEqual([[120], [100, 106, 120], [5, 6, 7]]);
  });

  test("runs backwards with the counter and the places of rows and stacks going down", () => {
    expect(run(scan(3, true), one(100), ints(5, 6, 7))).toEqual([[120], [120, 120, 114], [5, 6, 7]]);
  });

  test("gives the first carries and empty stacks when its length is 0", () => {
    expect(run(scan(0, false), one(100), ints())).toEqual([[100], [], []]);
  });

  test("sees values of the regions around it", () => {
    const program = programOf([int, int], (b, [a, c]) => {
      const twice = b.apply("add", [c!, c!]);
      const inner = (total: Node): Node => {
        const body = b.body([int, int], ([, t]) => [b.apply("add", [t!, b.apply("add", [twice, total])])]);
        return b.results(b.control("loop", [a!], [body], { length: 2, reverse: false, carries: 1 }, [int]))[0]!;
      };
      const body = b.body([int, int], ([, total]) => [inner(total!)]);
      return b.results(b.control("loop", [a!], [body], { length: 3, reverse: false, carries: 1 }, [int]));
    });
    const inner = (total: number, a: number, c: number): number => a + 2 * (2 * c + total);
    let total = 1;
    for (let i = 0; i < 3; i++) total = inner(total, 1, 10);
    expect(run(program, one(1), one(10))).toEqual([[total]]);
  });

  test("stacks and scans arrays by their first axis", () => {
    const matrix: Value = { dtype: "int32", shape: [2, 3], data: Int32Array.of(1, 2, 3, 4, 5, 6) };
    const program = programOf([{ dtype: "int32", shape: [2, 3] }], (b, [xs]) => {
      const body = b.body([int, row(3)], ([i, x]) => [b.apply("add", [x!, i!])]);
      const attrs = { length: 2, reverse: false, carries: 0 };
      return b.results(b.control("loop", [xs!], [body], attrs, [{ dtype: "int32", shape: [2, 3] }]));
    });
    expect(run(program, matrix)).toEqual([[1, 2, 3, 5, 6, 7]]);
  });
});

/** Doubles x while it is below the limit. */
function doubling(b: Builder, limit: Node, x: Node): Node {
  const test = b.body([int, int], ([v, end]) => [b.apply("lt", [v!, end!])]);
  const body = b.body([int, int], ([v, end]) => [b.apply("add", [v!, v!]), end!]);
  return b.results(b.control("while", [x, limit], [test, body], {}, [int, int]))[0]!;
}

describe("while", () => {
  const program = programOf([int, int], (b, [limit, x]) => [doubling(b, limit!, x!)]);

  test("goes on as long as the test holds", () => {
    expect(run(program, one(100), one(3))).toEqual([[192]]);
  });

  test("never runs its body when the test fails at once", () => {
    expect(run(program, one(1), one(3))).toEqual([[3]]);
  });
});

describe("switch", () => {
  const program = programOf([int, int], (b, [index, x]) => {
    const { operands, regions } = traceBranches(
      b,
      [x!],
      [
        ([y]) => [b.apply("neg", [y!])],
        ([y]) => [b.apply("add", [y!, x!])],
        // Would never end if it were run for an x of 0 that is below 10.
        ([y]) => [doubling(b, b.constant(10, "int32"), y!)],
      ],
    );
    return b.results(b.control("switch", [index!, ...operands], regions, {}, [int]));
  });

  test.each([
    [0, [-7]],
    [1, [14]],
    [2, [14]],
    [-5, [-7]],
    [9, [14]],
  ])("takes branch %i, clamped", (index, wanted) => {
    expect(run(program, one(index), one(7))).toEqual([wanted]);
  });

  test("runs the branch taken and no other", () => {
    expect(run(program, one(0), one(0))).toEqual([[0]]);
  });
});

test("a run of many points leaves nothing behind from one to the next", () => {
  const program = programOf([int, bool], (b, [x, c]) => [b.apply("select", [c!, x!, b.constant(5, "int32")])]);
  expect(run(program, one(1), scalar("bool", true))).toEqual([[1]]);
  expect(run(program, one(2), scalar("bool", false))).toEqual([[5]]);
});

test("inputs of another type are refused by name", () => {
  const program = programOf([row(3)], (_, [x]) => [x!]);
  const attempt = (inputs: Value[]): string => {
    try {
      interpret(program, inputs);
    } catch (error) {
      if (isLanewiseError(error, "type")) return error.message;
    }
    return "no error";
  };
  expect(attempt([ints(1, 2)])).toBe("input in0: expected int32[3], got int32[2] of 2 elements; convert it first");
  expect(attempt([])).toBe("interpret: expected 1 input, got 0; give one value for each");
});

test("nodes know their type", () => {
  const b = new Builder([row(3)]);
  expect(typeOf(b.apply("lt", [b.root.parameters[0]!, b.constant(1, "int32")]))).toEqual({ dtype: "bool", shape: [3] });
});
