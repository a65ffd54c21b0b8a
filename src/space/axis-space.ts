/** A space spanned by the axes in a state: zipped, or as a product. */

import { describe } from "../array/convert.ts";
import { splitAt } from "../base/key.ts";
import type { FlatTree } from "../base/tree.ts";
import { Axis } from "./axis.ts";
import { checkOptions } from "./check.ts";
import { type Candidate, commonSize, type Factor, product, sideBySide } from "./combine.ts";
import { type KeyInput, keyData } from "./key.ts";
import type { Plan } from "./plan.ts";
import { PlannedSpace } from "./planned.ts";
import { flattenState, pathOf } from "./point.ts";

export interface SpaceOptions {
  /** `zip`: point i has element i of every axis. `product`: every combination. Default `zip`. */
  readonly mode?: "zip" | "product";
  /** Random key for axes that draw. Default `random.key(0)`. */
  readonly key?: KeyInput;
  /** Cuts zipped axes to the shortest instead of refusing unequal ones. Default false. */
  readonly truncate?: boolean;
}

interface Found extends Candidate {
  readonly group: string | undefined;
}

/**
 * The axes of a state tree, zipped or multiplied. In a product, axes with the same `group` are zipped into one factor;
 * factors are the groups by first appearance in flat order, then the ungrouped axes; the last factor varies fastest.
 * Axis k of n (in flat order, from 1) has the key `random.split(key, n + 1)[k]`.
 */
export class Space<State> extends PlannedSpace<State> {
  /** As they were given: what makes the same space over another state. */
  readonly options: SpaceOptions;
  readonly #plan: Plan;

  constructor(state: State, options: SpaceOptions = {}) {
    super(state);
    checkOptions("Space", options, ["mode", "key", "truncate"] satisfies (keyof SpaceOptions)[]);
    const { mode = "zip", key, truncate = false } = options;
    this.options = options;
    if (mode !== "zip" && mode !== "product") {
      throw new TypeError(`Space: expected mode "zip" or "product", got ${describe(mode)}; choose one of the two`);
    }
    const flat = flattenState(state);
    const found = findAxes(flat, key);
    this.#plan =
      mode === "zip"
        ? sideBySide(flat, found, commonSize("Space", found, truncate))
        : product("Space", flat, factorsOf(found, truncate));
  }

  override plan(): Plan {
    return this.#plan;
  }
}

function findAxes({ leaves, paths }: FlatTree, key: KeyInput | undefined): Found[] {
  const words = keyData("Space", key);
  const found: Found[] = [];
  leaves.forEach((axis, leaf) => {
    if (!(axis instanceof Axis)) return;
    const { n, group, shape: spread, wrap } = axis;
    const values = axis.values(splitAt(words, found.length + 1));
    found.push({ path: pathOf(paths[leaf] as string), leaf, size: n, group, spread, wrap, ...values });
  });
  if (found.length > 0) return found;
  throw new TypeError(
    "Space: expected an axis in the state, got none; put in a GridAxis, LogGridAxis, UniformAxis or DataAxis",
  );
}

function factorsOf(found: readonly Found[], truncate: boolean): Factor[] {
  const groups = new Map<string, Found[]>();
  for (const axis of found) {
    if (axis.group === undefined) continue;
    groups.set(axis.group, [...(groups.get(axis.group) ?? []), axis]);
  }
  const single = found.filter(({ group }) => group === undefined);
  const clash = single.find(({ path }) => groups.has(path));
  if (clash) {
    throw new TypeError(
      `Space: expected a group name that is no axis, got "${clash.path}" for both; rename the group or add the axis to it`,
    );
  }
  return [
    ...[...groups].map(([name, members]) => ({
      name,
      size: commonSize(`Space, group "${name}"`, members, truncate),
      members,
    })),
    ...single.map((axis) => ({ name: axis.path, size: axis.size, members: [axis] })),
  ];
}
