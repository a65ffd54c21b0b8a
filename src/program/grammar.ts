/** What the rules of the grammar share: how they fail, how they compare types, what counts as a constant. */

import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { formatType, type Type } from "../base/value.ts";
import type { Node } from "./program.ts";

/** Says what a rule wanted and what it found, at the place under test. */
export type Fail = (expected: string, got: string, cause?: unknown) => never;

export const failAt =
  (where: string): Fail =>
  (expected, got, cause) => {
    const remedy = "read the program from an undamaged file, or write it with the Builder";
    throw new LanewiseError("program", `${where}: expected ${expected}, got ${got}; ${remedy}`, { cause });
  };

export const isType = (types: readonly Type[], wanted: readonly Type[]): boolean =>
  types.length === wanted.length &&
  types.every((t, i) => t.dtype === wanted[i]?.dtype && sameShape(t.shape, wanted[i].shape));

export const formatTypes = (types: readonly Type[]): string =>
  types.length === 0 ? "nothing" : types.map(formatType).join(", ");

/** A constant, or one scalar repeated, which is how the builder writes uniform arrays. */
export const isConstant = (node: Node): boolean =>
  node.op === "constant" || (node.op === "broadcast" && node.operands[0]?.op === "constant");
