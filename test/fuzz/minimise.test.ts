import { expect, it } from "vitest";
import type { Kernel, Statement } from "../../src/kernel/kernel.ts";
import { blocksOf } from "../../src/kernel/statement.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { usesOp } from "../../src/program/order.ts";
import type { Program } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { randomKernel } from "../emit/random-kernel.ts";
import { randomInputs, randomProgram } from "../helpers/random-program.ts";
import { smallestKernel, smallestProgram } from "./minimise.ts";

it("a program that fails comes down to its first value that does", () => {
  const sums = [...Array(40).keys()].map((seed) => randomProgram(seed)).filter((p) => usesOp(p.root, "sum"));
  expect(sums.length).toBeGreaterThan(5);
  for (const program of sums) {
    const tried: Program[] = [];
    const small = smallestProgram(program, (p) => {
      verify(p);
      interpret(p, randomInputs(p, 1, 0));
      tried.push(p);
      return usesOp(p.root, "sum");
    });
    expect(usesOp(small.root, "sum")).toBe(true);
    expect(small).toBe(tried.at(-1));
    expect(small.outputs).toEqual(["out"]);
    expect(tried.slice(0, -1).some((p) => usesOp(p.root, "sum"))).toBe(false);
  }
});

const statementsOf = (block: readonly Statement[]): Statement[] =>
  block.flatMap((s) => [s, ...blocksOf(s).flatMap(statementsOf)]);

it("a kernel that fails loses what does not matter", () => {
  const gathers = (kernel: Kernel): boolean => statementsOf(kernel.body).some((s) => s.kind === "gather");
  const kernels = [...Array(30).keys()].map((seed) => randomKernel(seed)).filter(gathers);
  expect(kernels.length).toBeGreaterThan(5);
  for (const kernel of kernels.slice(0, 5)) {
    const small = smallestKernel(kernel, gathers);
    expect(gathers(small)).toBe(true);
    // The gather, and what makes its index.
    expect(statementsOf(small.body).length).toBeLessThan(statementsOf(kernel.body).length / 3);
  }
});
