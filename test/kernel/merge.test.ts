/** Reshapes that merge dimensions: index maps over what lies in memory without gaps, copies of all else. */

import { describe, expect, it } from "vitest";
import { traceModel } from "../../src/array/trace.ts";
import type { Value } from "../../src/base/value.ts";
import { lax, type NdArray, np } from "../../src/index.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { kernelOf, runWasm } from "../helpers/run-kernel.ts";

const [ROWS, COLUMNS] = [7, 11];
const SIZE = ROWS * COLUMNS;

/** Compiles a model of one matrix, checks its bits at some points, gives the sizes of scratch arrays. */
function scratch(model: (x: NdArray) => NdArray, unrolled = 32): number[] {
  const type = { dtype: "float32" as const, shape: [ROWS, COLUMNS] };
  const options = { dtype: "float32" } as const;
  const { program } = traceModel([{ name: "x", role: "point", type }], ([x]) => model(x as NdArray), options);
  const kernel = kernelOf(program, { groups: 2, unrolled });
  verifyKernel(kernel);
  const points = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((p): Value[] => [
    { ...type, data: Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i * (p + 1)) * 3) },
  ]);
  const [column] = runWasm(program, kernel, points);
  const expected = points.flatMap((point) => Array.from(interpret(program, point)[0]?.data ?? []));
  expect(Array.from(column ?? [])).toEqual(expected);
  return kernel.buffers.filter(({ kind }) => kind === "scratch").map(({ elements }) => elements);
}

const many = (n: number): NdArray => np.arange(n).mul(5).mod(SIZE);

describe("merging dimensions", () => {
  it("of a ring buffer costs no copy, read with a delay for each pair", () => {
    const sizes = scratch((x) =>
      lax.foriLoop(
        0,
        20,
        (t, buffer: NdArray) => {
          const [to, from] = [np.arange(COLUMNS).expandDims(1), np.arange(COLUMNS).expandDims(0)];
          const row = np.sub(t, to.add(from).mod(ROWS)).mod(ROWS);
          const past = buffer.reshape([SIZE]).take(row.mul(COLUMNS).add(from));
          const next = past
            .sum(1)
            .mul(0.05)
            .add(buffer.at(t.mod(ROWS)));
          return lax.dynamicUpdateSlice(buffer, next.expandDims(0), [t.mod(ROWS), 0]);
        },
        x,
      ),
    );
    expect(sizes.filter((n) => n === SIZE)).toHaveLength(1);
  });

  it("of what is computed and then read elsewhere stores it once", () => {
    expect(scratch((x) => x.mul(2).add(1).reshape([SIZE]).take(many(60)))).toEqual([SIZE]);
  });

  const gapped: { readonly [name: string]: (x: NdArray) => NdArray } = {
    transposed: (x) => x.T.reshape([SIZE]).take(many(50)),
    sliced: (x) => x.slice(null, { step: 2 }).reshape([42]).take(many(50).mod(42)),
    broadcast: (x) => np.broadcastTo(x.at(1), [5, COLUMNS]).reshape([55]).roll(3),
    "split and merged": (x) => x.mul(3).reshape([SIZE, 1, 1]).reshape([COLUMNS, ROWS]).reshape([SIZE]).flip(),
    "the rows of a transposed scan": (x) =>
      lax.scan(
        (c: NdArray, row: NdArray): [NdArray, NdArray] => [c.add(row.reshape([35]).take(many(35).mod(35))), c],
        np.zeros([35]),
        np.broadcastTo(x, [5, ROWS, COLUMNS]).transpose([2, 0, 1]),
      )[1],
    "a carry that comes back merged": (x) =>
      lax.foriLoop(
        0,
        4,
        (_, c: NdArray) => c.reshape([ROWS, COLUMNS]).add(x).roll(1, 0).reshape([SIZE]),
        x.reshape([SIZE]),
      ),
    "a carry that is merged and reversed": (x) =>
      lax.foriLoop(0, 4, (_, c: NdArray) => c.reshape([SIZE]).flip().reshape([ROWS, COLUMNS]).sub(c.mul(0.5)), x),
    "a carry for each point's own number of turns": (x) =>
      lax.whileLoop(
        (c: NdArray) => c.at(0, 0).less(9),
        (c: NdArray) => c.reshape([SIZE]).take(many(SIZE)).reshape([ROWS, COLUMNS]).add(1),
        x,
      ),
    "an operand of a branch": (x) =>
      lax.cond(
        x.at(0, 1).greater(0),
        (y: NdArray) => lax.foriLoop(0, 2, (i, z: NdArray) => z.add(y.reshape([SIZE]).at(i)), y.reshape([SIZE])),
        (y: NdArray) => y.reshape([SIZE]).flip(),
        x.T,
      ),
    "what an inner loop reads": (x) => {
      const flat = x.exp().reshape([SIZE]);
      return lax.foriLoop(0, 5, (i, c: NdArray) => c.add(flat.at(i.mul(3))), np.zeros([40]));
    },
  };
  it.each(Object.keys(gapped))("keeps the bits of %s", (name) => {
    for (const unrolled of [32, 4]) scratch(gapped[name] as (x: NdArray) => NdArray, unrolled);
  });
});
