/** Calling a model: what it gets for a state and for arguments, and what is made of what it returns. */

import type { NdArray } from "../array/ndarray.ts";
import { evaluateResults, traceModel } from "../array/trace.ts";
import type { FloatDType, TypedArray } from "../base/dtype.ts";
import { type FlatTree, unflatten } from "../base/tree.ts";
import type { Value } from "../base/value.ts";
import type { Input, Program } from "../program/program.ts";
import { typeOf } from "../program/program.ts";
import { closeDType, flattenArguments, isArrayLeaf, readNumbers, toNdArray } from "../space/arrays.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { Outputs } from "./assemble.ts";

/** A model as an execution calls it, whatever its types. */
export type AnyModel = (...args: unknown[]) => unknown;

export interface ModelOverSpace {
  readonly model: AnyModel;
  readonly space: AbstractSpace<unknown, unknown>;
  readonly args: readonly unknown[];
  readonly kwargs: unknown;
  readonly float: FloatDType;
}

export interface Traced extends Outputs {
  readonly program: Program;
  /** Inputs that differ between points, in order. */
  readonly points: readonly Input[];
  /** Elements of the inputs that all points share, in order. */
  readonly shared: readonly TypedArray[];
}

/** Arrays are looked at; everything else, numbers too, is handed on. */
const flattenRest = (args: readonly unknown[], kwargs: unknown): FlatTree =>
  flattenArguments(kwargs === undefined ? args : [...args, kwargs]);

const argumentPath = (path: string, count: number): string =>
  path.startsWith(`[${count}]`) ? `kwargs${path.slice(`[${count}]`.length)}` : `args${path}`;

/** The model's arguments after the state, with arrays that hold their numbers. */
export function eagerArguments(args: readonly unknown[], kwargs: unknown, float: FloatDType): unknown[] {
  const { leaves, paths, structure } = flattenRest(args, kwargs);
  return unflatten(
    structure,
    leaves.map((leaf, i) =>
      isArrayLeaf(leaf) ? toNdArray(readNumbers(argumentPath(paths[i] as string, args.length), leaf), float) : leaf,
    ),
  ) as unknown[];
}

/** Calls the model once, with tracers for what varies and for arrays among the arguments. */
export function traceOverSpace({ model, space, args, kwargs, float }: ModelOverSpace): Traced {
  const points = space.freeLeaves().map(({ path, dtype, shape }): Input => {
    return { name: path, role: "point", type: { dtype: closeDType(dtype, float), shape } };
  });
  const { leaves, paths, structure } = flattenRest(args, kwargs);
  const arrays = leaves.flatMap((leaf, i) => {
    if (!isArrayLeaf(leaf)) return [];
    const name = argumentPath(paths[i] as string, args.length);
    const numbers = readNumbers(name, leaf);
    const type = { dtype: closeDType(numbers.dtype, float), shape: numbers.shape };
    return [{ at: i, input: { name, role: "shared", type } as Input, data: toNdArray(numbers, float) }];
  });
  const inputs = [...points, ...arrays.map(({ input }) => input)];
  const traced = traceCall(inputs, float, (tracers) => {
    const rest = leaves.slice();
    arrays.forEach(({ at }, k) => {
      rest[at] = tracers[points.length + k];
    });
    const state = space.materialise(tracers.slice(0, points.length), { dtype: float });
    return model(state, ...(unflatten(structure, rest) as unknown[]));
  });
  return { ...traced, points, shared: arrays.map(({ data }) => data.data) };
}

/** The program of a call with a tracer for each input. */
export function traceCall(
  inputs: readonly Input[],
  float: FloatDType,
  call: (tracers: NdArray[]) => unknown,
): Outputs & { readonly program: Program } {
  const { program, structure } = traceModel(inputs, call, { dtype: float });
  return { program, structure, paths: program.outputs, outputs: program.root.results.map(typeOf), float };
}

/** What a model gives for numbers. */
export interface EvaluatedModel extends Outputs {
  readonly values: readonly Value[];
  /** Whether a loop was stopped by its step limit. */
  readonly limited: boolean;
}

/** Calls a model with arrays that hold numbers; gives the values that it returns, checked as a trace checks them. */
export function evaluateModel(call: () => unknown, float: FloatDType): EvaluatedModel {
  const { structure, paths, values, limited } = evaluateResults(call, { dtype: float });
  return { structure, paths, outputs: values.map(({ dtype, shape }) => ({ dtype, shape })), float, values, limited };
}
