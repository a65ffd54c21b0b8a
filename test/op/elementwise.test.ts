/** Every native op × dtype × pairs of edge values, against definitions written another way (BigInt, DataView, cases). */

import { describe, expect, test } from "vitest";
import { type DType, isFloat } from "../../src/base/dtype.ts";
import type { Type, Value } from "../../src/base/value.ts";
import type { ElementwiseOp, OpRecord } from "../../src/op/record.ts";
import { type OpName, table } from "../../src/op/table.ts";
import { evaluateOp } from "../../src/program/evaluate.ts";
import { edges, randomValue, rngOf } from "../helpers/random.ts";

type Expected = (x: number[], dtype: DType) => number;

const wrap = (n: bigint, dtype: DType): number =>
  Number(dtype === "int32" ? BigInt.asIntN(32, n) : BigInt.asUintN(32, n));

const whole =
  (exact: (a: bigint, b: bigint) => bigint, float: (a: number, b: number) => number): Expected =>
  ([a, b = 0], dtype) =>
    isFloat(dtype) ? float(a!, b) : wrap(exact(BigInt(a!), BigInt(b)), dtype);

const bitwise =
  (exact: (a: bigint, b: bigint) => bigint): Expected =>
  ([a, b], dtype) =>
    dtype === "bool" ? Number(exact(BigInt(a!), BigInt(b!))) : wrap(exact(BigInt(a!), BigInt(b!)), dtype);

/** The smaller one: NaN if there is one, -0 before 0. */
function least(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return Object.is(a, -0) ? a : b;
  return a < b ? a : b;
}

function halfEven(x: number): number {
  const low = Math.floor(x);
  if (!Number.isFinite(x) || low === x) return x;
  const up = x - low > 0.5 || (x - low === 0.5 && Math.abs(low % 2) === 1);
  const rounded = up ? low + 1 : low;
  return rounded === 0 && x < 0 ? -0 : rounded;
}

const bitsOf = (x: number): bigint => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0);
};
const fromBits = (bits: bigint): number => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
};

