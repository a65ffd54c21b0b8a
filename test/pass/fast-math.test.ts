import { describe, expect, it } from "vitest";
import type { DType, FloatDType } from "../../src/base/dtype.ts";
import { isNative, type OpName, recordOf, table } from "../../src/op/table.ts";
import { divide } from "../../src/pass/divide.ts";
import { optimise } from "../../src/pass/pipeline.ts";
import { simplify } from "../../src/pass/simplify.ts";
import { zeros } from "../../src/pass/zeros.ts";
import type { Builder } from "../../src/program/builder.ts";
import { interpret } from "../../src/program/interpreter.ts";
import { printProgram } from "../../src/program/print.ts";
import { type Node, type Program, typeOf } from "../../src/program/program.ts";
import { verify } from "../../src/program/verify.ts";
import { program } from "../device/programs.ts";
import { randomProgram } from "../helpers/random-program.ts";
import { distance } from "../helpers/ulp.ts";

const floats = (count: number, dtype: FloatDType = "float32") =>
  Array.from({ length: count }, () => ({ dtype, shape: [] }));

const count = (p: Program, op: OpName): number => printProgram(p).split(`= ${op} `).length - 1;

const value = (x: number, dtype: FloatDType) => ({
  dtype,
  shape: [],
  data: dtype === "float32" ? Float32Array.of(x) : Float64Array.of(x),
});

/** x / d and y / d. */
const pair = (dtype: FloatDType = "float32"): Program =>
  program(floats(3, dtype), (b, x, y, d) => [b.apply("div", [x!, d!]), b.apply("div", [y!, d!])]);

const over = (c: number, dtype: FloatDType = "float32"): Program =>
  program(floats(1, dtype), (b, x) => [b.apply("div", [x!, b.constant(c, dtype)])]);

const run = (p: Program, dtype: FloatDType, ...x: readonly number[]): number[] =>
  interpret(
    p,
    x.map((v) => value(v, dtype)),
  ).map(({ data }) => data[0] as number);

const all: ReadonlySet<OpName> = new Set((Object.keys(table) as OpName[]).filter((op) => isNative(recordOf(op))));

describe("divisions by powers of two", () => {
  it("are products, with the same bits, denormal ones too", () => {
    for (const c of [2, -0.25, 2 ** 126, 2 ** -126]) {
      const p = simplify(over(c));
      expect(count(p, "div"), `${c}`).toBe(0);
      for (const x of [1, -0, 3e38, 1.1e-38, 2 ** -149, 7 * 2 ** -149, Infinity, Number.NaN]) {
        const v = Math.fround(x);
        expect(run(p, "float32", v), `${x} / ${c}`).toEqual([Math.fround(v / c)]);
      }
    }
    for (const c of [3, 0, Infinity, 2 ** 127, 2 ** -127]) expect(count(simplify(over(c)), "div"), `${c}`).toBe(1);
  });
});

describe("sums of fastMath", () => {
  const sum = (c: number): Program =>
    program([{ dtype: "float32", shape: [3] }], (b, x) => [
      b.apply("add", [x!, b.constant(c, "float32")]),
      b.apply("add", [b.constant(c, "float32"), x!]),
    ]);

  it("with zero are the other number, and stay as they are without", () => {
    for (const c of [0, -0]) expect(count(zeros(sum(c)), "add")).toBe(0);
    expect(count(zeros(sum(1)), "add")).toBe(2);
    expect(count(optimise(sum(0), { native: all, unrolled: 8 }), "add")).toBe(2);
    const relu = program(floats(1), (b, x) => [b.apply("max", [x!, b.constant(0, "float32")])]);
    const after = optimise(relu, { native: all, unrolled: 8, fastMath: true });
    expect(after.root.results[0]?.op).toBe("pmax");
    for (const x of [2, 0, -2, Infinity, Number.NaN]) {
      expect(run(after, "float32", x)[0], `${x}`).toBe(Math.max(x, 0));
    }
  });
});

