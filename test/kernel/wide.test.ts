import { describe, expect, test } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { defaultTarget } from "../../src/device/table.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { traceOverSpace } from "../../src/execution/model.ts";
import {
  GridSpace,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  Parameter,
  SequentialExecution,
} from "../../src/index.ts";
import { buildKernel, draftKernel } from "../../src/kernel/build.ts";
import type { Statement } from "../../src/kernel/kernel.ts";
import { type Access, blocksOf, isWide } from "../../src/kernel/statement.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { widen } from "../../src/kernel/wide.ts";

const space = new GridSpace({ x: new Parameter("x", 0, { low: 0, high: 1, free: true }) }, { n: 9 });

type State = { x: NdArray };
type Model = (state: State, shared: NdArray) => NdArray;

/** Reads a table in two orders: it must lie in memory. */
const used = (table: NdArray, x: NdArray): NdArray => {
  const floats = table.astype("float32").ravel();
  return floats.mul(x).sum().add(np.flip(floats).maximum(x).sum());
};

/** What all points share is computed anew in every step, and then read by each point. */
const models: { readonly [name: string]: Model } = {
  "an expression": ({ x }, a) => lax.foriLoop(0, 3, (t, y) => y.add(used(a.mul(t.astype(a.dtype)).sub(1), x)), x),
  "two dimensions, walked along without gaps": ({ x }, a) => {
    const table = a.reshape([-1, 1]).add(np.arange(5).astype(a.dtype));
    return lax.foriLoop(0, 2, (t, y) => y.add(used(table.mul(t.astype(a.dtype)), x)), x);
  },
  "one value everywhere": ({ x }, a) =>
    lax.foriLoop(0, 2, (t, y) => y.add(used(np.where(t.less(1), a, t.astype(a.dtype)), x)), x),
  "a shift of itself": ({ x }, a) =>
    lax.foriLoop(0, 3, (_, { shared, y }) => ({ shared: np.roll(shared, 1).add(shared), y: y.add(used(shared, x)) }), {
      shared: a,
      y: x,
    }).y,
};

const sizes = [33, 257];
const dtypes: readonly DType[] = ["float32", "float64", "int32", "uint32"];

describe.each(Object.keys(models))("elements side by side: %s", (name) => {
  const model = models[name] as Model;

  test.each(sizes)("gives the bits of one after the other, %i elements", async (size) => {
    for (const dtype of dtypes) {
      const shared = np.asarray(
        Array.from({ length: size }, (_, i) => ((i * 7919) % 101) - (dtype === "uint32" ? 0 : 50)),
        {
          dtype,
        },
      );
      const options = {
        args: [shared] as const,
        dtype: dtype === "float64" ? ("float64" as const) : ("float32" as const),
      };
      const wanted = await new SequentialExecution(model, space, options).run();
      for (const target of new Set([defaultTarget(), "wasm"] as const)) {
        for (const nVmap of [1, "auto"] as const) {
          using execution = new ParallelExecution(model, space, { ...options, nVmap, nPmap: 1, target });
          const got = await execution.run();
          expect([...(got.stacked as Float32Array)], `${dtype} ${target} ${nVmap}`).toEqual([
            ...(wanted.stacked as Float32Array),
          ]);
        }
      }
    }
  });
});

const accesses = (block: readonly Statement[]): Access[] =>
  block.flatMap((s) =>
    s.kind === "load" || s.kind === "store" ? [s] : blocksOf(s).flatMap((inner) => accesses(inner)),
  );

test("loops of what points share become wide, and the verifier knows their bounds", () => {
  const model = models["an expression"] as Model;
  const args = [np.ones([100])];
  const { program } = traceOverSpace({ model: model as never, space, args, kwargs: undefined, float: "float32" });
  const kernel = buildKernel(program, wasmTarget);
  expect(accesses(kernel.body).some(isWide)).toBe(true);
  expect(accesses(draftKernel(program, wasmTarget).body).some(isWide)).toBe(false);
  verifyKernel(kernel);
  const [wide] = accesses(kernel.body).filter(isWide);
  const short = kernel.buffers.map((b) => (b === wide!.buffer ? { ...b, elements: b.elements - 5 } : b));
  const into = (block: readonly Statement[]): Statement[] =>
    block.map((s) => {
      if ((s.kind === "load" || s.kind === "store") && s.buffer === wide!.buffer) {
        return { ...s, buffer: short.find(({ id }) => id === s.buffer.id)! };
      }
      if (s.kind === "loop") return { ...s, body: into(s.body) };
      return s;
    });
  expect(() => verifyKernel({ ...kernel, buffers: short, body: into(kernel.body) })).toThrow(
    /expected elements from 0 to/,
  );
});

test("widening twice changes nothing", () => {
  const args = [np.ones([100])];
  const model = models["an expression"] as Model;
  const { program } = traceOverSpace({ model: model as never, space, args, kwargs: undefined, float: "float32" });
  const once = buildKernel(program, wasmTarget);
  expect(accesses(widen(once).body).filter(isWide)).toHaveLength(accesses(once.body).filter(isWide).length);
});
