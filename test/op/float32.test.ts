import { describe, expect, it } from "vitest";
import type { OpName } from "../../src/op/table.ts";
import { distance, evaluate } from "../helpers/ulp.ts";

/** Most units in the last place, and the function in 64 bits. */
const functions: { readonly [op: string]: readonly [number, (x: number) => number] } = {
  exp: [2, Math.exp],
  exp2: [2, (x) => 2 ** x],
  expm1: [2, Math.expm1],
  log: [2, Math.log],
  log2: [3, Math.log2],
  log10: [3, Math.log10],
  log1p: [2, Math.log1p],
  sin: [2, Math.sin],
  cos: [2, Math.cos],
  tan: [4, Math.tan],
  sinh: [3, Math.sinh],
  cosh: [2, Math.cosh],
  tanh: [4, Math.tanh],
  sigmoid: [4, (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
  softplus: [3, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
};

/** Bit patterns spread over all of float32, every exponent and both signs among them. */
function inputs(): number[] {
  const words = new Uint32Array(20_000);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 0x9e3779b1);
  return Array.from(new Float32Array(words.buffer));
}

describe("float32 functions", () => {
  for (const [op, [bound, reference]] of Object.entries(functions)) {
    it(`${op} is within ${bound} units in the last place of the true value`, () => {
      const xs = inputs();
      const ys = evaluate(op as OpName, "float32", xs);
      const worst = xs.map((x, i) => distance(ys[i]!, Math.fround(reference(x)), "float32"));
      const at = worst.indexOf(Math.max(...worst));
      // The reference is rounded itself: half a unit more.
      expect(worst[at], `at ${xs[at]}: ${ys[at]}`).toBeLessThanOrEqual(bound);
    });
  }

  it("are exact where their argument or value is special", () => {
    const special: [OpName, number, number][] = [
      ["exp", -0, 1],
      ["exp", -Infinity, 0],
      ["exp", Infinity, Infinity],
      ["exp", 89, Infinity],
      ["exp", -104, 0],
      ["exp", -103, Math.fround(Math.exp(-103))],
      ["exp2", -149, 2 ** -149],
      ["exp2", 127, 2 ** 127],
      ["expm1", -0, -0],
      ["expm1", -Infinity, -1],
      ["log", 0, -Infinity],
      ["log", -0, -Infinity],
      ["log", 1, 0],
      ["log", -1, Number.NaN],
      ["log", Infinity, Infinity],
      ["log2", 2 ** -149, -149],
      ["log2", 1024, 10],
      ["log1p", -1, -Infinity],
      ["log1p", -0, -0],
      ["log1p", -2, Number.NaN],
      ["sin", -0, -0],
      ["sin", Infinity, Number.NaN],
      ["cos", 0, 1],
      ["cos", -Infinity, Number.NaN],
      ["tan", -0, -0],
      ["sinh", -0, -0],
      ["sinh", -Infinity, -Infinity],
      ["cosh", -Infinity, Infinity],
      ["tanh", -0, -0],
      ["tanh", Infinity, 1],
      ["tanh", -Infinity, -1],
      ["tanh", 2 ** -149, 2 ** -149],
      ["sigmoid", -Infinity, 0],
      ["sigmoid", Infinity, 1],
      ["sigmoid", 0, 0.5],
      ["softplus", -Infinity, 0],
      ["softplus", Infinity, Infinity],
    ];
    for (const [op, x, y] of special) expect(evaluate(op, "float32", [x])[0], `${op}(${x})`).toBe(y);
    for (const op of Object.keys(functions)) expect(evaluate(op as OpName, "float32", [Number.NaN])[0], op).toBeNaN();
  });
});
