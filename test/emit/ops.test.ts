import { describe, expect, it } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import type { Buffer, Kernel, Register, Statement } from "../../src/kernel/kernel.ts";
import type { OpName } from "../../src/op/table.ts";
import { backends } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { natives, signatures } from "../helpers/signatures.ts";

type Source = "lane" | "uniform" | "constant";
const sources: readonly Source[] = ["lane", "uniform", "constant"];
const choices = (count: number): Source[][] =>
  count === 0 ? [[]] : choices(count - 1).flatMap((some) => sources.map((source) => [...some, source]));

const ROUNDS = 24;
const once = { chunks: 1 };
/** What a NaN's bits are is not defined. */
const showsNaN: ReadonlySet<string> = new Set(["bitcast", "mantissaOf", "exponentOf"]);

interface Use {
  readonly op: OpName;
  readonly operands: readonly DType[];
  readonly result: DType;
  readonly from: readonly Source[];
}

/** Operands per lane, uniform from a buffer, or constants of the code, which some recipes look at. */
function kernelOf({ op, operands, result, from }: Use, lanes: number, groups: number, seed: number): Kernel {
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
  return { lanes, groups, buffers: [...buffers, out], prologue: [], body: [loop] };
}

for (const backend of backends) {
  const { name, lanes, native } = backend.target;

  describe(`the target ${name}`, () => {
    it("has no op that would have to be expanded", () => {
      expect([...native].filter((op) => !natives.includes(op))).toEqual([]);
    });
  });

  describe.skipIf(!backend.canRun)(`every native op gives its reference value on ${name}`, () => {
    for (const op of natives.filter((one) => native.has(one))) {
      it(op, () => {
        const rng = rngOf(11);
        const pool = (dtype: DType) => edges[dtype].filter((x) => !(showsNaN.has(op) && Number.isNaN(x)));
        for (const { operands, result } of signatures(op)) {
          for (const from of choices(operands.length)) {
            for (let seed = 0; seed < (from.includes("constant") ? 24 / 2 ** from.length : 1); seed++) {
              const kernel = kernelOf({ op, operands, result, from }, lanes, 1 + rng.below(4), seed);
              const found = compareKernel(backend, kernel, (buffer) => rng.pick(pool(buffer.dtype)), once);
              expect(found.slice(0, 3), `${op} ${operands} to ${result}, from ${from}, seed ${seed}`).toEqual([]);
            }
          }
        }
      });
    }
  });
}
