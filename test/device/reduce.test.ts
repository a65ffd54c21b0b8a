/** Reductions of blocks, without devices: fast-check prints the seed of a failure. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockAt, blockCount, blocksOf, pointsOf } from "../../src/device/reduce/blocks.ts";
import type { RangeHistogram, WideningHistogram } from "../../src/device/reduce/histogram.ts";
import type { Extremes, Moments, Sum } from "../../src/device/reduce/moments.ts";
import { NumberReader, NumberWriter } from "../../src/device/reduce/numbers.ts";
import type { Sketch } from "../../src/device/reduce/sketch.ts";
import { type Accumulation, type MergedState, mergeStates, readState, stateOf } from "../../src/device/reduce/state.ts";

const settings = { seed: 20_261, numRuns: 200 };

describe("blocks", () => {
  test("are all points of all cells, each once, in order", () => {
    const cells = fc.integer({ min: 1, max: 500 });
    const points = fc.integer({ min: 1, max: 70_000 });
    const bytes = fc.constantFrom(1, 5, 4097, 2 ** 21);
    fc.assert(
      fc.property(cells, points, bytes, (n, m, size) => {
        const blocks = blocksOf(n, m, size);
        fc.pre(blockCount(blocks) < 1500);
        let next = 0;
        for (let k = 0; k < blockCount(blocks); k++) {
          const block = blockAt(blocks, k);
          const { start, count, cell, cells: whole, complete } = block;
          const right =
            start === next &&
            cell === Math.floor(start / m) &&
            count <= blocks.most &&
            complete === ((start + count) % m === 0) &&
            (whole === 1 || count === whole * m);
          if (!right) expect.fail(`block ${k} of ${n} cells of ${m} points: ${JSON.stringify(block)}`);
          next += count;
        }
        expect(next).toBe(n * m);
        expect(pointsOf(blocks, 0, blockCount(blocks))).toBe(n * m);
      }),
      settings,
    );
  });

  test("count beyond 2^32 points", () => {
    const blocks = blocksOf(3, 2 ** 33 + 5, 4);
    expect(blockCount(blocks)).toBe(3 * (2 ** 19 + 1));
    expect(blockAt(blocks, 2 ** 19)).toEqual({ start: 2 ** 33, count: 5, cell: 0, cells: 1, complete: true });
    expect(blockAt(blocks, 2 ** 19 + 1)).toMatchObject({ start: 2 ** 33 + 5, cell: 1 });
  });
});

/** Numbers in parts, each reduced by itself, written, read and merged in order. */
function reduced<S>(how: Accumulation, numbers: readonly number[], parts: readonly number[]): S {
  let state: MergedState | undefined;
  let at = 0;
  for (const part of [...parts, numbers.length]) {
    const block = Float64Array.from(numbers.slice(at, at + part));
    at += part;
    const out = new NumberWriter();
    stateOf(how, block, block.length).write(out);
    const read = readState(how, new NumberReader(out.done())) as MergedState;
    if (state) mergeStates(state, read);
    else state = read;
  }
  return state as S;
}

const numbers = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -5, max: 5 }),
  ),
  { maxLength: 60 },
);
const parts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 });

describe("a histogram that widens", () => {
  const state = (xs: readonly number[], cuts: readonly number[], bins: number): WideningHistogram =>
    reduced({ kind: "widening", bins }, xs, cuts);

  test("has the same bins in whatever order and parts the numbers come, and every number in its bin", () => {
    fc.assert(
      fc.property(numbers, parts, fc.integer({ min: 2, max: 40 }), (xs, cuts, bins) => {
        const whole = state(xs, [], bins);
        const backwards = state(xs.toReversed(), cuts, bins);
        expect([...backwards.counts]).toEqual([...whole.counts]);
        expect([...backwards.edges()]).toEqual([...whole.edges()]);
        const edges = whole.edges();
        const inBin = (k: number): number => xs.filter((x) => x >= edges[k]! && x < edges[k + 1]!).length;
        expect([...whole.counts]).toEqual(Array.from({ length: bins }, (_, k) => inBin(k)));
      }),
      settings,
    );
  });

  test("uses at least half of its bins where numbers are far apart", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 200 }), (x, bins) => {
        const { counts } = state([-x, 0, x / 3, x], [], bins);
        expect(counts.findLastIndex((n) => n > 0) + 1).toBeGreaterThan(bins / 2 - 1);
      }),
      settings,
    );
  });

  test("counts what has no bin", () => {
    const { counts, outside } = state([1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3], [2], 4);
    expect([counts.reduce((a, b) => a + b), outside]).toEqual([3, 2]);
  });
});

