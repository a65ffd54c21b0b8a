/** What makes a run the one that a store was made by: in, a traced model and its space; out, plain data to compare. */

import type { FloatDType, TypedArray } from "../base/dtype.ts";
import { sha256 } from "../base/hash.ts";
import { formatType } from "../base/value.ts";
import type { TargetName } from "../device/table.ts";
import { serialise } from "../program/serialise.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { Identity } from "../store/document.ts";
import type { Traced } from "./model.ts";

export interface RunKind {
  readonly space: AbstractSpace<unknown, unknown>;
  readonly traced: Traced;
  readonly float: FloatDType;
  readonly target: TargetName;
  readonly fastMath: boolean;
}

/** Hashed in parts, so that the whole is never there twice. */
const HASHED_BYTES = 2 ** 24;

/** A hash of numbers as they lie in memory. */
export function hashOf(data: TypedArray): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length <= HASHED_BYTES) return sha256(bytes);
  let hashes = "";
  for (let at = 0; at < bytes.length; at += HASHED_BYTES) hashes += sha256(bytes.subarray(at, at + HASHED_BYTES));
  return sha256(hashes);
}

/** Typed arrays by what they hold, in few words. */
const written = (record: object): { readonly [name: string]: unknown } =>
  Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
      if (!ArrayBuffer.isView(value)) return [[name, value]];
      const data = value as TypedArray;
      return [
        ["values", data.length],
        ["sha256", hashOf(data)],
      ];
    }),
  );

/** What the digits of a leaf count, as it was written where that is known: bounds rather than a table of values. */
function sourcesOf(space: AbstractSpace<unknown, unknown>, float: FloatDType): [path: string, source: object][] {
  const slots = space.N === 0 ? [] : space.layout().slots;
  const columns = space.N === 0 ? [] : space.columns(float);
  return slots.map(({ path }, i) => {
    const {
      dtype,
      shape,
      count,
      repeat,
      start,
      step,
      elementSize: _,
      ...values
    } = columns[i] as (typeof columns)[number];
    const { source = values } = slots[i] as { readonly source?: object };
    return [path, { type: formatType({ dtype, shape }), ...written(source), count, repeat, start, step }];
  });
}

export interface Identified {
  readonly identity: Identity;
  /** The program's text. */
  readonly program: string;
  /** Of the program and all that it computes from, but for the points: what results depend on beside a point's values. */
  readonly modelHash: string;
}

export function identify({ space, traced, float, target, fastMath }: RunKind): Identified {
  const program = serialise(traced.program);
  const shared = traced.program.inputs.filter(({ role }) => role === "shared");
  const sources = sourcesOf(space, float);
  const keys = sources.flatMap(([path, source]) => ("key" in source ? [[path, source.key] as const] : []));
  const model = {
    program: sha256(program),
    arguments: Object.fromEntries(
      shared.map(({ name, type }, i) => [
        name,
        { type: formatType(type), sha256: hashOf(traced.shared[i] as TypedArray) },
      ]),
    ),
    dtype: float,
    fastMath,
    // Without fastMath all targets give the same bits.
    ...(fastMath && { target }),
  };
  const points = sources.map(([path, { key: _, ...source }]: [string, { key?: unknown }]) => [path, source]);
  return {
    identity: {
      ...model,
      key: keys.length === 0 ? null : Object.fromEntries(keys),
      space: { points: space.N, dims: space.dims, parameters: Object.fromEntries(points) },
    },
    program,
    modelHash: sha256(JSON.stringify(model)),
  };
}
