/** Spaces spanned by free parameters: GridSpace and UniformSpace. */

import { splitAt } from "../base/key.ts";
import { sizeOf } from "../base/shape.ts";
import { type FlatTree, flatten, type Structure, unflatten } from "../base/tree.ts";
import { Axis } from "./axis.ts";
import { checkCount, checkFinite, checkOptions, countPoints } from "./check.ts";
import { type Candidate, product, sideBySide } from "./combine.ts";
import { type KeyInput, keyData } from "./key.ts";
import { Parameter } from "./parameter.ts";
import type { Plan } from "./plan.ts";
import { PlannedSpace } from "./planned.ts";
import { flattenState, pathOf, rejectAxes } from "./point.ts";

interface FreeParameter {
  readonly path: string;
  readonly leaf: number;
  readonly parameter: Parameter;
  readonly low: number;
  readonly high: number;
}

const isAxis = (leaf: unknown): leaf is Axis => leaf instanceof Axis;

/** The free parameters of a tree, each with both bounds. */
function freeParameters(where: string, flat: FlatTree): FreeParameter[] {
  rejectAxes(where, flat, isAxis);
  const free = flat.leaves.flatMap((parameter, leaf) => {
    if (!(parameter instanceof Parameter) || !parameter.free) return [];
    const path = pathOf(flat.paths[leaf] as string);
    const { low, high, numbers } = parameter;
    if (low === undefined || high === undefined) {
      const lacking = low === undefined && high === undefined ? "low and high" : low === undefined ? "low" : "high";
      throw new TypeError(
        `${where}: expected low and high of every free parameter, got no ${lacking} at ${path}; add bounds or free: false`,
      );
    }
    if (numbers.dtype === "bool") {
      throw new TypeError(
        `${where}: expected numbers between bounds, got dtype bool at ${path}; use new DataAxis([false, true]) in a Space`,
      );
    }
    return [{ path, leaf, parameter, low, high }];
  });
  if (free.length > 0) return free;
  throw new TypeError(`${where}: expected a free Parameter in the state, got none; give one free: true and bounds`);
}

/** A tree of counts parallel to a state: a number at every free parameter. */
export type Counts<State> = State extends Parameter
  ? number
  : State extends string | number | boolean | ((...args: never[]) => unknown)
    ? number | undefined
    : State extends object
      ? { -readonly [K in keyof State]: Counts<State[K]> }
      : unknown;

type PartialCounts<State> = State extends Parameter
  ? number
  : State extends object
    ? { readonly [K in keyof State]?: PartialCounts<State[K]> }
    : unknown;

type Keys = readonly string[];

/** The keys on the way to each leaf, in flat order. */
function keysOf(structure: Structure, above: Keys = []): Keys[] {
  if (structure.kind === "leaf") return [above];
  return structure.items.flatMap((item, i) =>
    keysOf(item, [...above, structure.kind === "list" ? `${i}` : (structure.keys[i] as string)]),
  );
}

const joined = (above: string, path: string): string =>
  above === "" || path === "" || path.startsWith("[") ? above + path : `${above}.${path}`;

/** A tree whose writes are looked at before they are done. */
function watched(tree: unknown, above: string, check: (path: string, value: unknown) => void): unknown {
  if (typeof tree !== "object" || tree === null) return tree;
  const pathTo = (key: string | symbol): string =>
    joined(above, Array.isArray(tree) ? `[${String(key)}]` : String(key));
  return new Proxy(tree, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return Object.hasOwn(target, key) ? watched(value, pathTo(key), check) : value;
    },
    set: (target, key, value) => {
      check(pathTo(key), value);
      return Reflect.set(target, key, value);
    },
  });
}

export interface GridSpaceOptions<State> {
  /** Points along every free parameter, or a tree of such counts; 1 where the tree has none. Default 1. */
  readonly n?: number | PartialCounts<State>;
}

/**
 * Every combination of evenly spaced values of the free parameters, `low` and `high` included; `low` alone for n = 1.
 * Order: paths sorted, the last free parameter varies fastest. Writing `grid.n.param2 = 5` changes the space.
 */
export class GridSpace<State> extends PlannedSpace<State> {
  readonly #flat: FlatTree;
  readonly #free: readonly FreeParameter[];
  /** The way to each leaf. */
  readonly #keys: readonly Keys[];
  #n: Counts<State>;
  #plan: Plan | undefined;

