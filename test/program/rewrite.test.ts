/** Copying programs through rules. */

import { expect, test } from "vitest";
import { interpret } from "../../src/program/interpreter.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Program } from "../../src/program/program.ts";
import { rewrite } from "../../src/program/rewrite.ts";
import { verify } from "../../src/program/verify.ts";
import { sameBits } from "../helpers/random.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";

test("a copy is a valid program with the same results, and copies to itself", () => {
  for (let seed = 100; seed < 160; seed++) {
    const program = randomProgram(seed);
    const copy = rewrite(program, () => undefined);
    verify(copy);
    const inputs = randomInputs(program, seed, 1);
    const wanted = interpret(program, inputs);
    const same = interpret(copy, inputs).every((value, i) => sameBits(value, wanted[i]!));
    expect(same, `seed ${seed}`).toBe(true);
    expect(printProgram(rewrite(copy, () => undefined)), `seed ${seed}`).toBe(printProgram(copy));
  }
});

test("a rule puts other nodes in place", () => {
  const uses = (program: Program): boolean => /= pmax /.test(printProgram(program));
  const program = Array.from({ length: 100 }, (_, seed) => randomProgram(seed)).find(uses)!;
  const swapped = rewrite(program, (node, operands, { builder }) =>
    node.op === "pmax" ? [builder.apply("max", operands)] : undefined,
  );
  verify(swapped);
  expect(uses(program)).toBe(true);
  expect(uses(swapped)).toBe(false);
});
