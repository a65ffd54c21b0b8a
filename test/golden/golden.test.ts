import { describe, expect, it } from "vitest";
import * as lax from "../../src/array/lax.ts";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import * as random from "../../src/array/random.ts";
import { traceModel } from "../../src/array/trace.ts";
import { emitWasm } from "../../src/emit/wasm/emit.ts";
import { printModule } from "../../src/emit/wasm/print.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { buildKernel } from "../../src/kernel/build.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { printKernel } from "../../src/kernel/print.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Input } from "../../src/program/program.ts";

const point = (name: string, shape: number[] = []): Input => ({
  name,
  role: "point",
  type: { dtype: "float32", shape },
});
const shared = (name: string, shape: number[]): Input => ({ name, role: "shared", type: { dtype: "float32", shape } });

interface Golden {
  readonly inputs: readonly Input[];
  readonly model: (...arrays: NdArray[]) => unknown;
}

/** One model per shape that code can take. */
const models: { readonly [name: string]: Golden } = {
  /** Straight-line code in registers. */
  product: { inputs: [point("a"), point("b")], model: (a, b) => a!.mul(b!) },
  /** A time loop that keeps its state in registers and writes every step. */
  decay: {
    inputs: [point("rate")],
    model: (rate) => {
      const [end, curve] = lax.scan((x: NdArray) => [x.sub(x.mul(rate!).mul(0.1)), x], np.ones([]), null, {
        length: 50,
      });
      return { end, curve };
    },
  },
  /** Arrays in loop nests: a product with a shared matrix, rows at once, fused with what follows, state overwritten in place. */
  network: {
    inputs: [point("gain"), shared("weights", [40, 40])],
    model: (gain, weights) => {
      const step = (x: NdArray): NdArray => x.add(np.tanh(weights!.matmul(x).mul(gain!)).sub(x).mul(0.1));
      return lax.foriLoop(0, 100, (_, x: NdArray) => step(x), np.full([40], 0.5)).mean();
    },
  },
  /** Sums over links, sorted by target when compiled, with one running sum for each. */
  links: {
    inputs: [point("x", [36])],
    model: (x) => {
      const [from, to] = [0, 1].map((seed) => Int32Array.from({ length: 90 }, (_, i) => (i * (7 + seed) + seed) % 36));
      return np.segmentSum(x!.take(from!).mul(0.5), to!, 36).max();
    },
  },
  /** Points that stop on their own. */
  root: {
    inputs: [point("x")],
    model: (x) => {
      const far = (y: NdArray): NdArray => y.mul(y).sub(x!).abs().greater(1e-6);
      return lax.whileLoop(far, (y: NdArray) => y.add(x!.div(y)).mul(0.5), np.add(x!, 1));
    },
  },
  /** Bits drawn where they are used. */
  noise: {
    inputs: [{ name: "key", role: "point", type: { dtype: "uint32", shape: [2] } }],
    model: (key) => random.uniform(key!),
  },
};

describe("printed stages of", () => {
  for (const [name, { inputs, model }] of Object.entries(models)) {
    it(name, async () => {
      const { program } = traceModel(inputs, (arrays) => model(...arrays), { dtype: "float32" });
      const kernel = buildKernel(program, wasmTarget);
      await expect(`${printProgram(program)}\n`).toMatchFileSnapshot(`${name}.program.txt`);
      await expect(`${printKernel(kernel)}\n`).toMatchFileSnapshot(`${name}.kernel.txt`);
      const code = printModule(emitWasm(kernel, layoutOf(kernel)));
      if (code.length < 20_000) await expect(`${code}\n`).toMatchFileSnapshot(`${name}.wasm.txt`);
    });
  }
});
