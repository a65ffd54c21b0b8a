/** What a point gives hangs on its own parameters alone. */

import { describe, expect, test } from "vitest";
import { type TargetName, targetNames, targets } from "../../src/device/table.ts";
import { DataSpace, lax, type NdArray, np, ParallelExecution, type ParallelOptions } from "../../src/index.ts";

const runnable = targetNames.filter((name) => !targets[name].whyNot());

describe.each(runnable)("no point sees another on %s:", (target: TargetName) => {
  // Memory that kernels keep from point to point: rows, histories, flags of limits.
  const busy = ({ x }: { x: NdArray }) => {
    const row = np.arange(40).mul(x).sin();
    const [last, history] = lax.scan(
      (c: NdArray, w: NdArray) => [c.mul(0.5).add(w), c.sum()],
      row,
      np.arange(35).add(x),
    );
    const steps = lax.whileLoop(
      (k) => k.less(x),
      (k) => k.add(1),
      0,
      { maxSteps: 20 },
    );
    return {
      last,
      history,
      steps,
      some: lax.cond(
        x.greater(9),
        (y) => y.log(),
        (y) => y.sub(9).sqrt(),
        x,
      ),
    };
  };
  const xs = Float32Array.from({ length: 24 }, (_, i) => (i * 7) % 31);
  const bits = async (values: Float32Array, options: ParallelOptions): Promise<string[]> => {
    using executor = new ParallelExecution(busy, new DataSpace({ x: values }), { target, ...options });
    const results = await executor.run();
    const tree = results.stacked as { [name: string]: Float32Array };
    return Array.from(values, (_, i) =>
      Object.values(tree)
        .map((column) => {
          const size = column.length / values.length;
          return column.slice(i * size, (i + 1) * size).join();
        })
        .concat(String(results.status[i]))
        .join("|"),
    );
  };

  test("alone, in another order, in other batches and on other devices it has the same bits", async () => {
    const whole = await bits(xs, { nPmap: 1 });
    expect(await bits(xs, { nPmap: 2, nVmap: 8 })).toEqual(whole);
    expect(await bits(xs, { nPmap: 2, nVmap: 1, sharedMemory: false })).toEqual(whole);
    const order = Array.from(xs.keys()).sort((a, b) => ((a * 17) % 24) - ((b * 17) % 24));
    const shuffled = await bits(
      Float32Array.from(order, (i) => xs[i]!),
      { nPmap: 1, nVmap: 16 },
    );
    expect(order.map((i) => whole[i])).toEqual(shuffled);
    for (const i of [0, 13, 23]) expect(await bits(xs.slice(i, i + 1), { nPmap: 1 })).toEqual([whole[i]]);
  });
});
