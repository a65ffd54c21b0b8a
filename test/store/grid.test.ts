/** Chunks of the index that are cells of a regular grid, their files, and the checksum in them. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkBytes, encodeChunk, faultOf } from "../../src/store/chunk.ts";
import { crc32c } from "../../src/store/crc32c.ts";
import { chunkOf, defaultChunk, gridFrom, gridOf, indexOf, placeOf, rangeOf } from "../../src/store/grid.ts";
import { pathsOf } from "../../src/store/layout.ts";

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
const check = (property: fc.IProperty<[number[], number]>): void => fc.assert(property, { seed: 1, numRuns: 100 });

describe("chunks of any product", () => {
  test("are all its points, once each, in order, and none is larger than wanted", () => {
    check(
      fc.property(sizes, fc.integer({ min: 1, max: 400 }), (lengths, wanted) => {
        const grid = gridOf(lengths, wanted);
        let next = 0;
        for (let index = 0; index < grid.chunks; index++) {
          const { start, count } = rangeOf(grid, index);
          expect(start).toBe(next);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(Math.min(wanted, grid.most));
          expect([chunkOf(grid, start), chunkOf(grid, start + count - 1)]).toEqual([index, index]);
          expect(indexOf(grid, placeOf(grid, index))).toBe(index);
          next += count;
        }
        expect(next).toBe(grid.points);
        expect(gridFrom(grid.sizes, grid.chunk)).toEqual(grid);
      }),
    );
  });

  test("are cells of a regular grid: the first point of each is where its place says", () => {
    check(
      fc.property(sizes, fc.integer({ min: 1, max: 400 }), (lengths, wanted) => {
        const grid = gridOf(lengths, wanted);
        for (let index = 0; index < grid.chunks; index++) {
          const corner = placeOf(grid, index).map((at, i) => at * (grid.chunk[i] as number));
          const point = corner.reduce((sum, at, i) => sum * (lengths[i] as number) + at, 0);
          expect(rangeOf(grid, index).start).toBe(point);
        }
      }),
    );
  });
});

test("chunks have one to sixteen megabytes where there is enough, and a run has many of them", () => {
  expect(defaultChunk(1e8, 4) * 4).toBe(2 * 2 ** 20);
  expect(defaultChunk(1e8, 8) * 8).toBe(2 * 2 ** 20);
  expect(gridOf([10_000, 10_000], defaultChunk(1e8, 4)).chunk).toEqual([52, 10_000]);
  expect(gridOf([100, 10_000_019], defaultChunk(1e9, 4)).chunk).toEqual([1, 500_001]);
  expect(gridOf([100_000], defaultChunk(100_000, 4)).chunks).toBe(64);
  expect(gridOf([1000], defaultChunk(1000, 4)).most).toBe(125);
  expect(defaultChunk(1e6, 1e9)).toBe(1);
});

test("CRC-32C is that of the standard", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(crc32c(bytes("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("CRC-32C of parts, at any place in memory, is that of the whole", () => {
  const data = Uint8Array.from({ length: 300 }, (_, i) => (i * 73) ^ (i >> 3));
  const whole = crc32c(data);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 16 }), (cut, shift) => {
      const moved = new Uint8Array(shift + 300);
      moved.set(data, shift);
      const [head, tail] = [moved.subarray(shift, shift + cut), moved.subarray(shift + cut)];
      expect(crc32c(tail, crc32c(head))).toBe(whole);
    }),
    { seed: 1 },
  );
});

test("a chunk's file is found damaged whichever bit is flipped, and however short it is", () => {
  const parts = encodeChunk(new Float32Array([1, Number.NaN, -0]), 5, Number.NaN);
  const file = new Uint8Array(Buffer.concat(parts));
  const bytes = chunkBytes(5, 4);
  expect(faultOf(file, bytes)).toBeUndefined();
  expect([...new Float32Array(file.buffer.slice(0, 20))]).toEqual([1, Number.NaN, -0, Number.NaN, Number.NaN]);
  for (let bit = 0; bit < file.length * 8; bit++) {
    const flipped = file.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(faultOf(flipped, bytes)).toBe("bytes that do not fit its checksum");
  }
  for (let length = 0; length < file.length; length++) {
    expect(faultOf(file.slice(0, length), bytes)).toBe(`${length} bytes instead of 24`);
  }
});

test("names become paths that file systems and addresses take, different ones for different names", () => {
  expect(pathsOf(["coupling.G", "[0].rate", "a/b", "a b", "A B", "status", "..", "", "zarr.json", "__x"])).toEqual([
    "coupling.G",
    "[0].rate",
    "a_b",
    "a_b_2",
    "A_B_3",
    "status_2",
    "array_2",
    "array_3",
    "zarr.json_2",
    "x",
  ]);
});