const expected: Partial<Record<OpName, Expected>> = {
  neg: ([x], dtype) => (isFloat(dtype) ? x! * -1 : wrap(-BigInt(x!), dtype)),
  abs: ([x], dtype) =>
    isFloat(dtype) ? (x! < 0 || Object.is(x, -0) ? -x! : x!) : wrap(BigInt(x! < 0 ? -x! : x!), dtype),
  sqrt: ([x]) => Math.sqrt(x!),
  floor: ([x]) => Math.floor(x!),
  ceil: ([x]) => -Math.floor(-x!),
  trunc: ([x]) => (x! < 0 || Object.is(x, -0) ? -Math.floor(-x!) : Math.floor(x!)),
  round: ([x]) => halfEven(x!),
  add: whole(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: whole(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: whole(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  mulHigh: ([a, b]) => wrap((BigInt(a!) * BigInt(b!)) >> 32n, "uint32"),
  div: ([a, b]) => a! / b!,
  min: ([a, b]) => least(a!, b!),
  max: ([a, b], dtype) => (isFloat(dtype) ? -least(-a!, -b!) : a! > b! ? a! : b!),
  pmin: ([a, b]) => (b! < a! ? b! : a!),
  pmax: ([a, b]) => (b! > a! ? b! : a!),
  eq: ([a, b]) => Number(a === b),
  ne: ([a, b]) => Number(!(a === b)),
  lt: ([a, b]) => Number(b! > a!),
  le: ([a, b]) => Number(b! >= a!),
  and: bitwise((a, b) => a & b),
  or: bitwise((a, b) => a | b),
  xor: bitwise((a, b) => a ^ b),
  not: ([x], dtype) => (dtype === "bool" ? Number(!x) : wrap(~BigInt(x!), dtype)),
  shl: ([a, b], dtype) => wrap(BigInt(a!) << (BigInt(b!) & 31n), dtype),
  shr: ([a, b], dtype) => wrap(BigInt(a!) >> (BigInt(b!) & 31n), dtype),
  rotl: ([a, b]) => wrap((BigInt(a!) << (BigInt(b!) & 31n)) | (BigInt(a!) >> (32n - (BigInt(b!) & 31n))), "uint32"),
  exponentOf: ([x]) => Number((bitsOf(x!) >> 52n) & 2047n) - 1023,
  mantissaOf: ([x]) => fromBits((bitsOf(x!) & 0x800fffffffffffffn) | 0x3ff0000000000000n),
  powerOfTwo: ([n]) => fromBits((BigInt(n! + 1023) & 2047n) << 52n),
};

const natives = (Object.keys(table) as OpName[]).filter((op) => {
  const record: OpRecord = table[op];
  return record.kind === "elementwise" && record.scalar !== undefined && record.arity < 3;
});

const column = (dtype: DType, list: readonly number[]): Value => {
  const type: Type = { dtype, shape: [list.length] };
  const out = randomValue(rngOf(0), type);
  list.forEach((x, i) => {
    out.data[i] = x;
  });
  return out;
};

/** All combinations of edge values, one list per operand. */
const combinations = (dtype: DType, arity: number): number[][] => {
  const list = edges[dtype];
  if (arity === 1) return [[...list]];
  return [list.flatMap((a) => list.map(() => a)), list.flatMap(() => [...list])];
};

const cases = natives.flatMap((op) =>
  Object.keys((table[op] as ElementwiseOp).scalar ?? {}).map((dtype): [OpName, DType] => [op, dtype as DType]),
);

describe("native ops on edge values", () => {
  test.each(cases)("%s of %s", (op, dtype) => {
    const define = expected[op]!;
    const { arity } = table[op];
    const operands = combinations(dtype, arity).map((list) => column(dtype, list));
    const result = evaluateOp(op, operands);
    const wanted = column(
      result.dtype,
      Array.from(operands[0]!.data, (_, i) =>
        define(
          operands.map((o) => o.data[i]!),
          dtype,
        ),
      ),
    );
    expect(result).toEqual(wanted);
  });

  test("every native op has a definition here", () => {
    expect(natives.filter((op) => !expected[op])).toEqual([]);
  });
});

describe("conversions", () => {
  const clamp = (x: number, low: number, high: number): number =>
    Number.isNaN(x) ? 0 : x < low ? low : x > high ? high : Number(BigInt(Math.trunc(x)));
  const define = (x: number, from: DType, to: DType): number => {
    if (to === "bool") return x === 0 ? 0 : 1;
    if (to === "float64") return x;
    if (to === "float32") return new DataView(Float32Array.of(x).buffer).getFloat32(0, true);
    if (!isFloat(from)) return wrap(BigInt(x), to);
    return to === "int32" ? clamp(x, -2147483648, 2147483647) : clamp(x, 0, 4294967295);
  };
  const all = Object.keys(edges) as DType[];

  test.each(all.flatMap((from) => all.map((to): [DType, DType] => [from, to])))("%s to %s", (from, to) => {
    const result = evaluateOp("convert", [column(from, edges[from])], { dtype: to });
    expect(result).toEqual(
      column(
        to,
        edges[from].map((x) => define(x, from, to)),
      ),
    );
  });

  test("a bitcast keeps the four bytes", () => {
    const floats = column("float32", [1, -0, 2 ** -149, Infinity]);
    const asUint = evaluateOp("bitcast", [floats], { dtype: "uint32" });
    expect([...asUint.data]).toEqual([0x3f800000, 0x80000000, 1, 0x7f800000]);
    const asInt = evaluateOp("bitcast", [asUint], { dtype: "int32" });
    expect([...asInt.data]).toEqual([0x3f800000, -(2 ** 31), 1, 0x7f800000]);
    expect(evaluateOp("bitcast", [asInt], { dtype: "float32" })).toEqual(floats);
  });
});

describe("shapes of elementwise ops", () => {
  test("scalars meet every element", () => {
    const x = column("float32", [1, 2, 3]);
    const two: Value = { dtype: "float32", shape: [], data: Float32Array.of(2) };
    expect([...evaluateOp("sub", [x, two]).data]).toEqual([-1, 0, 1]);
    expect([...evaluateOp("sub", [two, x]).data]).toEqual([1, 0, -1]);
    const yes: Value = { dtype: "bool", shape: [], data: Uint8Array.of(1) };
    expect(evaluateOp("select", [yes, two, x])).toEqual(column("float32", [2, 2, 2]));
  });

  test("select takes from either side by element", () => {
    const condition = column("bool", [1, 0, 1]);
    const result = evaluateOp("select", [condition, column("int32", [1, 2, 3]), column("int32", [4, 5, 6])]);
    expect(result).toEqual(column("int32", [1, 5, 3]));
  });

  test("arrays without elements stay so", () => {
    const empty: Value = { dtype: "float32", shape: [2, 0], data: new Float32Array(0) };
    expect(evaluateOp("add", [empty, empty])).toEqual(empty);
    expect(evaluateOp("exp", [empty])).toEqual(empty);
  });

  test("float32 is rounded after every op", () => {
    const x = column("float32", [16777216]);
    expect(evaluateOp("add", [x, column("float32", [1])]).data[0]).toBe(16777216);
  });
});
