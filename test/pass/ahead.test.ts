import { describe, expect, test } from "vitest";
import * as lax from "../../src/array/lax.ts";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { folds } from "../../src/op/fold.ts";
import { ahead } from "../../src/pass/ahead.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { schedule } from "../../src/program/order.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Program } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";

const N = 6;
const given: Value = { dtype: "float32", shape: [N], data: Float32Array.of(0.3, -0.7, 0.9, -0, 3e38, 1e-45) };

function traced(model: (x: NdArray) => unknown): Program {
  const input = { name: "x", role: "point" as const, type: { dtype: given.dtype, shape: given.shape } };
  return traceModel([input], ([x]) => model(x as NdArray), { dtype: "float32" }).program;
}

/** Reductions of what the body of an innermost loop is given. */
const waiting = ({ root }: Program): number => {
  const bodies = [...schedule(root).values()].filter((nodes) => nodes.every(({ regions }) => regions.length === 0));
  const totals = bodies.flat().filter(({ op, region }) => folds[op] && region !== root);
  return totals.filter(({ operands }) => operands[0]?.op === "parameter").length;
};

const outcome = (program: Program): unknown => interpret(program, [given]).map(({ data }) => Array.from(data));

const towards = (y: NdArray, total: NdArray): NdArray => y.mul(0.9).add(total.mul(0.01));

const carried: readonly (readonly [string, (x: NdArray) => unknown])[] = [
  ["the mean field of a loop", (x) => lax.foriLoop(0, 7, (_, y) => towards(y, y.mean()), x)],
  ["extremes and a sum", (x) => lax.foriLoop(0, 5, (_, y) => towards(y, y.max().sub(y.min())).sub(y.sum()), x)],
  [
    "of two arrays, one of them an output of every turn",
    (x) => {
      const step = ([y, z]: [NdArray, NdArray]): [[NdArray, NdArray], NdArray] => {
        const next = towards(y, z.sum());
        return [[next, towards(z, y.sum())], next];
      };
      return lax.scan((carry: [NdArray, NdArray]) => step(carry), [x, x.mul(2)] as [NdArray, NdArray], null, {
        length: 4,
      });
    },
  ],
  [
    "of a scan backwards, in a loop inside of a loop",
    (x) =>
      lax.foriLoop(
        0,
        3,
        (_, y) => lax.scan((z: NdArray, t: NdArray) => [towards(z, z.sum()).add(t), null], y, x, { reverse: true })[0],
        x,
      ),
  ],
];

const left: readonly (readonly [string, (x: NdArray) => unknown])[] = [
  [
    "the array is the same in every turn",
    (x) => lax.foriLoop(0, 5, (_, [y, s]) => [y!, s!.add(y!.sum())], [x, x.sum()]),
  ],
  [
    "the array is put together",
    (x) => lax.foriLoop(0, 5, (_, y) => np.concatenate([y.slice({ start: 1 }), y.sum().reshape([1])]), x),
  ],
  ["there is one turn", (x) => lax.foriLoop(0, 1, (_, y) => towards(y, y.sum()), x)],
  [
    "the loop ends by itself",
    (x) =>
      lax.whileLoop(
        (y: NdArray) => y.max().less(1),
        (y: NdArray) => towards(y, y.sum()),
        x.mul(1e-3).sub(5),
      ),
  ],
];

describe("reductions of what loops carry", () => {
  test.each(carried)("%s are made at the end of the turn before, with the same bits", (_, model) => {
    const program = traced(model);
    const after = ahead(program, 4);
    verify(after);
    expect(waiting(after)).toBe(0);
    expect(waiting(program)).toBeGreaterThan(0);
    expect(outcome(after)).toEqual(outcome(program));
    expect(printProgram(ahead(after, 4))).toBe(printProgram(after));
  });

  test.each(left)("stay where they are when %s", (_, model) => {
    const program = traced(model);
    expect(printProgram(ahead(program, 4))).toBe(printProgram(program));
  });

  test("of small arrays stay: those are in registers", () => {
    const program = traced(carried[0]![1]);
    expect(waiting(ahead(program, N))).toBe(waiting(program));
  });
});
