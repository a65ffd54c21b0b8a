/** The definition of every op, run point by point: slow, everywhere, and what the other targets are held against. */

import { type ColumnSource, fillColumn } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import { type Value, zerosOf } from "../base/value.ts";
import { interpret } from "../program/interpreter.ts";
import { deserialise } from "../program/serialise.ts";
import { type Columns, markLimited } from "./batch.ts";
import type { InterpreterCode } from "./protocol.ts";
import type { Runner } from "./runner.ts";

export function createInterpreterRunner(code: InterpreterCode, shared: readonly TypedArray[]): Runner {
  const program = deserialise(code.program);
  let nextShared = 0;
  const fixed = program.inputs.map(({ role, type }): Value | undefined =>
    role === "shared" ? { ...type, data: shared[nextShared++] as TypedArray } : undefined,
  );
  const point = (sources: readonly ColumnSource[], index: number): Value[] => {
    let nextSource = 0;
    return program.inputs.map(({ type }, i) => {
      const value = fixed[i] ?? zerosOf(type);
      if (!fixed[i]) fillColumn(sources[nextSource++] as ColumnSource, index, 1, value.data);
      return value;
    });
  };
  return {
    run(sources, start, count, columns: Columns, at): void {
      for (let p = 0; p < count; p++) {
        const results = interpret(program, point(sources, start + p));
        const limited = code.limited ? results.pop() : undefined;
        results.forEach(({ data }, i) => {
          (columns.data[i] as TypedArray).set(data, (at + p) * data.length);
        });
        if (limited) markLimited(columns, at + p, limited.data, 1);
      }
    },
  };
}
