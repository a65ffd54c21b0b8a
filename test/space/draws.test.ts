import { expect, it } from "vitest";
import { type ColumnSource, fillColumn } from "../../src/base/column.ts";
import { allocate } from "../../src/base/dtype.ts";
import { Parameter, random, Space, UniformAxis, UniformSpace } from "../../src/index.ts";

function columnData(source: ColumnSource, count: number): number[] {
  const out = allocate(source.dtype, count);
  fillColumn(source, 0, count, out);
  return Array.from(out);
}

const kinds = (["threefry", "philox"] as const).flatMap((impl) =>
  (["float32", "float64"] as const).map((dtype) => [impl, dtype] as const),
);
for (const [impl, dtype] of kinds) {
  it(`a UniformAxis holds what random.uniform draws with its sub-key, bit for bit: ${impl}, ${dtype}`, () => {
    const space = new Space(
      { a: new UniformAxis(-2.5, 7.1, 40), b: new UniformAxis(0, 1, 40) },
      { key: random.key(5, { impl }) },
    );
    const keys = random.split(random.key(5, { impl }), 3);
    const [a, b] = space.columns(dtype).map((source) => columnData(source, 40));
    expect(a).toEqual(Array.from(random.uniform(keys.at(1), [40], { low: -2.5, high: 7.1, dtype }).data));
    expect(b).toEqual(Array.from(random.uniform(keys.at(2), [40], { dtype }).data));
  });

  it(`a UniformSpace draws point i as random.uniform draws element i: ${impl}, ${dtype}`, () => {
    const free = (low: number, high: number) => new Parameter("p", low, { low, high, free: true });
    const space = new UniformSpace({ a: free(0.1, 0.2), b: free(-1, 1) }, { N: 33, key: random.key(11, { impl }) });
    const keys = random.split(random.key(11, { impl }), 3);
    const [a, b] = space.columns(dtype).map((source) => columnData(source, 33));
    expect(a).toEqual(Array.from(random.uniform(keys.at(1), [33], { low: 0.1, high: 0.2, dtype }).data));
    expect(b).toEqual(Array.from(random.uniform(keys.at(2), [33], { low: -1, high: 1, dtype }).data));
  });
}
