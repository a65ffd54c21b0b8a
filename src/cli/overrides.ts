/**
 * `--set path=value` and `--axis path=low:high:n[:log]`: a space and words → the space they ask for. Leaves are
 * named by their path in the state, as in the columns of the results.
 */

import type { Shape } from "../base/shape.ts";
import { type FlatTree, unflatten } from "../base/tree.ts";
import {
  type AbstractSpace,
  DataAxis,
  DataSpace,
  GridAxis,
  GridSpace,
  LogGridAxis,
  Parameter,
  Space,
  UniformSpace,
} from "../index.ts";
import { describe, isNumericLeaf, type OpenDType, readNumbers } from "../space/arrays.ts";
import { Axis, labelsOf } from "../space/axis.ts";
import { readColumn } from "../space/plan.ts";
import { flattenState } from "../space/point.ts";
import type { SpaceAxis } from "../space/space.ts";
import { UsageError } from "./failure.ts";

/** Whatever its state and points are. */
type AnySpace = AbstractSpace<unknown, unknown>;

export function overrideSpace(space: AnySpace, sets: readonly string[], axes: readonly string[]): AnySpace {
  if (sets.length === 0 && axes.length === 0) return space;
  const state = flattenState(withAxes(space));
  for (const text of sets) assign(state, "--set", text, parseValue);
  for (const text of axes) assign(state, "--axis", text, parseAxis);
  const given = unflatten(state.structure, state.leaves);
  if (space instanceof Space || space instanceof GridSpace) {
    if (!state.leaves.some((leaf) => leaf instanceof Axis)) {
      throw new UsageError(
        "--set: expected something that is left to vary, got values for all; add --axis, or drop one",
      );
    }
    const options = space instanceof Space ? space.options : ({ mode: "product" } as const);
    return explained("--set and --axis", () => new Space(given, options));
  }
  return explained("--set and --axis", () => rebuilt(space, given, axes.length > 0));
}

/** The state of a space; a grid's free parameters as axes, which say how many points each has. */
function withAxes(space: AnySpace): unknown {
  if (!(space instanceof GridSpace)) return space.state;
  const { leaves, structure } = flattenState(space.state);
  const axes = [...(space.axes() ?? [])];
  const isFree = (leaf: unknown): leaf is Parameter => leaf instanceof Parameter && leaf.free;
  return unflatten(
    structure,
    leaves.map((leaf) => (isFree(leaf) ? axisOf(leaf, axes.shift() as SpaceAxis) : leaf)),
  );
}

/** The axis that a grid has for a parameter. */
function axisOf(parameter: Parameter, { size, columns: [column] }: SpaceAxis): Axis {
  const { low, high } = parameter;
  const { dtype } = parameter.numbers;
  const options = { ...labelsOf(parameter), ...shapeOf(parameter) };
  if (dtype === "float" || !column) return new GridAxis(low as number, high as number, size, options);
  // An axis between two numbers is one of floats; of other dtypes the values themselves are taken.
  return new DataAxis(readColumn(column.source, 0, size), options);
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
    throw new UsageError(
      `${option}: expected path=value with a path of the state (${known}), got ${got}; name one of them`,
    );
  }
  state.leaves[index] = parse(state.leaves[index], path, value);
}

function parseValue(leaf: unknown, path: string, text: string): unknown {
  if (typeof leaf === "string") return text;
  if (typeof leaf === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw new UsageError(`--set ${path}: expected true or false, got "${text}"; write ${path}=true`);
  }
  const parameter = leaf instanceof Parameter || (leaf instanceof Axis && leaf.wrap === undefined);
  if (!parameter && typeof leaf !== "number") {
    throw new UsageError(
      `--set ${path}: expected a leaf that one number can replace, got ${kindOf(leaf)}; change it in the file`,
    );
  }
  const value = numberOf(text);
  if (!Number.isFinite(value)) {
    throw new UsageError(`--set ${path}: expected a finite number, got "${text}"; write ${path}=1`);
  }
  return parameter ? explained(`--set ${path}`, () => fixed(leaf, path, value)) : value;
}

