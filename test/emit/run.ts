/** Runs one kernel twice on equal memory, by the evaluator and as Wasm, and says where they differ. */

import { type DType, dtypeInfo } from "../../src/base/dtype.ts";
import { emitWasm } from "../../src/emit/wasm/emit.ts";
import { evaluateKernel } from "../../src/kernel/evaluate.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { type Layout, layoutOf } from "../../src/kernel/layout.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";

const PAGE = 65536;

/** Value `i` of a buffer; of inputs in every chunk. */
export type Fill = (buffer: Buffer, i: number) => number;

const view = (dtype: DType, memory: ArrayBuffer, at: number, length: number) =>
  new (dtype === "bool" ? Int32Array : dtypeInfo[dtype].storage)(memory, at, length);

function views(kernel: Kernel, layout: Layout, memory: ArrayBuffer, chunks: number) {
  const inputs = layout.staticBytes;
  const outputs = inputs + chunks * layout.inputBytes;
  const of = (buffer: Buffer, chunk: number) => {
    const start = { input: inputs + chunk * layout.inputBytes, output: outputs + chunk * layout.outputBytes };
    const base = buffer.kind === "input" || buffer.kind === "output" ? start[buffer.kind] : 0;
    const length = buffer.elements * (buffer.lane ? kernel.lanes * kernel.groups : 1);
    return view(buffer.dtype, memory, base + layout.offsets.get(buffer.id)!, length);
  };
  const bytes = outputs + chunks * layout.outputBytes;
  return { inputs, outputs, of, bytes };
}

/** Differences between the two, as text; none is what a test wants. */
export function compare(kernel: Kernel, fill: Fill, chunks = 2): string[] {
  verifyKernel(kernel);
  const layout = layoutOf(kernel);
  const { bytes } = views(kernel, layout, new ArrayBuffer(0x4000000), chunks);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const wasm = views(kernel, layout, memory.buffer, chunks);
  for (const buffer of kernel.buffers) {
    const turns = buffer.kind === "input" ? chunks : 1;
    for (let chunk = 0; chunk < turns; chunk++) {
      if (buffer.kind === "output" || buffer.kind === "scratch") continue;
      const target = wasm.of(buffer, chunk);
      target.forEach((_, i) => {
        const value = buffer.data?.[i] ?? fill(buffer, i + chunk * target.length);
        target[i] = buffer.dtype === "bool" && buffer.lane ? -value : value;
      });
    }
  }
  const copy = memory.buffer.slice(0);
  evaluateKernel(kernel, layout, copy, chunks, wasm.inputs, wasm.outputs);
  const module = new WebAssembly.Module(emitWasm(kernel, layout));
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    run(chunks: number, inputs: number, outputs: number): void;
  };
  run(chunks, wasm.inputs, wasm.outputs);
  return differences(kernel, wasm.of, views(kernel, layout, copy, chunks).of, chunks);
}

type Of = ReturnType<typeof views>["of"];

function differences(kernel: Kernel, got: Of, wanted: Of, chunks: number): string[] {
  const out: string[] = [];
  for (const buffer of kernel.buffers) {
    for (let chunk = 0; chunk < (buffer.kind === "output" ? chunks : 1); chunk++) {
      const [a, b] = [got(buffer, chunk), wanted(buffer, chunk)];
      a.forEach((x, i) => {
        if (!Object.is(x, b[i])) out.push(`${buffer.name} chunk ${chunk} value ${i}: ${x}, evaluator ${b[i]}`);
      });
    }
  }
  return out;
}