  constructor(state: State, options: GridSpaceOptions<State> = {}) {
    super(state);
    checkOptions("GridSpace", options, ["n"] satisfies (keyof GridSpaceOptions<State>)[]);
    this.#flat = flattenState(state);
    this.#free = freeParameters("GridSpace", this.#flat);
    this.#keys = keysOf(this.#flat.structure);
    this.#n = this.#countTree(options.n ?? 1);
    this.plan();
  }

  /** The counts, to read and to write: `grid.n.param2 = 5`. Throws where there is no free parameter. */
  get n(): Counts<State> {
    return watched(this.#n, "", (path, counts) => this.#readCounts(counts, path, [])) as Counts<State>;
  }

  /** A count for all, or a tree. */
  set n(n: number | Counts<State>) {
    this.#n = this.#countTree(n);
  }

  override plan(): Plan {
    const counts = this.#counts();
    if (this.#plan?.axes?.every(({ size }, i) => size === counts[i])) return this.#plan;
    const factors = this.#free.map(({ path, leaf, parameter, low, high }, i) => {
      const size = counts[i] as number;
      checkFinite(`GridSpace at ${path}`, low, high, size);
      const { shape } = parameter;
      const candidate: Candidate = {
        path,
        leaf,
        size,
        dtype: parameter.numbers.dtype,
        shape: [],
        spread: shape.length > 0 ? shape : undefined,
        source: { kind: "linear", low, high, n: size },
      };
      return { name: path, size, members: [candidate] };
    });
    this.#plan = product("GridSpace", this.#flat, factors);
    return this.#plan;
  }

  #counts(): number[] {
    return this.#free.map(({ path, leaf }) => {
      let count: unknown = this.#n;
      for (const key of this.#keys[leaf] as Keys) count = (count as Record<string, unknown> | undefined)?.[key];
      checkCount("GridSpace", `n at ${path}`, count);
      return count;
    });
  }

  #countTree(n: unknown): Counts<State> {
    const counts = new Array<number | undefined>(this.#flat.leaves.length).fill(undefined);
    if (typeof n === "number") {
      for (const { leaf } of this.#free) counts[leaf] = n;
    } else {
      for (const { leaf } of this.#free) counts[leaf] = 1;
      this.#readCounts(n, "", counts);
    }
    return unflatten(this.#flat.structure, counts) as Counts<State>;
  }

  /** Puts the counts of the tree `n` at `above` to their leaves; throws for what is no count of a free parameter. */
  #readCounts(n: unknown, above: string, counts: (number | undefined)[]): void {
    const given = flatten(n);
    given.leaves.forEach((count, i) => {
      if (count === undefined) return;
      const path = pathOf(joined(above, given.paths[i] as string));
      const free = this.#free.find((parameter) => parameter.path === path);
      if (!free) {
        const known = this.#free.map((parameter) => parameter.path).join(", ");
        throw new TypeError(`GridSpace: expected counts at ${known}, got one at ${path}; make n parallel to the state`);
      }
      checkCount("GridSpace", `n at ${path}`, count);
      counts[free.leaf] = count;
    });
  }
}

export interface UniformSpaceOptions {
  /** Number of points. Default 1. */
  readonly N?: number;
  /** Random key. Default `random.key(0)`. */
  readonly key?: KeyInput;
}

/**
 * N independent draws from [low, high) of every free parameter. With keys = `random.split(key, n + 1)`, parameter k of
 * n (in flat order, from 1) is `random.uniform(keys[k], [N, ...shape], { low, high })`, so point i depends on the key
 * and on i alone.
 */
export class UniformSpace<State> extends PlannedSpace<State> {
  /** As they were given: what makes the same space over another state. */
  readonly options: UniformSpaceOptions;
  readonly #plan: Plan;

  constructor(state: State, options: UniformSpaceOptions = {}) {
    super(state);
    checkOptions("UniformSpace", options, ["N", "key"] satisfies (keyof UniformSpaceOptions)[]);
    const { N = 1, key } = options;
    this.options = options;
    checkCount("UniformSpace", "N", N);
    const words = keyData("UniformSpace", key);
    const flat = flattenState(state);
    const candidates = freeParameters("UniformSpace", flat).map((free, k): Candidate => {
      const { path, leaf, low, high } = free;
      const { dtype, shape } = free.parameter.numbers;
      checkFinite(`UniformSpace at ${path}`, low, high, 1);
      countPoints("UniformSpace", [N, sizeOf(shape)], ["N", `numbers of ${path}`]);
      const source = { kind: "uniform", key: splitAt(words, k + 1), low, high } as const;
      return { path, leaf, size: N, dtype, shape, source };
    });
    this.#plan = sideBySide(flat, candidates, N);
  }

  override plan(): Plan {
    return this.#plan;
  }
}