describe("the moments of parts", () => {
  const moderate = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 60 });

  test("are those of all", () => {
    fc.assert(
      fc.property(moderate, parts, fc.constantFrom(0, 1e6), (xs, cuts, offset) => {
        const shifted = xs.map((x) => x + offset);
        const mean = shifted.reduce((a, b) => a + b, 0) / xs.length;
        const variance = shifted.reduce((a, x) => a + (x - mean) ** 2, 0) / (xs.length - 1);
        const moments = reduced<Moments>({ kind: "moments" }, shifted, cuts);
        expect(Math.abs(moments.variance(1) - variance)).toBeLessThanOrEqual(1e-9 * (1 + variance));
        const { min, max } = reduced<Extremes>({ kind: "extremes" }, shifted, cuts);
        expect([min, max]).toEqual([Math.min(...shifted), Math.max(...shifted)]);
      }),
      settings,
    );
  });

  test("lose nothing to large sums that cancel", () => {
    const sum = reduced<Sum>({ kind: "sum" }, [1e16, 1, -1e16, 1], [1, 1, 1]);
    expect(sum.value).toBe(2);
  });

  test("are NaN of too few", () => {
    expect(reduced<Moments>({ kind: "moments" }, [3], []).variance(1)).toBeNaN();
    expect(reduced<Moments>({ kind: "moments" }, [3], []).variance(0)).toBe(0);
  });
});

describe("a histogram between ends", () => {
  test("counts by its edges, the last bin with both of them", () => {
    fc.assert(
      fc.property(numbers, parts, fc.integer({ min: 2, max: 30 }), (xs, cuts, bins) => {
        const [low, high] = [-3, 4.7];
        const width = (high - low) / bins;
        const edge = (k: number): number => (k === bins ? high : low + k * width);
        const { counts, outside } = reduced<RangeHistogram>({ kind: "range", bins, low, high }, xs, cuts);
        const inBin = (k: number): number =>
          xs.filter((x) => x >= edge(k) && (x < edge(k + 1) || (k === bins - 1 && x === high))).length;
        expect([...counts]).toEqual(Array.from({ length: bins }, (_, k) => inBin(k)));
        expect(outside).toBe(xs.filter((x) => x < low || x > high).length);
      }),
      settings,
    );
  });
});

describe("quantiles", () => {
  const shares = [0, 0.01, 0.25, 0.5, 0.9, 1];

  test("of few numbers are exact", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        parts,
        (xs, cuts) => {
          const sorted = Float64Array.from(xs).sort();
          const exact = shares.map((q) => {
            const at = q * (sorted.length - 1);
            const low = sorted[Math.floor(at)]!;
            return at % 1 === 0 ? low : low + (sorted[Math.floor(at) + 1]! - low) * (at % 1);
          });
          expect(reduced<Sketch>({ kind: "sketch" }, xs, cuts).quantiles(shares)).toEqual(exact);
        },
      ),
      settings,
    );
  });

  test.each(["ascending", "descending", "spread", "alike"])("of many %s numbers keep the promised ranks", (kind) => {
    const n = 300_000;
    const number = {
      ascending: (i: number) => i,
      descending: (i: number) => -i,
      spread: (i: number) => (i * 7919) % n,
      alike: (i: number) => i % 3,
    };
    const xs = Array.from({ length: n }, (_, i) => number[kind as keyof typeof number](i));
    const cuts = Array.from({ length: 30 }, (_, i) => 1000 * ((i * 7) % 17));
    const sorted = Float64Array.from(xs).sort();
    const bound = (n / 4096) * (1 + Math.log2(n / 4096)) + 1;
    const found = reduced<Sketch>({ kind: "sketch" }, xs, cuts).quantiles(shares);
    shares.forEach((q, i) => {
      // Equal numbers have all ranks from the first of them to the last.
      const first = sorted.findIndex((x) => x >= found[i]!);
      const last = sorted.findLastIndex((x) => x <= found[i]!);
      const rank = q * (n - 1);
      expect(Math.max(first - rank, rank - last, 0)).toBeLessThanOrEqual(bound);
    });
    expect([found[0], found.at(-1)]).toEqual([sorted[0], sorted.at(-1)]);
  });
});
