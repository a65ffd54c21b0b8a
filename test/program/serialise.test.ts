/** Programs to JSON and back, damaged files, and the hash. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLanewiseError } from "../../src/base/errors.ts";
import type { Type } from "../../src/base/value.ts";
import { Builder } from "../../src/program/builder.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Input, Program } from "../../src/program/program.ts";
import { deserialise, programHash, serialise } from "../../src/program/serialise.ts";
import { rngOf, sameBits } from "../helpers/random.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";

const float: Type = { dtype: "float32", shape: [] };
const inputs: Input[] = [{ name: "x", role: "point", type: float }];

/** x + 1 with some nodes that nothing needs. */
function small(unused = 0, addend = 1): Program {
  const b = new Builder([float]);
  const [x] = b.root.parameters;
  for (let i = 0; i < unused; i++) b.apply("mul", [x!, b.constant(i, "float32")]);
  const result = b.apply("add", [x!, b.constant(addend, "float32")]);
  return { inputs, outputs: ["y"], root: b.finish([result]) };
}

const smallText =
  '{"format":"lanewise-program","version":1,"inputs":[{"name":"x","role":"point","type":"float32[]"}],' +
  '"outputs":["y"],"nodes":[{"op":"constant","type":"float32[]","data":"AACAPw=="},{"op":"add","operands":[0,1]}],' +
  '"results":[2]}';

describe("a round trip", () => {
  test("keeps text, print and bits of random programs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const program = randomProgram(seed);
        const text = serialise(program);
        const back = deserialise(text);
        expect(serialise(back)).toBe(text);
        expect(printProgram(back)).toBe(printProgram(program));
        const values = randomInputs(program, seed, 0);
        const [before, after] = [interpret(program, values), interpret(back, values)];
        expect(after.every((value, i) => sameBits(value, before[i]!))).toBe(true);
      }),
      { seed: 11, numRuns: 80 },
    );
  });

  test("keeps large constants and every bit of them", () => {
    const data = Float64Array.from({ length: 30_000 }, (_, i) => (i % 7 === 0 ? -0 : 1 / (i - 50)));
    const b = new Builder([]);
    const value = b.value({ dtype: "float64", shape: [100, 300], data });
    const program: Program = { inputs: [], outputs: ["c"], root: b.finish([value]) };
    expect(interpret(deserialise(serialise(program)), [])[0]).toEqual({ dtype: "float64", shape: [100, 300], data });
  });
});

describe("the text", () => {
  test("is what the format says", () => {
    expect(serialise(small())).toBe(smallText);
  });

  test("leaves out what no result needs", () => {
    expect(serialise(small(3))).toBe(smallText);
  });
});

describe("the hash", () => {
  test("is that of the text", () => {
    expect(programHash(small(2))).toBe(programHash(small()));
    expect(programHash(small())).toMatch(/^[0-9a-f]{64}$/);
  });

  test("tells constants, names and roles apart", () => {
    const others = [
      small(0, -1),
      { ...small(), outputs: ["z"] },
      { ...small(), inputs: [{ ...inputs[0]!, role: "shared" as const }] },
    ];
    expect(new Set([small(), ...others].map(programHash)).size).toBe(4);
  });
});

function messageFor(text: string): string {
  try {
    deserialise(text);
  } catch (error) {
    if (isLanewiseError(error, "program")) return error.message.replace("; write the file again with serialise", "");
    throw error;
  }
  return "no error";
}

describe("a damaged file is refused", () => {
  const change = (from: string, to: string): string => smallText.replace(from, to);
  const twoOf = '{"op":"add","operands":[0,1]}';

  test.each([
    ["hello", 'program file, file: expected JSON, got "hello"'],
    ["[]", "program file, file: expected an object, got []"],
    ["{}", "program file, file: expected the key format, got none"],
    [change("lanewise-program", "other"), 'program file, format: expected "lanewise-program", got "other"'],
    [change('"version":1', '"version":2'), "program file, version: expected 1, got 2"],
    [
      change('"results":', '"extra":1,"results":'),
      "program file, file: expected the keys format, version, inputs, outputs, nodes, results, got extra",
    ],
    [change('"point"', '"lane"'), 'program file, inputs[0].role: expected "point" or "shared", got "lane"'],
    [
      change('"float32[]"}]', '"float16[]"}]'),
      'program file, inputs[0].type: expected a type such as "float32[3,4]", got "float16[]"',
    ],
    [
      change('"float32[]"}]', '"float32[99999999,99999999]"}]'),
      'program file, inputs[0].type: expected a type such as "float32[3,4]", got "float32[99999999,99999999]"',
    ],
    [change('["y"]', "[1]"), "program file, outputs[0]: expected a string, got 1"],
    [
      change('["y"]', '["y","z"]'),
      "program: expected a result for each of 2 outputs, got 1; read the program from an undamaged file, or write it with the Builder",
    ],
    [
      change('"op":"add"', '"op":"frobnicate"'),
      'program file, nodes[1].op: expected an op of this version, got "frobnicate"',
    ],
    [
      change('"op":"add"', '"op":"__proto__"'),
      'program file, nodes[1].op: expected an op of this version, got "__proto__"',
    ],
    [
      change('"op":"add"', '"op":"neg"'),
      "program file, nodes[1]: expected operands and attrs that fit the op, got neg: expected 1 operand, got float32[], float32[]; give as many as the op takes",
    ],
    [
      change('"operands":[0,1]', '"operands":[0,2]'),
      "program file, nodes[1].operands[1]: expected the number of an earlier node, got 2",
    ],
    [
      change('"operands":[0,1]', '"operands":[0,"1"]'),
      'program file, nodes[1].operands[1]: expected the number of an earlier node, got "1"',
    ],
    [
      change('"operands":[0,1]', '"operands":[0,1],"attrs":{"a":{}}'),
      "program file, nodes[1].attrs.a: expected a number, boolean, string or list of numbers, got {}",
    ],
    [change("AACAPw==", "AACA"), "program file, nodes[0].data: expected 1 element of float32 in base64, got 3 bytes"],
    [change("AACAPw==", "A?"), 'program file, nodes[0].data: expected 1 element of float32 in base64, got "A?"'],
    [
      change('"results":[2]', '"results":[3]'),
      "program file, results[0]: expected the number of an earlier node, got 3",
    ],
    [
      change(
        twoOf,
        '{"op":"loop","operands":[],"attrs":{"length":1,"reverse":false,"carries":0},"types":[],"bodies":[]}',
      ),
      "%1: () = loop {carries: 0, length: 1, reverse: false}: expected one body, got 0 bodies; read the program from an undamaged file, or write it with the Builder",
    ],
    [
      change(
        twoOf,
        '{"op":"loop","operands":[],"types":[],"bodies":[{"parameters":["int32[]"],"nodes":[],"results":[2]}]}',
      ),
      "program file, nodes[1].bodies[0].results[0]: expected the number of an earlier node, got 2",
    ],
  ])("%#", (text, message) => {
    expect(messageFor(text)).toBe(message);
  });

  test("and so is any other that lost or changed a few characters, unless it is still a program", () => {
    for (let seed = 0; seed < 400; seed++) {
      const rng = rngOf(seed);
      const text = serialise(randomProgram(seed % 8, { size: 8 }));
      const at = rng.below(text.length);
      const damaged = text.slice(0, at) + rng.pick(["", "0", "9", "-", "[", '"', "x"]) + text.slice(at + rng.below(3));
      // Anything but a LanewiseError of kind "program" would be thrown here.
      messageFor(damaged);
    }
  });
});
