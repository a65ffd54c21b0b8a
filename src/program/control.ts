/** Grammar of control flow: what operands, bodies and types of `loop`, `while` and `switch` must be. */

import { formatType, type Type } from "../base/value.ts";
import { findFree } from "./builder.ts";
import { type Fail, formatTypes, isType } from "./grammar.ts";
import { type ControlName, type Node, type Region, typeOf } from "./program.ts";

type Rule = (node: Node, fail: Fail) => void;

const counter: Type = { dtype: "int32", shape: [] };
/** What the counter can count to. */
const MOST_TURNS = 2 ** 31 - 1;

function expectTypes(what: string, types: readonly Type[], wanted: readonly Type[], fail: Fail): void {
  if (!isType(types, wanted)) fail(`${what} ${formatTypes(wanted)}`, formatTypes(types));
}

const parameterTypes = (region: Region): Type[] => region.parameters.map(typeOf);
const resultTypes = (region: Region): Type[] => region.results.map(typeOf);

function expectBodies(node: Node, counts: boolean, wanted: string, fail: Fail): void {
  if (!counts) fail(wanted, `${node.regions.length} bodies`);
}

/** A row of a scanned array, which has one for each turn. */
function rowOf(type: Type, length: number, fail: Fail): Type {
  if (type.shape[0] !== length) fail(`${length} rows to scan over`, formatType(type));
  return { dtype: type.dtype, shape: type.shape.slice(1) };
}

const loop: Rule = (node, fail) => {
  const { length, reverse, carries: count } = node.attrs;
  if (!Number.isSafeInteger(length) || (length as number) < 0 || (length as number) > MOST_TURNS) {
    fail("a length from 0 to 2^31 - 1", String(length));
  }
  if (typeof reverse !== "boolean") fail("reverse as true or false", String(reverse));
  const carried = Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= node.operands.length;
  if (!carried) fail(`a count of carries up to ${node.operands.length}`, String(count));
  expectBodies(node, node.regions.length === 1, "one body", fail);
  const body = node.regions[0] as Region;
  const operands = node.operands.map(typeOf);
  const carries = operands.slice(0, count as number);
  const rows = operands.slice(count as number).map((type) => rowOf(type, length as number, fail));
  expectTypes("body parameters", parameterTypes(body), [counter, ...carries, ...rows], fail);
  const results = resultTypes(body);
  expectTypes("carries out of the body as", results.slice(0, count as number), carries, fail);
  const stacked = results
    .slice(count as number)
    .map(({ dtype, shape }): Type => ({ dtype, shape: [length as number, ...shape] }));
  expectTypes("types", node.types, [...carries, ...stacked], fail);
};

/** Steps are counted in an int32. */
export const MOST_STEPS = 2 ** 31 - 1;

const whileRule: Rule = (node, fail) => {
  const { maxSteps = 1 } = node.attrs;
  const isCount = Number.isInteger(maxSteps) && (maxSteps as number) > 0 && (maxSteps as number) <= MOST_STEPS;
  if (!isCount) fail(`maxSteps from 1 to ${MOST_STEPS}, or none`, String(maxSteps));
  expectBodies(node, node.regions.length === 2, "a test and a body", fail);
  const [test, body] = node.regions as readonly [Region, Region];
  const carries = node.operands.map(typeOf);
  expectTypes("test parameters", parameterTypes(test), carries, fail);
  expectTypes("a test that gives", resultTypes(test), [{ dtype: "bool", shape: [] }], fail);
  expectTypes("body parameters", parameterTypes(body), carries, fail);
  expectTypes("carries out of the body as", resultTypes(body), carries, fail);
  expectTypes("types", node.types, carries, fail);
};

const switchRule: Rule = (node, fail) => {
  expectBodies(node, node.regions.length > 0, "at least one branch", fail);
  const [index, ...values] = node.operands.map(typeOf);
  expectTypes("an index of", index ? [index] : [], [counter], fail);
  for (const branch of node.regions) {
    expectTypes("branch parameters", parameterTypes(branch), values, fail);
    expectTypes("branch results", resultTypes(branch), node.types, fail);
    for (const free of findFree(branch)) {
      if (!usesConstantsAlone(free)) fail("branches that use their parameters alone", `${free.op} from outside`);
    }
  }
};

/** Such a node is computed outside of the branch, but says nothing about a point. */
function usesConstantsAlone(node: Node): boolean {
  const seen = new Set<Node>();
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.op === "parameter") return false;
    pending.push(...next.operands, ...next.regions.flatMap((body) => [...findFree(body)]));
  }
  return true;
}

export const controlRules: { readonly [C in ControlName]: Rule } = { loop, while: whileRule, switch: switchRule };

export const isControlName = (op: string): op is ControlName => Object.hasOwn(controlRules, op);
