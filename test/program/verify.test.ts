/** The grammar: valid programs pass; for every rule a program that breaks it alone, with its message. */

import { describe, expect, test } from "vitest";
import { isLanewiseError } from "../../src/base/errors.ts";
import { scalar, type Type } from "../../src/base/value.ts";
import { traceBranches } from "../../src/program/branch.ts";
import { Builder } from "../../src/program/builder.ts";
import { schedule } from "../../src/program/order.ts";
import type { Input, Node, Program, Region } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { randomProgram } from "../helpers/random-program.ts";

const float: Type = { dtype: "float32", shape: [] };
const int: Type = { dtype: "int32", shape: [] };
const row: Type = { dtype: "float32", shape: [4] };

/** A little of everything: constants, an op, scattered sums, a loop, a while, a switch. */
function sample(): Program {
  const inputs: Input[] = [
    { name: "a", role: "point", type: float },
    { name: "n", role: "point", type: int },
    { name: "v", role: "shared", type: row },
  ];
  const b = new Builder(inputs.map((input) => input.type));
  const [a, n, v] = b.root.parameters as [Node, Node, Node];
  const indices = b.value({ dtype: "int32", shape: [4], data: Int32Array.of(0, 1, 1, 3) });
  const scattered = b.apply("scatterAdd", [v, indices, v]);
  const body = b.body([int, float, float], ([, y, x]) => {
    const next = b.apply("add", [y!, b.apply("mul", [x!, b.apply("div", [a, a])])]);
    return [next, next];
  });
  const loop = b.control("loop", [a, scattered], [body], { length: 4, reverse: false, carries: 1 }, [float, row]);
  const test = b.body([int], ([i]) => [b.apply("lt", [i!, b.constant(3, "int32")])]);
  const counting = b.body([int], ([i]) => [b.apply("sub", [i!, b.constant(-1, "int32")])]);
  const count = b.results(b.control("while", [n], [test, counting], {}, [int]))[0]!;
  const { operands, regions } = traceBranches(
    b,
    [a],
    [([x]) => [b.apply("neg", [x!])], ([x]) => [b.apply("abs", [x!])]],
  );
  const chosen = b.results(b.control("switch", [count, ...operands], regions, {}, [float]));
  const results = [...b.results(loop), ...chosen];
  return { inputs, outputs: ["last", "all", "chosen"], root: b.finish(results) };
}

const nodesIn = (program: Program): Node[] => [...schedule(program.root).values()].flat();
const find = (program: Program, op: string): Node => nodesIn(program).find((node) => node.op === op)!;
const bodyOf = (program: Program, op: string, i = 0): Region => find(program, op).regions[i]!;

/** Overwrites fields of a part of the program, which only tests do. */
const break_ = <T extends object>(part: T, fields: Partial<T>): void => {
  Object.assign(part, fields);
};

function messageFor(program: Program): string {
  try {
    verify(program);
  } catch (error) {
    if (isLanewiseError(error, "program"))
      return error.message.replace("; read the program from an undamaged file, or write it with the Builder", "");
    throw error;
  }
  return "no error";
}

describe("valid programs", () => {
  test("pass", () => {
    expect(messageFor(sample())).toBe("no error");
  });

  test("pass when they are random", () => {
    for (let seed = 0; seed < 60; seed++)
      expect(`${seed}: ${messageFor(randomProgram(seed))}`).toBe(`${seed}: no error`);
  });
});