/** What a model meets at a leaf: it meets the same where other values stand for it. */
function numbersOf(leaf: unknown): { readonly dtype: OpenDType; readonly shape: Shape } {
  if (leaf instanceof Parameter) return { dtype: leaf.numbers.dtype, shape: leaf.shape };
  if (!(leaf instanceof Axis)) return readNumbers("leaf", leaf);
  const { dtype, shape } = leaf instanceof DataAxis ? leaf.values() : ({ dtype: "float", shape: [] } as const);
  return { dtype, shape: leaf.shape ?? shape };
}

/** Where it is no single number. */
const shapeOf = (leaf: unknown): { readonly shape?: Shape } => {
  const { shape } = numbersOf(leaf);
  return shape.length > 0 ? { shape } : {};
};

/** A parameter with one value. */
function fixed(leaf: Parameter | Axis, path: string, value: number): Parameter {
  const { name = path || "value", unit, description } = labelsOf(leaf);
  const options = { unit, description, ...shapeOf(leaf) };
  const { dtype } = numbersOf(leaf);
  return new Parameter(name, value, { ...options, ...(dtype !== "float" && { dtype }) });
}

function parseAxis(leaf: unknown, path: string, text: string): unknown {
  const varies = isNumericLeaf(leaf) || leaf instanceof Parameter || (leaf instanceof Axis && leaf.wrap === undefined);
  if (!varies) {
    throw new UsageError(
      `--axis ${path}: expected a leaf that numbers can replace, got ${kindOf(leaf)}; choose another leaf`,
    );
  }
  const [low, high, n, log, ...rest] = text.split(":");
  const numbers = [low, high, n].map(numberOf);
  if (numbers.some((x) => !Number.isFinite(x)) || (log !== undefined && log !== "log") || rest.length > 0) {
    throw new UsageError(`--axis ${path}: expected low:high:n or low:high:n:log, got "${text}"; write ${path}=0:1:100`);
  }
  const [from, to, count] = numbers as [number, number, number];
  const options = { ...labelsOf(leaf), ...shapeOf(leaf) };
  return explained(`--axis ${path}`, () => {
    const axis = log === "log" ? new LogGridAxis(from, to, count, options) : new GridAxis(from, to, count, options);
    const { dtype } = numbersOf(leaf);
    return dtype === "int32" || dtype === "uint32" ? wholeAxis(axis, dtype, text) : axis;
  });
}

/** An axis between two numbers is one of floats; a leaf of whole numbers stays one. */
function wholeAxis(axis: Axis, dtype: "int32" | "uint32", text: string): Axis {
  const { labels, shape } = axis;
  const [along] = new Space({ axis }, { mode: "product" }).axes("float64") as readonly [SpaceAxis];
  const values = readColumn((along.columns[0] as SpaceAxis["columns"][number]).source, 0, axis.n);
  const whole = dtype === "int32" ? Int32Array.from(values) : Uint32Array.from(values);
  const wrong = values.find((value, i) => value !== whole[i]);
  if (wrong !== undefined) {
    throw new RangeError(`expected values of ${dtype}, got ${wrong} in ${text}; write 0:10:11 for 0, 1, …, 10`);
  }
  return new DataAxis(whole, { ...labels, ...(shape && { shape }) });
}

const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === "" ? Number.NaN : Number(text);

const kindOf = (leaf: unknown): string => (leaf instanceof Axis ? "an axis with wrap" : describe(leaf));

/** What `make` refuses is wrong on the command line. */
function explained<T>(option: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`, { cause: error });
  }
}

function rebuilt(space: AnySpace, state: unknown, newAxes: boolean): AnySpace {
  const kind = space.constructor.name;
  if (newAxes) {
    throw new TypeError(`expected a GridSpace or a Space for --axis, got ${kind}; change the space in the file`);
  }
  if (space instanceof UniformSpace) return new UniformSpace(state, space.options);
  if (space instanceof DataSpace) return new DataSpace(state);
  throw new TypeError(
    `expected one of the library's spaces, got ${kind}, whose points are its own; change the space in the file`,
  );
}
