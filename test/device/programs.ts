/** Programs and runs for tests of devices: no arrays, no spaces. */

import { type ColumnSource, columnOf } from "../../src/base/column.ts";
import type { DType } from "../../src/base/dtype.ts";
import { holdDevices, releaseDevices } from "../../src/device/host.ts";
import type { BatchRule, Task } from "../../src/device/protocol.ts";
import { defaultTarget, type TargetName, targets } from "../../src/device/table.ts";
import { type Job, runJob } from "../../src/execution/schedule.ts";
import { Builder } from "../../src/program/builder.ts";
import { type Node, type Program, typeOf } from "../../src/program/program.ts";
import { allocateResults, type ResultColumns } from "../../src/store/memory.ts";

export interface Input {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly role?: "shared" | "point";
}

export function program(inputs: readonly Input[], write: (b: Builder, ...inputs: Node[]) => readonly Node[]): Program {
  const builder = new Builder(inputs);
  const results = write(builder, ...builder.root.parameters);
  return {
    inputs: inputs.map((type, i) => ({ name: `x${i}`, role: type.role ?? "point", type })),
    outputs: results.map((_, i) => `y${i}`),
    root: builder.finish(results),
  };
}

/** Two parameters, multiplied: the smallest model. */
export const product = (): Program =>
  program(
    [
      { dtype: "float32", shape: [] },
      { dtype: "float32", shape: [] },
    ],
    (b, x, y) => [b.apply("mul", [x as Node, y as Node])],
  );

/** `n` steps of x ← x · 0.999 + 0.001 from the parameter on: as slow as is asked for. */
export const slow = (n: number): Program =>
  program([{ dtype: "float32", shape: [] }], (b, x) => {
    const type = typeOf(x as Node);
    const body = b.body([{ dtype: "int32", shape: [] }, type], ([, v]) => {
      const scaled = b.apply("mul", [v as Node, b.constant(0.999, "float32")]);
      return [b.apply("add", [scaled, b.constant(0.001, "float32")])];
    });
    return b.results(b.control("loop", [x as Node], [body], { length: n, reverse: false, carries: 1 }, [type]));
  });

/** `count` values from 0 to 1, over and over. */
export const ramp = (count: number, dtype: DType = "float32", shape: readonly number[] = []): ColumnSource =>
  columnOf({ kind: "linear", low: 0, high: 1, n: count }, { count, repeat: 1, start: 0, step: 1 }, dtype, shape);

let nextTask = 1_000_000;

export interface RunSetting {
  readonly target?: TargetName;
  readonly points?: number;
  readonly devices?: number;
  readonly shared?: boolean;
  readonly rule?: BatchRule;
  readonly args?: Task["shared"];
  readonly holder?: object;
  readonly signal?: AbortSignal;
  readonly onProgress?: Job["onProgress"];
}

/** Runs a program over sources; gives its columns and what each device did. */
export async function run(p: Program, sources: readonly ColumnSource[], total: number, setting: RunSetting = {}) {
  const { target = defaultTarget(), points = 16, devices = 1, shared = true, signal, onProgress } = setting;
  const code = await targets[target].compile(p, { points, fastMath: false });
  const outputs = p.root.results.map(typeOf);
  const task: Task = { id: nextTask++, code, outputs, shared: setting.args ?? [] };
  const columns: ResultColumns = allocateResults(outputs, total, shared);
  const holder = setting.holder ?? {};
  const rule = setting.rule ?? { batch: 64, least: 8 };
  const held = holdDevices(holder, devices);
  try {
    const tallies = await runJob({
      task,
      sources,
      total,
      rule,
      devices: held,
      shared,
      columns,
      signal,
      onProgress,
    });
    return { columns, tallies };
  } finally {
    if (!setting.holder) releaseDevices(holder, task.id);
  }
}
