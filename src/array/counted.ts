/** Loops with a known number of turns. Outside of a trace they run in JavaScript; inside they are one op of the program. */

import { type Structure, sameStructure } from "../base/tree.ts";
import { formatType, type Type } from "../base/value.ts";
import type { Builder } from "../program/builder.ts";
import type { Node } from "../program/program.ts";
import { adopt, settle, settleLater } from "./carry.ts";
import { context } from "./context.ts";
import { type Handle, nodeOf, ofNode, ofNumber, typeError } from "./handle.ts";
import { at as pick } from "./indexing.ts";
import { stack } from "./reshape.ts";
import { type ArrayTree, at, partsOf, sameType, typesOf } from "./trees.ts";

/** The carry after a turn, and what the turn adds to the stacked outputs. */
export interface Turn {
  readonly carry: ArrayTree;
  readonly output: ArrayTree | undefined;
}

export interface CountedLoop {
  /** How errors call it. */
  readonly name: string;
  readonly length: number;
  readonly reverse: boolean;
  readonly init: ArrayTree;
  /** Arrays with one row for each turn. */
  readonly rows: readonly Handle[];
  /** One turn with its number, counted from 0 (from the last when reversed). */
  readonly turn: (i: Handle, carry: readonly Handle[], row: readonly Handle[]) => Turn;
}

export interface LoopResults {
  readonly carry: readonly Handle[];
  readonly output: { readonly structure: Structure; readonly leaves: readonly Handle[] } | undefined;
}

export const runCounted = (loop: CountedLoop): LoopResults => (context().builder ? written(loop) : run(loop));

function run({ name, length, reverse, init, rows, turn }: CountedLoop): LoopResults {
  return adopt(init, (first) => {
    const types = typesOf(first);
    const outputs = new Array<ArrayTree | undefined>(length);
    const take = (step: number, carry: readonly Handle[]): Turn => {
      const i = reverse ? length - 1 - step : step;
      const result = turn(
        ofNumber(i, "int32"),
        carry,
        rows.map((x) => pick(x, i)),
      );
      outputs[i] = result.output;
      return result;
    };
    const { carry: next } = take(0, first);
    const finish = (): LoopResults => {
      let carry = settle(name, next, types);
      for (let step = 1; step < length; step++) carry = settle(name, take(step, carry).carry, types);
      return { carry, output: stacked(name, outputs) };
    };
    return { next, finish };
  });
}

function stacked(name: string, outputs: readonly (ArrayTree | undefined)[]): LoopResults["output"] {
  const [first] = outputs;
  if (!first) return undefined;
  const columns = first.leaves.map((leaf, i) =>
    outputs.map((output, turn) => {
      const found = output?.leaves[i];
      if (found && sameType(found, leaf) && sameStructure(output.structure, first.structure)) return found;
      throw typeError(
        `${name}: the output${at(first.paths[i])}`,
        `${formatType(leaf)} at every step`,
        `${found ? formatType(found) : partsOf(output?.paths ?? [])} at step ${turn}`,
        "return the same parts at every step",
      );
    }),
  );
  return { structure: first.structure, leaves: columns.map((column) => stack(column)) };
}

function written({ name, length, reverse, init, rows, turn }: CountedLoop): LoopResults {
  const builder = context().builder as Builder;
  const count = init.leaves.length;
  const slices = typesOf(rows).map(({ dtype, shape }): Type => ({ dtype, shape: shape.slice(1) }));
  return adopt(init, (first) => {
    const types = typesOf(first);
    let found: Turn | undefined;
    let failure: unknown;
    const body = builder.body([{ dtype: "int32", shape: [] }, ...types, ...slices], (nodes) => {
      const [i, ...parameters] = nodes.map(ofNode) as [Handle, ...Handle[]];
      found = turn(i, parameters.slice(0, count), parameters.slice(count));
      const carry = settleLater(name, found.carry, types, (error) => {
        failure = error;
      });
      return [...carry, ...(found.output?.leaves ?? [])].map(nodeOf);
    });
    const { carry, output } = found as unknown as Turn;
    const finish = (): LoopResults => {
      if (failure) throw failure;
      const stacks = typesOf(output?.leaves ?? []).map(({ dtype, shape }) => ({ dtype, shape: [length, ...shape] }));
      const attrs = { length, reverse, carries: count };
      const node: Node = builder.control("loop", [...first, ...rows].map(nodeOf), [body], attrs, [...types, ...stacks]);
      const results = builder.results(node).map(ofNode);
      return {
        carry: results.slice(0, count),
        output: output && { structure: output.structure, leaves: results.slice(count) },
      };
    };
    return { next: carry, finish };
  });
}
