import { describe, expect, it } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { x64Target } from "../../src/emit/x64/target.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import type { OpName } from "../../src/op/table.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { natives, signatures } from "../helpers/signatures.ts";
import { canRun, compareX64 } from "./x64-native.ts";

type Source = "lane" | "uniform" | "constant";
const sources: readonly Source[] = ["lane", "uniform", "constant"];
const choices = (count: number): Source[][] =>
  count === 0 ? [[]] : choices(count - 1).flatMap((some) => sources.map((source) => [...some, source]));

const ROUNDS = 24;
/** What a NaN's bits are is not defined. */
const showsNaN: ReadonlySet<string> = new Set(["bitcast", "mantissaOf", "exponentOf"]);

/** Operands per lane, uniform from a buffer, or constants of the code, which some recipes look at. */
function kernelOf(op: OpName, operands: DType[], result: DType, from: Source[], groups: number, seed: number): Kernel {
  let ids = 0;
  const register = (dtype: DType, lane: boolean): Register => ({ id: ids++, dtype, lane });
  const rng = rngOf(seed);
  const pick = (dtype: DType) => rng.pick(edges[dtype].filter((x) => !(showsNaN.has(op) && Number.isNaN(x))));
  const buffers = operands.map((dtype, id): Buffer => {
    const common = { id, name: `operand${id}`, dtype, elements: ROUNDS };
    if (from[id] === "lane") return { ...common, kind: "input", lane: true };
    return { ...common, kind: "constant", lane: false, data: new Float64Array(ROUNDS).map(() => pick(dtype)) };
  });
  const lane = from.includes("lane");
  const out: Buffer = { id: 9, name: "out", kind: "output", dtype: result, lane: true, elements: ROUNDS };
  const counter = register("int32", false);
  const index = { offset: 0, terms: [{ register: counter, stride: 1 }] };
  const args = operands.map((dtype, i) => register(dtype, from[i] === "lane"));
  const value = register(result, lane);
  const loads = args.map(
    (arg, i): Statement =>
      from[i] === "constant"
        ? { kind: "const", out: arg, value: pick(arg.dtype) }
        : { kind: "load", out: arg, buffer: buffers[i]!, index },
  );
  const body: Statement[] = [
    ...loads,
    { kind: "op", out: value, op, args },
    { kind: "store", buffer: out, index, value },
  ];
  const loop: Statement = { kind: "loop", counter, count: ROUNDS, phis: [], body };
  return { lanes: x64Target.lanes, groups, buffers: [...buffers, out], prologue: [], body: [loop] };
}

describe("the x64 target", () => {
  it("has every native op and no other", () => {
    expect([...x64Target.native].sort()).toEqual([...natives].sort());
  });
});

describe.skipIf(!canRun)("every native op gives its reference value as machine code", () => {
  for (const op of natives) {
    it(op, () => {
      const rng = rngOf(11);
      for (const { operands, result } of signatures(op)) {
        for (const from of choices(operands.length)) {
          for (let seed = 0; seed < (from.includes("constant") ? 12 : 2); seed++) {
            const kernel = kernelOf(op, operands, result, from, 1 + rng.below(4), seed);
            const pool = (dtype: DType) => edges[dtype].filter((x) => !(showsNaN.has(op) && Number.isNaN(x)));
            const found = compareX64(kernel, (buffer) => rng.pick(pool(buffer.dtype)));
            expect(found.slice(0, 3), `${op} ${operands} to ${result}, from ${from}, seed ${seed}`).toEqual([]);
          }
        }
      }
    });
  }
});
