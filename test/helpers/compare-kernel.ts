/** Runs one kernel twice on equal memory, by the evaluator and on a target, and says where they differ. */

import { evaluateKernel } from "../../src/kernel/evaluate.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import type { Backend } from "./backends.ts";
import { type Guard, type Placement, placeKernel, strayWrites, viewOf } from "./place-kernel.ts";

/** Value `i` of a buffer; of inputs in every chunk. */
export type Fill = (buffer: Buffer, i: number) => number;

export interface CompareOptions {
  /** Default 2. */
  readonly chunks?: number;
  /** Default "none". */
  readonly guard?: Guard;
}

/** Differences between the two, as text; none is what a test wants. */
export function compareKernel(backend: Backend, kernel: Kernel, fill: Fill, options: CompareOptions = {}): string[] {
  verifyKernel(kernel);
  const placement = placeKernel(kernel, options.chunks ?? 2, options.guard);
  const { buffer: memory, readable, run } = backend.load(placement);
  fillInputs(placement, memory, fill);
  const wanted = new ArrayBuffer(Math.ceil(placement.bytes / 8) * 8);
  fillInputs(placement, wanted, fill, memory);
  evaluateKernel(kernel, placement.layout, wanted, placement.chunks, placement.inputs, placement.outputs);
  run();
  return [...differences(placement, memory, wanted), ...(readable ? strayWrites(placement, memory) : [])];
}

/** With `from`, copies what was filled there: a `fill` may give other values when it is asked again. */
function fillInputs(placement: Placement, memory: ArrayBuffer, fill: Fill, from?: ArrayBuffer): void {
  for (const buffer of placement.kernel.buffers) {
    if (buffer.kind === "output" || buffer.kind === "scratch") continue;
    for (let chunk = 0; chunk < (buffer.kind === "input" ? placement.chunks : 1); chunk++) {
      const target = viewOf(placement, memory, buffer, chunk);
      if (from) {
        target.set(viewOf(placement, from, buffer, chunk));
        continue;
      }
      target.forEach((_, i) => {
        const value = buffer.data?.[i] ?? fill(buffer, i + chunk * target.length);
        target[i] = buffer.dtype === "bool" && buffer.lane ? -value : value;
      });
    }
  }
}

function differences(placement: Placement, memory: ArrayBuffer, wanted: ArrayBuffer): string[] {
  const found: string[] = [];
  for (const buffer of placement.kernel.buffers) {
    for (let chunk = 0; chunk < (buffer.kind === "output" ? placement.chunks : 1); chunk++) {
      const [a, b] = [viewOf(placement, memory, buffer, chunk), viewOf(placement, wanted, buffer, chunk)];
      a.forEach((x, i) => {
        if (!Object.is(x, b[i])) found.push(`${buffer.name} chunk ${chunk} value ${i}: ${x}, evaluator ${b[i]}`);
      });
    }
  }
  return found;
}
