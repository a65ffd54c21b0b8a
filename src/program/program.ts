/**
 * A program is data: typed, immutable, hash-consed nodes.
 *
 *   program := inputs, root region
 *   region  := parameters, results                 (a body of control flow; regions nest as a tree)
 *   node    := constant                            attrs.{} + value, no operands
 *            | parameter                           attrs.{index}, belongs to its region
 *            | op of the table                     operands, attrs → one type
 *            | loop   {length, reverse, carries}   operands: carries…, xs…;  region [body](counter, carries…, x…) → carries…, y…
 *            | while  {maxSteps?}                  operands: carries…;       regions [test](carries…) → bool; [body](carries…) → carries…
 *            | switch {}                           operands: index, values…; regions [branch…](values…) → results…
 *            | result {index}                      operand: loop | while | switch → one of its types
 *
 * A node belongs to the innermost region among its operands' regions: what does not depend on a loop's
 * parameters is outside of that loop, so loop-invariant code needs no pass of its own. Bodies may use nodes
 * of the regions around them; branches of `switch` may not (all they use comes in as operands), so a `while`
 * in a branch that is not taken never runs.
 */

import type { Type, Value } from "../base/value.ts";
import type { Attrs } from "../op/record.ts";
import type { OpName } from "../op/table.ts";

export type ControlName = "loop" | "while" | "switch";
export type NodeName = OpName | ControlName | "constant" | "parameter" | "result";

export interface Node {
  /** Rises in order of making: operands have smaller ids than their users. */
  readonly id: number;
  readonly op: NodeName;
  readonly operands: readonly Node[];
  readonly attrs: Attrs;
  /** One type; for control flow one per result. */
  readonly types: readonly Type[];
  /** The region this node belongs to. */
  readonly region: Region;
  /** Bodies of control flow. */
  readonly regions: readonly Region[];
  /** Only of `constant`. */
  readonly value: Value | undefined;
}

export interface Region {
  readonly id: number;
  /** The region around it; `undefined` for the root. */
  readonly parent: Region | undefined;
  readonly depth: number;
  readonly parameters: readonly Node[];
  readonly results: readonly Node[];
}

/** What is known of a node before it has a place. */
export type NodeDraft = Pick<Node, "op" | "operands" | "attrs" | "types"> & Partial<Pick<Node, "regions" | "value">>;

const noRegions: readonly Region[] = [];

/** All nodes have the same fields in the same order: engines find them faster. */
export const makeNode = (
  id: number,
  { op, operands, attrs, types, regions = noRegions, value }: NodeDraft,
  region: Region,
): Node => ({ id, op, operands, attrs, types, region, regions, value });

/** Where an input comes from: one value for all points, or one for each. */
export type InputRole = "shared" | "point";

export interface Input {
  readonly name: string;
  readonly role: InputRole;
  readonly type: Type;
}

export interface Program {
  readonly inputs: readonly Input[];
  /** Names of the results, as tree paths; parallel to `root.results`. */
  readonly outputs: readonly string[];
  /** Its parameters are the inputs, in order. */
  readonly root: Region;
}

/** The type of a node with one result. */
export const typeOf = (node: Node): Type => node.types[0] as Type;