describe("divisions of fastMath", () => {
  it("by one number are one", () => {
    const after = divide(pair());
    verify(after);
    expect(count(after, "div")).toBe(1);
    expect(count(after, "mul")).toBe(2);
  });

  it("by a number that stays the same in a loop are outside of it", () => {
    const p = program(floats(2), (b, x, d) => {
      const type = typeOf(x as Node);
      const body = b.body([{ dtype: "int32", shape: [] }, type], ([, v]) => [b.apply("div", [v!, d!])]);
      return b.results(b.control("loop", [x!], [body], { length: 5, reverse: false, carries: 1 }, [type]));
    });
    const after = divide(p);
    verify(after);
    expect(printProgram(after).indexOf("= div ")).toBeLessThan(printProgram(after).indexOf("loop"));
    expect(count(after, "div")).toBe(1);
    expect(run(after, "float32", 64, 3)[0]).toBeCloseTo(64 / 3 ** 5, 6);
  });

  it("by what is repeated are as many as there are different numbers", () => {
    const p = program(
      [
        { dtype: "float32", shape: [4, 3] },
        { dtype: "float32", shape: [4] },
      ],
      (b, x, d) => [b.apply("div", [x!, b.apply("broadcast", [d!], { shape: [4, 3], axes: [0] })])],
    );
    const after = divide(p);
    verify(after);
    expect(printProgram(after)).toMatch(/float32\[4\] = div/);
    expect(count(after, "mul")).toBe(1);
  });

  it("by constants are none, unless the reciprocal is no normal number", () => {
    for (const c of [3, -0.1, 2 ** 126, 2 ** -126]) {
      expect(count(optimise(over(c), { native: all, unrolled: 8, fastMath: true }), "div"), `${c}`).toBe(0);
    }
    for (const c of [0, -0, Infinity, Number.NaN, 2 ** 127, 2 ** -127]) expect(divide(over(c))).toEqual(over(c));
    expect(count(divide(over(2 ** 127, "float64")), "mul")).toBe(1);
  });

  it("leave random programs valid, and find nothing more to do", () => {
    for (let seed = 0; seed < 150; seed++) {
      const once = divide(randomProgram(seed, { size: 25 }));
      verify(once);
      expect(printProgram(divide(once)), `seed ${seed}`).toBe(printProgram(once));
    }
  });

  it("of one number are left alone, and a reciprocal serves others", () => {
    const single = program(floats(2), (b, x, d) => [b.apply("div", [x!, d!])]);
    expect(divide(single)).toBe(single);
    const one = (b: Builder) => b.constant(1, "float32");
    const both = program(floats(2), (b, x, d) => [b.apply("div", [one(b), d!]), b.apply("div", [x!, d!])]);
    const after = divide(both);
    expect(count(after, "div")).toBe(1);
    expect(count(after, "mul")).toBe(1);
    expect(printProgram(divide(after))).toBe(printProgram(after));
  });

  it("of integers, and those inside of functions, stay exact", () => {
    const p = program(floats(3), (b, x, y, d) =>
      [x, y].flatMap((v) => (["floorDivide", "mod", "pow", "atan2"] as const).map((op) => b.apply(op, [v!, d!]))),
    );
    const options = { native: all, unrolled: 8 };
    expect(printProgram(optimise(p, { ...options, fastMath: true })).match(/= div/g)?.length).toBe(
      printProgram(optimise(p, options)).match(/= div/g)?.length,
    );
    const whole: DType = "int32";
    const integers = program(
      [0, 1, 2].map(() => ({ dtype: whole, shape: [] })),
      (b, x, y, d) => [b.apply("quotient", [x!, d!]), b.apply("quotient", [y!, d!])],
    );
    expect(divide(integers)).toBe(integers);
  });

  it("stay as they are without fastMath, and where the target cannot fuse", () => {
    const fused: readonly OpName[] = ["fusedAdd", "fusedSub", "fusedNegate"];
    const native = new Set([...all].filter((op) => !fused.includes(op)));
    for (const options of [{ native: all }, { native, fastMath: true }]) {
      expect(count(optimise(pair(), { unrolled: 8, ...options }), "div")).toBe(2);
    }
  });

  it.each(["float32", "float64"] as const)("of %s are within two units in the last place", (dtype) => {
    const [before, after] = [pair(dtype), divide(pair(dtype))];
    let worst = 0;
    for (let i = 1; i <= 4000; i++) {
      const [x, d] = [1 + ((i * 0.6180339887498949) % 1), 1 + ((i * 0.7548776662466927) % 1)].map((v) =>
        dtype === "float32" ? Math.fround(v) : v,
      ) as [number, number];
      const scale = 2 ** ((i % 200) - 100);
      const [wanted, got] = [before, after].map((p) => run(p, dtype, x, x * scale, d)[1] as number) as [number, number];
      worst = Math.max(worst, distance(got, wanted, dtype));
    }
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(2);
  });

  it("by zero, infinity, NaN and numbers next to them end as documented", () => {
    const of = (x: number, d: number): number => run(divide(pair()), "float32", x, 1, d)[0] as number;
    for (const d of [0, -0, Infinity, -Infinity, Number.NaN]) {
      for (const x of [0, -0, 1, -1, Infinity, Number.NaN]) expect(of(x, d), `${x} / ${d}`).toBe(x / d);
    }
    expect(of(0, -3)).toBe(-0);
    // The reciprocal is infinite, though the quotient is not.
    expect(of(2 ** -130, 2 ** -130)).toBe(Infinity);
    expect(of(0, 2 ** -130)).toBeNaN();
    // The reciprocal has lost digits.
    expect(Math.abs(of(2 ** 127, Math.fround(1.7 * 2 ** 127)) * 1.7 - 1)).toBeLessThan(2 ** -20);
  });
});
