import { describe, expect, test } from "vitest";
import * as lax from "../../src/array/lax.ts";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import * as running from "../../src/array/running.ts";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { schedule } from "../../src/program/order.ts";
import type { Program } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { written } from "../helpers/three-ways.ts";

const T = 23;
const options = { native: wasmTarget.native, unrolled: 4 };
const given: Value = { dtype: "float32", shape: [3], data: Float32Array.of(0.3, -0.7, 0.9) };

/** A model of `[T, 3]`, the states of an oscillation. */
function traced(model: (ys: NdArray, x: NdArray) => unknown): Program {
  const input = { name: "x", role: "point" as const, type: { dtype: given.dtype, shape: given.shape } };
  return traceModel(
    [input],
    ([x]) => {
      const step = (y: NdArray): [NdArray, NdArray] => {
        const next = y.mul(1.9).mul(np.sub(1, y.abs()));
        return [next, next];
      };
      const [, ys] = lax.scan(step, x as NdArray, null, { length: T });
      return model(ys as NdArray, x as NdArray);
    },
    { dtype: "float32" },
  ).program;
}

/** Arrays with an element for each turn, anywhere. */
const stacks = ({ root }: Program): number =>
  [...schedule(root).values()].flat().filter(({ types }) => types.some(({ shape }) => shape[0] === T)).length;

const outcome = (program: Program): unknown => interpret(program, [given]).map(({ data }) => written(data));

const streamed: readonly (readonly [string, (ys: NdArray, x: NdArray) => unknown])[] = [
  ["the mean", (ys) => np.mean(ys, 0)],
  ["the mean of everything", (ys) => np.mean(ys)],
  ["a product", (ys) => np.prod(ys.add(1.5), 0)],
  ["extremes along both axes", (ys) => [np.max(ys), np.min(ys, 0), np.max(np.min(ys, 1))]],
  ["whether something ever happened", (ys) => [np.any(ys.greater(0.4), 0), np.all(ys.less(0.4))]],
  ["sums of squares from the inputs", (ys, x) => np.sum(np.square(ys.sub(x)), 0)],
  ["a mean after the beginning", (ys) => np.mean(ys.slice({ start: 5 }), 0)],
  ["a mean in the middle", (ys) => np.mean(ys.slice({ start: 5 }).slice({ stop: 9 }), 0)],
  ["one node", (ys) => np.sum(ys.slice(null, { start: 1, stop: 2 }))],
  ["turned nodes", (ys) => np.sum(np.transpose(np.expandDims(ys, 2), [0, 2, 1]), [0, 1])],
  ["counts", (ys) => np.sum(ys.greater(0).astype("int32"), 0)],
];

const kept: readonly (readonly [string, (ys: NdArray, x: NdArray) => unknown])[] = [
  ["the trajectory is a result", (ys) => [ys, np.mean(ys, 0)]],
  ["a second pass needs the first", (ys) => np.variance(ys, 0)],
  ["neighbours in time meet", (ys) => np.sum(ys.slice({ start: 1 }).sub(ys.slice({ stop: -1 })), 0)],
  ["time runs backwards", (ys) => np.sum(np.flip(ys, 0), 0)],
];

describe("reductions over what a loop stacks", () => {
  test.each(streamed)("are carried: %s", (_, model) => {
    const before = traced(model);
    const after = optimise(before, options, verify);
    expect(stacks(before)).toBeGreaterThan(0);
    expect(stacks(after)).toBe(0);
    expect(outcome(after)).toEqual(outcome(before));
  });

  test.each(kept)("stay where they are when %s", (_, model) => {
    const before = traced(model);
    const after = optimise(before, options, verify);
    expect(stacks(after)).toBeGreaterThan(0);
    expect(outcome(after)).toEqual(outcome(before));
  });

  test("are carried by loops in loops", () => {
    const before = traced((ys) =>
      lax.foriLoop(
        0,
        3,
        (_, sum) =>
          sum.add(
            np.mean(
              lax.map((y) => y.mul(sum), ys),
              0,
            ),
          ),
        np.zeros([3]),
      ),
    );
    const after = optimise(before, options, verify);
    expect(outcome(after)).toEqual(outcome(before));
  });
});

describe("what nobody needs", () => {
  const carriesOf = ({ root }: Program): unknown[] =>
    [...schedule(root).values()]
      .flat()
      .flatMap(({ op, attrs, types }) => (op === "loop" ? [[attrs.carries, types.length]] : []));

  test("is neither carried nor stacked", () => {
    const step = (m: running.PairMoments, x: NdArray): [running.PairMoments, NdArray] => [running.push(m, x), x];
    const before = traced((ys) => running.std(lax.scan(step, running.pairMoments(np.zeros([3])), ys)[0]));
    const after = optimise(before, options, verify);
    // The oscillation; count, mean and squares, and nothing stacked.
    expect(carriesOf(before)).toEqual([
      [1, 2],
      [6, 7],
    ]);
    expect(carriesOf(after)).toEqual([
      [1, 2],
      [3, 3],
    ]);
    expect(outcome(after)).toEqual(outcome(before));
  });

  test("does not keep a loop's test from ending it, nor a branch from being chosen", () => {
    const before = traced((ys, x) => {
      const [n] = lax.whileLoop(
        ([n]) => n.less(5),
        ([n, unused]) => [n.add(1), unused.mul(2)],
        [np.asarray(0), x],
      );
      const [a] = lax.cond(
        n.greater(3),
        (y) => [y, y.mul(3)],
        (y) => [y.neg(), y],
        ys,
      );
      return np.sum(a as NdArray, 0);
    });
    const after = optimise(before, options, verify);
    expect(outcome(after)).toEqual(outcome(before));
  });
});
