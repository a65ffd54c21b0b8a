/** One op as compiled code, for the accuracy scripts. In: op, operands' dtype, how many, target. Out: arrays to fill, and a run. */

import { allocate, type FloatDType, type TypedArray } from "../src/base/dtype.ts";
import { allocateColumns } from "../src/device/batch.ts";
import { createRunner } from "../src/device/makers.ts";
import { targets } from "../src/device/table.ts";
import type { OpName } from "../src/op/table.ts";
import { Builder } from "../src/program/builder.ts";

export interface Compiled {
  readonly operands: readonly TypedArray[];
  readonly result: TypedArray;
  /** Computes the first `count` results. */
  run(count: number): void;
}

/** `fast`: machine code under fastMath; else WebAssembly, which has the interpreter's bits. */
export function compiled(op: OpName, dtype: FloatDType, arity: number, block: number, fast: boolean): Compiled {
  const type = { dtype, shape: [] };
  const builder = new Builder(new Array<typeof type>(arity).fill(type));
  const root = builder.finish([builder.apply(op, builder.root.parameters)]);
  const inputs = root.parameters.map((_, i) => ({ name: `x${i}`, role: "point", type }) as const);
  const program = { inputs, outputs: ["y"], root };
  const code = targets[fast ? "x64" : "wasm"].compileSync(program, { points: block, fastMath: fast });
  const runner = createRunner({ code, shared: [] });
  const operands = inputs.map(() => allocate(dtype, block));
  const columns = allocateColumns([type], block);
  const rows = { kind: "table", ...type, count: block, repeat: 1, start: 0, step: 1, elementSize: 1 } as const;
  const sources = operands.map((values) => ({ ...rows, values }));
  return {
    operands,
    result: columns.data[0] as TypedArray,
    run: (count) => runner.run(sources, 0, count, columns, 0),
  };
}
