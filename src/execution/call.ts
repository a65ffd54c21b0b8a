/** One call of a transformed function: traced and compiled at its first kind of arguments, then only run. */

import { context } from "../array/context.ts";
import { fromValue, type NdArray } from "../array/ndarray.ts";
import type { ColumnSource } from "../base/column.ts";
import type { FloatDType, TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { STEP_LIMIT } from "../base/status.ts";
import { type Structure, unflatten } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import { allocateColumns, type Columns } from "../device/batch.ts";
import { compileSync } from "../device/cache.ts";
import { holdDevices } from "../device/host.ts";
import { createRunner } from "../device/makers.ts";
import { canShareMemory } from "../device/platform.ts";
import type { Code, Task } from "../device/protocol.ts";
import { defaultTarget } from "../device/table.ts";
import type { Input } from "../program/program.ts";
import { allocateResults } from "../store/memory.ts";
import type { PointFault } from "../store/reasons.ts";
import type { Outputs } from "./assemble.ts";
import { traceCall } from "./model.ts";
import { pointsAtHand } from "./plan.ts";
import { runJob } from "./schedule.ts";
import { nextTaskId } from "./task.ts";

export type AnyFunction = (...args: unknown[]) => unknown;

export interface Call {
  readonly f: AnyFunction;
  /** Of the list of arguments. */
  readonly structure: Structure;
  /** Concrete arrays, mapped axis first; everything else is a constant of the trace. */
  readonly leaves: readonly { readonly value: unknown; readonly array?: NdArray; readonly mapped: boolean }[];
  /** Points: the size of the mapped axis. */
  readonly size: number;
  readonly float: FloatDType;
}

interface Compiled extends Outputs {
  readonly code: Code;
}

/** Forgets the oldest of more kinds of arguments than these. */
const MOST = 64;

/** The compiled forms of one function, by the types of its arrays and the other values themselves. */
export class CallCache {
  private readonly known = new Map<string, Compiled>();
  private readonly identities = new WeakMap<object, number>();
  private nextIdentity = 0;

  get(call: Call): Compiled {
    const key = this.keyOf(call);
    const compiled = this.known.get(key) ?? compileCall(call);
    this.known.delete(key);
    this.known.set(key, compiled);
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value as string);
    return compiled;
  }

  private keyOf({ structure, leaves, size, float }: Call): string {
    const parts = leaves.map(({ value, array, mapped }) =>
      array ? `${formatType(array)}${mapped ? "*" : ""}` : this.identityOf(value),
    );
    return JSON.stringify([structure, parts, size, float]);
  }

  private identityOf(value: unknown): string {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) {
      return `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
    }
    const identity = this.identities.get(value) ?? this.nextIdentity++;
    this.identities.set(value, identity);
    return `#${identity}`;
  }
}

/** The arrays of a call: those of each point first, as the program has them. */
const arraysOf = ({ leaves }: Call) => {
  const arrays = leaves.flatMap(({ array, mapped }, at) => (array ? [{ at, array, mapped }] : []));
  return [...arrays.filter(({ mapped }) => mapped), ...arrays.filter(({ mapped }) => !mapped)];
};

function compileCall(call: Call): Compiled {
  const { f, structure, leaves, size, float } = call;
  const arrays = arraysOf(call);
  const inputs = arrays.map(({ at, array: { dtype, shape }, mapped }): Input => {
    return {
      name: `[${at}]`,
      role: mapped ? "point" : "shared",
      type: { dtype, shape: mapped ? shape.slice(1) : shape },
    };
  });
  const traced = traceCall(inputs, float, (tracers) => {
    const given = leaves.map(({ value }) => value);
    arrays.forEach(({ at }, k) => {
      given[at] = tracers[k];
    });
    return f(...(unflatten(structure, given) as unknown[]));
  });
  const target = defaultTarget();
  const code = compileSync(traced.program, target, { points: pointsAtHand("auto", size, 1), fastMath: false });
  return { structure: traced.structure, paths: traced.paths, outputs: traced.outputs, float, code };
}

/** The rows of an array as the values of points. */
function sourceOf({ dtype, shape: [count = 1, ...shape] }: Type, values: TypedArray): ColumnSource {
  const elementSize = shape.reduce((n, d) => n * d, 1);
  return { kind: "table", values, count, repeat: 1, start: 0, step: 1, dtype, shape, elementSize };
}

function operandsOf(call: Call): { readonly sources: ColumnSource[]; readonly shared: TypedArray[] } {
  const arrays = arraysOf(call);
  return {
    sources: arrays.filter(({ mapped }) => mapped).map(({ array }) => sourceOf(array, array.data)),
    shared: arrays.filter(({ mapped }) => !mapped).map(({ array }) => array.data),
  };
}

/** A compiled call's results: one array per leaf, `[size, ...shape]`. */
export interface Outcome {
  readonly structure: Structure;
  readonly arrays: readonly NdArray[];
}

const outcomeOf = ({ structure, outputs }: Compiled, { data }: Columns, size: number): Outcome => ({
  structure,
  arrays: outputs.map(({ dtype, shape }, i) =>
    fromValue({ dtype, shape: [size, ...shape], data: data[i] as TypedArray }),
  ),
});

/** Runs a call on this thread. */
export function runHere(call: Call, cache: CallCache): Outcome {
  const compiled = cache.get(call);
  const { sources, shared } = operandsOf(call);
  const columns = allocateColumns(compiled.outputs, call.size);
  createRunner({ code: compiled.code, shared }).run(sources, 0, call.size, columns, 0);
  // Called by a model that runs with numbers: the limit that is reached here is the model's.
  if (columns.status.includes(STEP_LIMIT)) context().onLimit?.();
  return outcomeOf(compiled, columns, call.size);
}

/** Devices that transformed functions have used stay; they keep no process alive. */
const holder = {};

/** Runs a call with one device for each point. */
export async function runOnDevices(call: Call, cache: CallCache): Promise<Outcome> {
  const devices = holdDevices(holder, call.size);
  for (const device of devices) device.open(defaultTarget());
  const compiled = cache.get(call);
  const { sources, shared } = operandsOf(call);
  const { code, outputs } = compiled;
  const task: Task = { id: nextTaskId(), code, outputs, shared };
  const inShared = canShareMemory();
  const columns = allocateResults(outputs, call.size, inShared);
  const rule = { batch: 1, least: 1 };
  const faults: PointFault[] = [];
  const onFault = (fault: PointFault): void => void faults.push(fault);
  await runJob({ task, sources, total: call.size, rule, devices, shared: inShared, columns, onFault });
  for (const device of devices) device.forget(task.id);
  const [fault] = faults;
  if (fault) {
    const message = `pmap: expected every device to compute its part, but at index ${fault.first} ${fault.reason}; call again`;
    throw new LanewiseError("device", message);
  }
  return outcomeOf(compiled, columns, call.size);
}
