import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fused } from "../../src/op/fused.ts";

const add32 = fused.fusedAdd.scalar!.float32!;
const add64 = fused.fusedAdd.scalar!.float64!;

/** A fraction of two integers, exactly. */
interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

const plus = (a: Ratio, b: Ratio): Ratio => ({ over: a.over * b.under + b.over * a.under, under: a.under * b.under });
const times = (a: Ratio, b: Ratio): Ratio => ({ over: a.over * b.over, under: a.under * b.under });

/** A finite double as a fraction, digit by digit of its binary text. */
function ratio(x: number): Ratio {
  let [value, under] = [x, 1n];
  while (!Number.isInteger(value)) [value, under] = [value * 2, under * 2n];
  return { over: BigInt(value), under };
}

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** How far `x` is from the fraction, as a fraction. */
const distance = (x: number, exact: Ratio): Ratio => {
  const { over, under } = plus(exact, times(ratio(x), { over: -1n, under: 1n }));
  return { over: size(over), under };
};

const isCloser = (a: Ratio, b: Ratio): boolean => a.over * b.under < b.over * a.under;

const next32 = (x: number, step: number): number => {
  const bits = new Int32Array(new Float32Array([x]).buffer);
  bits[0]! += x === 0 ? 1 : step;
  return new Float32Array(bits.buffer)[0]!;
};
const next64 = (x: number, step: number): number => {
  const bits = new BigInt64Array(new Float64Array([x]).buffer);
  bits[0]! += BigInt(step);
  return new Float64Array(bits.buffer)[0]!;
};

const moderate = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6);

describe("a fused product and sum", () => {
  test("of float32 is the nearest float32 of the exact value", () => {
    const floats = moderate.map(Math.fround);
    fc.assert(
      fc.property(floats, floats, floats, (a, b, c) => {
        const got = Math.fround(add32(a, b, c));
        const exact = plus(times(ratio(a), ratio(b)), ratio(c));
        for (const step of [-1, 1])
          expect(isCloser(distance(next32(got, step), exact), distance(got, exact))).toBe(false);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("of float64 is the nearest float64 of the exact value, also where the product cancels", () => {
    const almost = fc.tuple(moderate, moderate).map(([a, b]) => [a, b, -a * b] as const);
    const cases = fc.oneof(fc.tuple(moderate, moderate, moderate), almost);
    fc.assert(
      fc.property(cases, ([a, b, c]) => {
        const got = add64(a, b, c);
        const exact = plus(times(ratio(a), ratio(b)), ratio(c));
        if (got === 0) expect(exact.over).toBe(0n);
        else {
          for (const step of [-1, 1]) {
            expect(isCloser(distance(next64(got, step), exact), distance(got, exact))).toBe(false);
          }
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test("rounds once where the steps would round twice", () => {
    // 1 + 2^-24 + 2^-47 lies above the middle of two float32; a double sum alone would end on the middle.
    const a = 1 + 2 ** -23;
    expect(Math.fround(add32(a, 2 ** -30, 1 + 2 ** -23))).toBe(1 + 2 ** -23);
    expect(Math.fround(add32(2 ** -24, 1 + 2 ** -23, 1))).toBe(1 + 2 ** -23);
    expect(add64(1 + 2 ** -52, 1 - 2 ** -53, -1)).toBe(2 ** -53 - 2 ** -105);
  });

  test("keeps infinities, NaN and the signs of zeros", () => {
    for (const add of [add32, add64]) {
      expect(add(1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBeNaN();
      expect(add(0, Number.POSITIVE_INFINITY, 1)).toBeNaN();
      expect(add(-0, 1, -0)).toBe(-0);
      expect(add(-0, 1, 0)).toBe(0);
      expect(add(1, 1, -1)).toBe(0);
    }
    expect(add64(1e200, 1e200, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(add64(1e200, 1e200, -1e300)).toBe(Number.POSITIVE_INFINITY);
    expect(add64(2 ** -600, 2 ** -600, 2 ** -1074)).toBe(2 ** -1074);
    expect(add64(-(2 ** -540), 2 ** -540, 0)).toBe(-0);
  });

  test("takes the product away, or something from the product", () => {
    expect(fused.fusedSub.scalar!.float64!(3, 4, 5)).toBe(7);
    expect(fused.fusedNegate.scalar!.float64!(3, 4, 5)).toBe(-7);
  });
});
