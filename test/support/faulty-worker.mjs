/**
 * The built worker, with WebAssembly kernels that misbehave at one point: `FAULT` says how, `FAULT_AT` at which value
 * among the inputs, `FAULT_ONCE` names a file that is written at the first time and makes it the last.
 */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

const { FAULT, FAULT_AT, FAULT_ONCE } = process.env;

const faults = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error("no luck");
  },
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
  loop: () => {
    for (;;);
  },
  wait: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  later: () =>
    setImmediate(() => {
      throw new Error("too late");
    }),
};

const Instance = WebAssembly.Instance;
WebAssembly.Instance = class {
  constructor(module, imports) {
    const { run } = new Instance(module, imports).exports;
    const { memory } = imports.env;
    this.exports = {
      run(chunks, inputs, outputs) {
        const values = new Float32Array(memory.buffer, inputs, (outputs - inputs) / 4);
        if (values.includes(Number(FAULT_AT)) && !(FAULT_ONCE && existsSync(FAULT_ONCE))) {
          if (FAULT_ONCE) writeFileSync(FAULT_ONCE, "");
          faults[FAULT]();
        }
        run(chunks, inputs, outputs);
      },
    };
  }
};

await import("../../dist/worker.js");