const broken: [rule: string, damage: (p: Program) => void, message: string][] = [
  [
    "inputs have parameters",
    (p) => break_(p, { inputs: p.inputs.slice(1) }),
    "program: expected a parameter for each of 2 inputs, got 3",
  ],
  [
    "inputs have a role",
    (p) => break_(p.inputs[0]!, { role: "other" as "point" }),
    "input a: expected the role point or shared, got other",
  ],
  [
    "inputs have their parameter's type",
    (p) => break_(p.inputs[1]!, { type: float }),
    "input n: expected a parameter of float32[], got int32[]",
  ],
  [
    "outputs have results",
    (p) => break_(p, { outputs: ["one"] }),
    "program: expected a result for each of 1 output, got 3",
  ],
  [
    "the root is the root",
    (p) => break_(p.root, { depth: 1 }),
    "program: expected a root that nothing surrounds, got an inner region",
  ],
  [
    "parameters are numbered in order",
    (p) => break_(p.root.parameters[1]!, { attrs: { index: 0 } }),
    "program: expected parameter 1 of that region, got parameter 0",
  ],
  [
    "ids are integers",
    (p) => break_(p.root.parameters[0]!, { id: -1 }),
    "%0: float32[] = parameter {index: 0}: expected an id of at least 0, got -1",
  ],
  [
    "ids are unique",
    (p) => break_(p.root.parameters[1]!, { id: 0 }),
    "%1: int32[] = parameter {index: 1}: expected an id of its own, got 0, which another node has",
  ],
  [
    "ids rise",
    (p) => break_(find(p, "mul"), { id: 500 }),
    "%10: float32[] = add %8, %11: expected operands made before it, got ids 500 and then 10",
  ],
  [
    "ops are known",
    (p) => break_(find(p, "mul"), { op: "frobnicate" as "mul" }),
    "%10: float32[] = frobnicate %9, %5: expected an op of the table, got frobnicate",
  ],
  [
    "inherited names are no ops",
    (p) => break_(find(p, "mul"), { op: "constructor" as "mul" }),
    "%10: float32[] = constructor %9, %5: expected an op of the table, got constructor",
  ],
  [
    "operands fit their op",
    (p) => break_(find(p, "mul"), { operands: p.root.parameters.slice(0, 2) }),
    "%9: float32[] = mul %0, %1: expected operands and attrs that fit the op, got mul: expected int32, uint32, float32 or float64, the same for all operands, got float32[], int32[]; convert first",
  ],
  [
    "types are those of the op",
    (p) => break_(find(p, "mul"), { types: [row] }),
    "%10: float32[4] = mul %9, %5: expected type float32[], got float32[4]",
  ],
  [
    "ops have one type",
    (p) => break_(find(p, "mul"), { types: [float, float] }),
    "%10: float32[], float32[] = mul %9, %5: expected type float32[], got float32[], float32[]",
  ],
  [
    "operands are in sight",
    (p) => break_(find(p, "neg"), { operands: [bodyOf(p, "while").parameters[0]!] }),
    "%22: float32[] = neg %15: expected operands of its region or those around it, got parameter",
  ],
  [
    "nodes belong to the innermost region they use",
    (p) => break_(find(p, "div"), { region: bodyOf(p, "loop") }),
    "%9: float32[] = div %0, %0: expected region 0, the innermost it uses, got region 1",
  ],
  [
    "results are in sight",
    (p) => break_(p.root, { results: [find(p, "mul"), ...p.root.results.slice(1)] }),
    "program: expected results that the region can see, got mul of another region",
  ],
  [
    "only results of control flow are used",
    (p) => break_(p.root, { results: [find(p, "loop"), ...p.root.results.slice(1)] }),
    "program: expected a result of control flow, taken by its index, got loop",
  ],
  [
    "result is of control flow",
    (p) => break_(find(p, "result"), { operands: [find(p, "scatterAdd")] }),
    "%12: int32[] = result %4 {index: 0}: expected one control-flow operand, got scatterAdd",
  ],
  [
    "result has an index in range",
    (p) => break_(find(p, "result"), { attrs: { index: 2 } }),
    "%19: int32[] = result %14 {index: 2}: expected an index from 0 to 0, got 2",
  ],
  [
    "parameters are those of their region",
    (p) => break_(find(p, "neg"), { operands: [{ ...find(p, "neg").operands[0]! }] }),
    "%22: float32[] = neg %?24: expected a parameter that its region has, got parameter 0",
  ],
  [
    "constants have a value",
    (p) => {
      delete (find(p, "constant") as { value?: unknown }).value;
    },
    "%3: int32[4] = constant: expected a value, got none",
  ],
  [
    "constants have enough elements",
    (p) => break_(find(p, "constant"), { value: { ...find(p, "constant").value!, data: new Int32Array(3) } }),
    "%3: int32[4] = constant [0, 0, 0]: expected elements for int32[4], got 3 in a Int32Array",
  ],
  [
    "constants have elements of their dtype",
    (p) => break_(find(p, "constant"), { value: { ...find(p, "constant").value!, data: new Float32Array(4) } }),
    "%3: int32[4] = constant [0, 0, 0, 0]: expected elements for int32[4], got 4 in a Float32Array",
  ],
  [
    "values are for constants",
    (p) => break_(find(p, "mul"), { value: scalar("float32", 1) }),
    "%10: float32[] = mul 1: expected a value for constants alone, got one",
  ],
  [
    "bodies are for control flow",
    (p) => break_(find(p, "switch"), { op: "abs" }),
    "%20: float32[] = abs %19, %0: expected bodies for control flow alone, got 2",
  ],
  [
    "bodies belong to one node",
    (p) => break_(find(p, "while"), { regions: [bodyOf(p, "while"), bodyOf(p, "while")] }),
    "%13: int32[] = while %1: expected bodies of its own, got a body that another node has too",
  ],
  [
    "bodies are inside",
    (p) => break_(bodyOf(p, "loop"), { parent: bodyOf(p, "while") }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 1, length: 4, reverse: false}: expected bodies inside its region, got one elsewhere",
  ],
  [
    "scattered places are constant",
    (p) => {
      const b = new Builder([{ dtype: "int32", shape: [4] }, row]);
      const scatter = b.apply("scatterAdd", [b.root.parameters[1]!, b.root.parameters[0]!, b.root.parameters[1]!]);
      const inputs: Input[] = b.root.parameters.map((node, i) => ({
        name: `${i}`,
        role: "point",
        type: node.types[0]!,
      }));
      break_(p, { inputs, outputs: ["x"], root: b.finish([scatter]) });
    },
    "%2: float32[4] = scatterAdd %1, %0, %1: expected constant indices, got parameter",
  ],
  [
    "a loop has a length",
    (p) => break_(find(p, "loop"), { attrs: { length: -1, reverse: false, carries: 1 } }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 1, length: -1, reverse: false}: expected a length from 0 to 2^31 - 1, got -1",
  ],
  [
    "a loop has a direction",
    (p) => break_(find(p, "loop"), { attrs: { length: 4, reverse: 1, carries: 1 } }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 1, length: 4, reverse: 1}: expected reverse as true or false, got 1",
  ],
  [
    "a loop has as many carries as it says",
    (p) => break_(find(p, "loop"), { attrs: { length: 4, reverse: false, carries: 3 } }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 3, length: 4, reverse: false}: expected a count of carries up to 2, got 3",
  ],
  [
    "a loop has one body",
    (p) => break_(find(p, "loop"), { regions: [] }),
    "%5: float32[], float32[4] = loop %0, %4 {carries: 1, length: 4, reverse: false}: expected one body, got 0 bodies",
  ],
  [
    "a loop scans rows",
    (p) => break_(find(p, "loop"), { attrs: { length: 5, reverse: false, carries: 1 } }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 1, length: 5, reverse: false}: expected 5 rows to scan over, got float32[4]",
  ],
  [
    "a loop's body has parameters",
    (p) => break_(bodyOf(p, "loop"), { parameters: bodyOf(p, "loop").parameters.slice(0, 2) }),
    "%9: float32[] = mul %?7, %5: expected a parameter that its region has, got parameter 2",
  ],
  [
    "a loop's carries keep their type",
    (p) =>
      break_(bodyOf(p, "loop"), { results: [bodyOf(p, "loop").parameters[0]!, ...bodyOf(p, "loop").results.slice(1)] }),
    "%6: float32[], float32[4] = loop %0, %4 {carries: 1, length: 4, reverse: false}: expected carries out of the body as float32[], got int32[]",
  ],
  [
    "a loop stacks its other results",
    (p) => break_(find(p, "loop"), { types: [float, float] }),
    "%6: float32[], float32[] = loop %0, %4 {carries: 1, length: 4, reverse: false}: expected types float32[], float32[4], got float32[], float32[]",
  ],
  [
    "a while has a test and a body",
    (p) => break_(find(p, "while"), { regions: [bodyOf(p, "while")] }),
    "%13: int32[] = while %1: expected a test and a body, got 1 bodies",
  ],
  [
    "a while's test gives a bool",
    (p) => break_(bodyOf(p, "while"), { results: bodyOf(p, "while").parameters }),
    "%13: int32[] = while %1: expected a test that gives bool[], got int32[]",
  ],
  [
    "a while's body gives its carries",
    (p) => break_(bodyOf(p, "while", 1), { results: [] }),
    "%13: int32[] = while %1: expected carries out of the body as int32[], got nothing",
  ],
  [
    "a switch has a branch",
    (p) => break_(find(p, "switch"), { regions: [] }),
    "%20: float32[] = switch %19, %0: expected at least one branch, got 0 bodies",
  ],
  [
    "a switch has an index",
    (p) => break_(find(p, "switch"), { operands: find(p, "switch").operands.toReversed() }),
    "%20: float32[] = switch %0, %19: expected an index of int32[], got float32[]",
  ],
  [
    "branches give one type",
    (p) => break_(bodyOf(p, "switch"), { results: [] }),
    "%20: float32[] = switch %19, %0: expected branch results float32[], got nothing",
  ],
  [
    "branches use nothing from outside",
    (p) => break_(bodyOf(p, "switch"), { results: [p.root.parameters[0]!] }),
    "%20: float32[] = switch %19, %0: expected branches that use their parameters alone, got parameter from outside",
  ],
];

describe("a broken program fails where", () => {
  test.each(broken)("%s", (_, damage, message) => {
    const program = sample();
    damage(program);
    expect(messageFor(program)).toBe(message);
  });
});
