/** Code that does not run still has types: it is written down as a program of its own, then evaluated. */

import { flatten, unflatten } from "../base/tree.ts";
import type { Value } from "../base/value.ts";
import { Builder } from "../program/builder.ts";
import { interpret } from "../program/interpreter.ts";
import { context, within } from "./context.ts";
import { nodeOf } from "./handle.ts";
import { fromValue, NdArray } from "./ndarray.ts";

/**
 * The tree that `write` gives, by way of a trace: for loops of no turns and for branches that were not taken, whose
 * dtypes and shapes nothing else shows. Leaves that are no arrays pass.
 */
export function traceAlone<T>(write: () => T): T {
  const builder = new Builder([]);
  return within({ builder, float: context().float }, () => {
    const { structure, leaves } = flatten(write());
    const root = builder.finish(leaves.flatMap((leaf) => (leaf instanceof NdArray ? [nodeOf(leaf)] : [])));
    const values = interpret({ inputs: [], outputs: [], root }, []);
    let next = 0;
    const found = leaves.map((leaf) => (leaf instanceof NdArray ? fromValue(values[next++] as Value) : leaf));
    return unflatten(structure, found) as T;
  });
}
