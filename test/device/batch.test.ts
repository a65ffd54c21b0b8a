import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate, type DType, dtypes } from "../../src/base/dtype.ts";
import { type Blocks, markFinished, type Place, readBlocks, Views, writeBlocks } from "../../src/device/batch.ts";
import { Pace } from "../../src/device/pace.ts";

describe("blocks", () => {
  const setting = fc.record({
    dtype: fc.constantFrom(...dtypes),
    elements: fc.integer({ min: 1, max: 5 }),
    points: fc.constantFrom(1, 4, 8, 16),
    count: fc.integer({ min: 1, max: 40 }),
    start: fc.integer({ min: 0, max: 9 }),
  });

  test("give back what was written, and repeat the last point in lanes without one", () => {
    fc.assert(
      fc.property(setting, ({ dtype, elements, points, count, start }) => {
        const memory = new WebAssembly.Memory({ initial: 1 });
        const bytes = Math.max(4, allocate(dtype, 1).BYTES_PER_ELEMENT);
        const place: Place = { dtype, elements, offset: 64 };
        const blocks: Blocks = { address: 128, stride: 64 + elements * points * bytes, points };
        const column = allocate(dtype, count * elements).map((_, i) => (dtype === "bool" ? i % 2 : i + 1));
        const view = new Views(memory).of(dtype);
        writeBlocks(view, blocks, place, column, count);
        const back = allocate(dtype, (start + count) * elements);
        readBlocks(view, blocks, place, back, start, count);
        expect(back.slice(start * elements)).toEqual(column);
        const chunks = Math.ceil(count / points);
        const padded = allocate(dtype, chunks * points * elements);
        readBlocks(view, blocks, place, padded, 0, chunks * points);
        for (let p = count; p < chunks * points; p++) {
          const last = column.slice((count - 1) * elements);
          expect(padded.slice(p * elements, (p + 1) * elements)).toEqual(last);
        }
      }),
      { seed: 1 },
    );
  });

  test("hold booleans as masks of 32 bits", () => {
    const view = new Views(new WebAssembly.Memory({ initial: 1 })).of("bool");
    const blocks: Blocks = { address: 0, stride: 64, points: 4 };
    writeBlocks(view, blocks, { dtype: "bool", elements: 1, offset: 0 }, Uint8Array.of(1, 0, 1), 3);
    expect([...view.subarray(0, 4)]).toEqual([-1, 0, -1, -1]);
  });

  test("are seen anew when the memory has grown", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const views = new Views(memory);
    expect(views.of("float32").length).toBe(16384);
    memory.grow(1);
    expect(views.of("float32").length).toBe(32768);
    expect(views.of("float32")).toBe(views.of("float32"));
  });
});

test("a point is not finite when one of its floats is NaN or infinite", () => {
  const floats: { dtype: DType; shape: readonly number[] } = { dtype: "float32", shape: [2] };
  const columns = {
    data: [Float32Array.of(9, 9, 1, 2, Number.NaN, 1, 3, -Infinity, 0, -0), Int32Array.of(0, 1, 2, 3, 4)],
    status: new Uint8Array(5),
  };
  expect(markFinished(columns, [floats, { dtype: "int32", shape: [] }], 1, 4)).toBe(2);
  expect([...columns.status]).toEqual([0, 1, 2, 2, 1]);
});

describe("the pace of claims", () => {
  test("grows while claims take less than 20 ms, and shrinks when they take more", () => {
    const pace = new Pace(8, 2);
    expect(pace.next(1e9)).toBe(8);
    pace.record(8, 0.001);
    expect(pace.next(1e9)).toBe(32);
    pace.record(32, 0.01);
    expect(pace.next(1e9)).toBe(64);
    pace.record(64, 1);
    expect(pace.next(1e9)).toBe(8);
  });

  test("leaves the other devices their part of what remains", () => {
    const pace = new Pace(10, 2);
    for (let i = 0; i < 10; i++) pace.record(pace.next(1e9), 1e-9);
    expect(pace.next(4000)).toBe(1000);
    expect(pace.next(39)).toBe(10);
    expect(pace.next(1)).toBe(10);
  });
});
