/**
 * `--set path=value` and `--axis path=low:high:n[:log]`: a space and words → the space they ask for. Leaves are
 * named by their path in the state, as in the columns of the results.
 */

import { type FlatTree, unflatten } from "../base/tree.ts";
import {
  type AbstractSpace,
  DataSpace,
  GridAxis,
  GridSpace,
  LogGridAxis,
  Parameter,
  Space,
  UniformSpace,
} from "../index.ts";
import { flattenState } from "../space/point.ts";
import { UsageError } from "./failure.ts";

/** Whatever its state and points are. */
type AnySpace = AbstractSpace<unknown, unknown>;

export function overrideSpace(space: AnySpace, sets: readonly string[], axes: readonly string[]): AnySpace {
  if (sets.length === 0 && axes.length === 0) return space;
  const state = flattenState(withAxes(space));
  for (const text of sets) assign(state, "--set", text, parseValue);
  for (const text of axes) assign(state, "--axis", text, (_, path, value) => parseAxis(path, value));
  return rebuilt(space, unflatten(state.structure, state.leaves), axes.length > 0);
}

/** The state of a space; a grid's free parameters as axes, which say how many points each has. */
function withAxes(space: AnySpace): unknown {
  if (!(space instanceof GridSpace)) return space.state;
  const { leaves, structure } = flattenState(space.state);
  const sizes = (space.axes() ?? []).map(({ size }) => size);
  const axis = (leaf: unknown): unknown => {
    if (!(leaf instanceof Parameter) || !leaf.free) return leaf;
    const shape = leaf.shape.length > 0 ? { shape: leaf.shape } : {};
    return new GridAxis(leaf.low as number, leaf.high as number, sizes.shift() as number, shape);
  };
  return unflatten(structure, leaves.map(axis));
}

function assign(
  state: FlatTree,
  option: string,
  text: string,
  parse: (leaf: unknown, path: string, value: string) => unknown,
): void {
  const split = text.indexOf("=");
  const [path, value] = [text.slice(0, split), text.slice(split + 1)];
  const index = state.paths.indexOf(path);
  if (split < 1 || index < 0) {
    const known = state.paths.join(", ");
    const got = split < 1 ? `"${text}"` : `the path "${path}"`;
    throw new UsageError(`${option}: expected path=value with a path of the state (${known}), got ${got}`);
  }
  state.leaves[index] = parse(state.leaves[index], path, value);
}

function parseValue(leaf: unknown, path: string, text: string): unknown {
  if (typeof leaf === "string") return text;
  if (typeof leaf === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw new UsageError(`--set ${path}: expected true or false, got "${text}"`);
  }
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--set ${path}: expected a finite number, got "${text}"`);
  return leaf instanceof Parameter ? new Parameter(leaf.name, value) : value;
}

function parseAxis(path: string, text: string): unknown {
  const [low, high, n, log, ...rest] = text.split(":");
  const numbers = [low, high, n].map((part) => (part === undefined || part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some((x) => !Number.isFinite(x)) || (log !== undefined && log !== "log") || rest.length > 0) {
    throw new UsageError(`--axis ${path}: expected low:high:n or low:high:n:log, got "${text}"; write ${path}=0:1:100`);
  }
  try {
    const [from, to, count] = numbers as [number, number, number];
    return log === "log" ? new LogGridAxis(from, to, count) : new GridAxis(from, to, count);
  } catch (error) {
    throw new UsageError(`--axis ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function rebuilt(space: AnySpace, state: unknown, newAxes: boolean): AnySpace {
  if (space instanceof GridSpace) return new Space(state, { mode: "product" });
  if (space instanceof Space) return new Space(state, space.options);
  const kind = space.constructor.name;
  if (newAxes) {
    throw new UsageError(`--axis: expected a GridSpace or a Space, got ${kind}; change the space in the file`);
  }
  if (space instanceof UniformSpace) return new UniformSpace(state, space.options);
  if (space instanceof DataSpace) return new DataSpace(state);
  throw new UsageError(
    `--set and --axis: expected one of the library's spaces, got ${kind}, whose points are its own; ` +
      "change the space in the file",
  );
}
