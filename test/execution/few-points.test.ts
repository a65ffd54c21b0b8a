/** Fewer points than lanes, with arrays large enough for lanes to be elements: the same bits however it runs. */

import { afterAll, describe, expect, test } from "vitest";
import { targets } from "../../src/device/table.ts";
import {
  GridAxis,
  jit,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  SequentialExecution,
  Space,
} from "../../src/index.ts";

const running = (["x64", "wasm"] as const).filter((target) => !targets[target].whyNot());

const N = 70;
const weights = Float32Array.from({ length: N * N }, (_, i) => Math.sin(i * 7.13) / 9);

const network = ({ gain }: { gain: NdArray }) => {
  const w = np.asarray(weights).reshape([N, N]);
  const state = lax.foriLoop(0, 30, (_, x: NdArray) => np.tanh(w.matmul(x).mul(gain)), np.linspace(-1, 1, N));
  return { state, high: state.greater(0.1), mean: state.mean() };
};

const spaceOf = (count: number) => new Space({ gain: new GridAxis(0.5, 2, count) }, { mode: "product" });

const executions: { dispose(): void }[] = [];
afterAll(() => {
  for (const execution of executions) execution.dispose();
});

const bitsOf = ({ state, high, mean }: Record<string, { readonly data?: ArrayLike<number> } | ArrayLike<number>>) =>
  [state, high, mean].map((leaf) =>
    Array.from((leaf as { data?: ArrayLike<number> }).data ?? (leaf as ArrayLike<number>)),
  );

describe.each([1, 2, 3, 4, 5, 6, 7])("a space of %i points", (count) => {
  test.each(running)("gives the interpreter's bits on %s", async (target) => {
    const space = spaceOf(count);
    const wanted = await new SequentialExecution(network, space).run();
    const execution = new ParallelExecution(network, space, { target, nPmap: 1 });
    executions.push(execution);
    const got = await execution.run();
    expect(bitsOf(got.stacked as never)).toEqual(bitsOf(wanted.stacked as never));
  });
});

test("a compiled call of one point gives the bits of the call itself", () => {
  const gain = np.asarray(0.7);
  const called = network({ gain });
  const compiled = (jit(network) as unknown as typeof network)({ gain });
  expect([...compiled.state.data]).toEqual([...called.state.data]);
  expect([...compiled.high.data]).toEqual([...called.high.data]);
});
