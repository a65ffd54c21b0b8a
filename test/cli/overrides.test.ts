/** Words of the command line and the dtypes of what they replace. */

import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/failure.ts";
import { overrideSpace } from "../../src/cli/overrides.ts";
import {
  type AbstractSpace,
  DataAxis,
  GridAxis,
  GridSpace,
  type NdArray,
  np,
  Parameter,
  Space,
} from "../../src/index.ts";

const whole = (value: number) => new Parameter("n", value, { dtype: "int32", low: 0, high: 10, free: true });
const state = () => ({ n: whole(3), x: new GridAxis(0, 1, 2), k: new DataAxis(Uint32Array.of(1, 2)), w: 4 });
const space = () => new Space(state(), { mode: "product" }) as AbstractSpace<unknown, unknown>;

const columnOf = (over: AbstractSpace<unknown, unknown>, path: string) => {
  const column = over.axes("float32")?.flatMap(({ columns }) => columns);
  const found = column?.find((one) => one.path === path);
  return found && [found.source.dtype, over.axes("float32")?.length];
};

describe("--axis", () => {
  test.each([
    ["n=0:10:11", "n", "int32"],
    ["n=1:8:4:log", "n", "int32"],
    ["k=0:4294967295:2", "k", "uint32"],
    ["x=0:10:11", "x", "float64"],
    ["w=0:10:11", "w", "float64"],
  ])("%s keeps the dtype of its leaf", (words, path, dtype) => {
    expect(columnOf(overrideSpace(space(), [], [words]), path)?.[0]).toBe(dtype);
  });

  test("the parameter of a grid too, which meets what it met before", () => {
    const grid = new GridSpace({ n: whole(3), m: whole(4) }, { n: 3 }) as AbstractSpace<unknown, unknown>;
    const over = overrideSpace(grid, [], ["n=2:6:3"]);
    const along = [0, 1, 2].map((i) => Number((over.at(i) as { n: unknown }).n));
    expect([over.N, ...along]).toEqual([9, 2, 4, 6]);
  });

  test.each([
    ["n=0:1:3", "--axis n: expected values of int32, got 0.5 in 0:1:3; write 0:10:11 for 0, 1, …, 10"],
    ["k=-1:1:3", "--axis k: expected values of uint32, got -1 in -1:1:3; write 0:10:11 for 0, 1, …, 10"],
  ])("%s is refused", (words, message) => {
    const ask = () => overrideSpace(space(), [], [words]);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(message);
  });

  test("arrays stay arrays of their shape and dtype, with one number everywhere", () => {
    const given = new Space(
      {
        a: np.array([1, 2], { dtype: "int32" }),
        r: new DataAxis([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        x: new GridAxis(0, 1, 2),
      },
      { mode: "product" },
    ) as AbstractSpace<unknown, unknown>;
    const over = overrideSpace(given, ["r=7"], ["a=4:6:3"]);
    const { a, r } = over.at(0) as { a: NdArray; r: NdArray };
    expect([a.dtype, Array.from(a.data), Array.from(r.data)]).toEqual(["int32", [4, 4], [7, 7, 7]]);
  });
});
