import { describe, expect, it } from "vitest";
import { isNative, type OpName, recordOf, table } from "../../src/op/table.ts";
import { optimise, passes } from "../../src/pass/pipeline.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Program } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";

const native: ReadonlySet<OpName> = new Set((Object.keys(table) as OpName[]).filter((op) => isNative(recordOf(op))));
const options = { native, unrolled: 8 };

/** All results at two points, NaNs alike. */
const outcome = (program: Program, seed: number): unknown =>
  [0, 1].map((point) => interpret(program, randomInputs(program, seed, point)).map((v) => Array.from(v.data)));

describe("passes", () => {
  for (const pass of passes.filter((p, i) => passes.findIndex((q) => q.name === p.name) === i)) {
    it(`${pass.name} keeps every bit and the grammar of random programs`, () => {
      for (let seed = 0; seed < 120; seed++) {
        const before = randomProgram(seed, { size: 20 });
        const after = pass.run(before, options);
        verify(after);
        expect(outcome(after, seed), `seed ${seed}`).toEqual(outcome(before, seed));
      }
    });

    it(`${pass.name} finds nothing more to do in what it has made`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const once = pass.run(randomProgram(seed, { size: 20 }), options);
        expect(printProgram(pass.run(once, options)), `seed ${seed}`).toBe(printProgram(once));
      }
    });
  }

  it("all in order keep every bit, and leave native ops alone", () => {
    for (let seed = 1000; seed < 1100; seed++) {
      const before = randomProgram(seed, { size: 25 });
      const after = optimise(before, options, verify);
      expect(outcome(after, seed), `seed ${seed}`).toEqual(outcome(before, seed));
      for (const op of printProgram(after).matchAll(/= (\w+)/g)) {
        const name = op[1] as OpName;
        if (name in table && recordOf(name).kind === "elementwise" && name !== "selectRare") {
          expect(native.has(name), name).toBe(true);
        }
      }
    }
  });
});
