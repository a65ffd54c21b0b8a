/** Every function of np, and every method, against NumPy's results: with numbers, traced, compiled. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromValue, NdArray } from "../../src/array/ndarray.ts";
import * as np from "../../src/array/np.ts";
import { allocate, type DType, isFloat, type TypedArray } from "../../src/base/dtype.ts";
import type { Value } from "../../src/base/value.ts";
import { threeWays, written } from "../helpers/three-ways.ts";

interface Written {
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: (number | string)[];
  readonly static?: boolean;
}

interface Case {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly ulp: number;
  readonly expected: Written;
}

const file = new URL("../fixtures/numpy.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

const isWritten = (x: unknown): x is Written => typeof x === "object" && x !== null && "data" in x;

const read = ({ dtype, shape, data }: Written): Value => ({
  dtype,
  shape,
  data: allocate(dtype, data.length).map((_, i) => Number(data[i])) as TypedArray,
});

/** Arrays of a call, in order; static ones stay where they are. */
function arraysOf(args: readonly unknown[]): Value[] {
  return args.flatMap((x) => {
    if (Array.isArray(x)) return arraysOf(x);
    return isWritten(x) && !x.static ? [read(x)] : [];
  });
}

/** The call's arguments with other arrays in the place of those found. */
function place(args: readonly unknown[], arrays: NdArray[]): unknown[] {
  return args.map((x) => {
    if (Array.isArray(x)) return place(x, arrays);
    if (!isWritten(x)) return x;
    return x.static ? fromValue(read(x)) : arrays.shift();
  });
}

const ulpOf = (x: number, dtype: DType): number => {
  const [digits, least] = dtype === "float32" ? [23, -126] : [52, -1022];
  return 2 ** (Math.max(least, Math.floor(Math.log2(Math.abs(x) || 2 ** least))) - digits);
};

function check(found: Value, { ulp, expected }: Case): void {
  const { dtype, shape, data } = found;
  expect({ dtype, shape }).toEqual({ dtype: expected.dtype, shape: expected.shape });
  if (ulp === 0 || !isFloat(dtype)) {
    expect(written(data)).toEqual(written(read(expected).data));
    return;
  }
  expected.data.map(Number).forEach((x, i) => {
    const got = data[i]!;
    if (Object.is(got, Math.fround(x)) || Object.is(got, x)) return;
    expect(Math.abs(got - x) / ulpOf(x, dtype), `element ${i}: ${got} for ${x}`).toBeLessThanOrEqual(ulp);
  });
}

type Call = (...args: unknown[]) => NdArray;

const methods = NdArray.prototype as unknown as Record<string, Call | undefined>;

describe.each([...new Set(cases.map(({ name }) => name))])("%s", (name) => {
  const f = (np as unknown as Record<string, Call>)[name] as Call;
  const known = cases.filter((c) => c.name === name);
  test.each(known.map((c, i) => [i, c] as const))("gives what NumPy gives, case %i", (_, c) => {
    const [found] = threeWays((...arrays) => f(...place(c.args, arrays)), arraysOf(c.args));
    check(found!, c);
    // The method's receiver is its first argument.
    if (!Object.hasOwn(methods, name) || !isWritten(c.args[0])) return;
    const [self, ...rest] = place(c.args, arraysOf(c.args).map(fromValue));
    const { value } = methods[name]!.apply(self as NdArray, rest);
    expect([value!.dtype, ...written(value!.data)]).toEqual([found!.dtype, ...written(found!.data)]);
  });
});

test("every function of np is compared with NumPy", () => {
  const compared = new Set(cases.map(({ name }) => name));
  expect(Object.keys(np).filter((name) => !compared.has(name))).toEqual([]);
});

test("what has an array for its first argument is a method too", () => {
  const makers = [
    "where",
    "concatenate",
    "stack",
    "zeros",
    "ones",
    "full",
    "arange",
    "linspace",
    "eye",
    "asarray",
    "array",
  ];
  const functions = ["zerosLike", "onesLike", "fullLike", "segmentSum", "cov", "corrcoef"];
  const expected = Object.keys(np).filter((name) => !makers.includes(name) && !functions.includes(name));
  expect(expected.filter((name) => !Object.hasOwn(methods, name))).toEqual([]);
});
