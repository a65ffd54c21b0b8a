/** What the rules of the grammar share: how they fail, and how they compare types. */

import { LanewiseError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { formatType, type Type } from "../base/value.ts";

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
