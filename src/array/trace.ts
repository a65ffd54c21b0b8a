/** Calling a model once writes its program. */

import type { FloatDType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { flatten, type Structure } from "../base/tree.ts";
import type { Value } from "../base/value.ts";
import { Builder } from "../program/builder.ts";
import type { Input, Program } from "../program/program.ts";
import { within } from "./context.ts";
import { describe, toHandle } from "./convert.ts";
import { type Handle, nodeOf, ofNode } from "./handle.ts";
import { type NdArray, wrap } from "./ndarray.ts";
import { isNumeric } from "./trees.ts";

export interface Traced {
  readonly program: Program;
  /** The tree that the model returned. */
  readonly structure: Structure;
}

export interface TraceOptions {
  /** What plain numbers become, and what all floats are at least. */
  readonly dtype: FloatDType;
}

/**
 * Calls `call` with a traced array per input. Throws a LanewiseError of kind "trace" when it returns nothing, a promise
 * or something that is not numeric.
 */
export function traceModel(
  inputs: readonly Input[],
  call: (arrays: NdArray[]) => unknown,
  { dtype }: TraceOptions,
): Traced {
  const builder = new Builder(inputs.map((input) => input.type));
  return within({ builder, float: dtype }, () => {
    const { structure, paths, leaves } = readResults(call(builder.root.parameters.map((node) => wrap(ofNode(node)))));
    const root = builder.finish(leaves.map(nodeOf));
    return { program: { inputs, outputs: paths, root }, structure };
  });
}

export interface Evaluated {
  readonly structure: Structure;
  readonly paths: string[];
  readonly values: Value[];
  /** Whether a loop was stopped by its step limit. */
  readonly limited: boolean;
}

/** Calls a model with numbers; its results are checked as those of a trace are. */
export function evaluateResults(call: () => unknown, { dtype }: TraceOptions): Evaluated {
  let limited = false;
  const onLimit = (): void => {
    limited = true;
  };
  return within({ builder: undefined, float: dtype, onLimit }, () => {
    const { structure, paths, leaves } = readResults(call());
    return { structure, paths, values: leaves.map((leaf) => leaf.value as Value), limited };
  });
}

function readResults(result: unknown): { structure: Structure; paths: string[]; leaves: Handle[] } {
  if (isPromise(result)) throw promised(result, "a model that returns arrays");
  if (result === undefined || result === null) {
    throw fault("a model that returns arrays", "nothing", "add a return statement");
  }
  const { structure, paths, leaves } = flatten(result);
  if (leaves.length === 0) throw fault("a model that returns arrays", "an empty tree", "return at least one array");
  const arrays = leaves.map((leaf, i) => {
    if (isNumeric(leaf)) return toHandle("model", leaf);
    const where = paths[i] ? ` at ${paths[i]}` : "";
    if (isPromise(leaf)) throw promised(leaf, `numbers or arrays as results${where}`);
    throw fault(
      `numbers or arrays as results${where}`,
      describe(leaf),
      "leave it out, or return a number in its place",
    );
  });
  return { structure, paths, leaves: arrays };
}

function promised(promise: PromiseLike<unknown>, expected: string): LanewiseError {
  // It is not waited for, and what it ends with is of no interest.
  promise.then(undefined, () => {});
  return fault(expected, "a promise", "make the model a plain function; load data before and pass it in args");
}

const isPromise = (x: unknown): x is PromiseLike<unknown> =>
  typeof x === "object" && x !== null && typeof (x as { then?: unknown }).then === "function";

const fault = (expected: string, got: string, remedy: string): LanewiseError =>
  new LanewiseError("trace", `model: expected ${expected}, got ${got}; ${remedy}`);
