/** Results that are kept by what they were computed from: no point is computed twice, and no number changes. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GridSpace, np, ParallelExecution, Parameter, random, setHostDeviceCount, UniformSpace } from "lanewise";
import { afterAll, afterEach, expect, test } from "vitest";
import { HashIndex } from "../../src/store/hash-index.ts";

setHostDeviceCount(2);

const folder = mkdtempSync(join(tmpdir(), "lanewise-cache-"));
const executions: { dispose(): void }[] = [];
let folders = 0;
const fresh = (): string => join(folder, `${folders++}`);

afterEach(() => {
  for (const execution of executions.splice(0)) execution.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const free = (name: string) => new Parameter(name, 0, { low: 0, high: 1, free: true });
const grid = (a: number, b: number) => new GridSpace({ a: free("a"), b: free("b") }, { n: { a, b } });

function execute(space = grid(9, 5), factor = 2, fastMath = false) {
  const execution = new ParallelExecution(
    ({ a, b }, scale) => ({ x: a.mul(b).mul(scale).sum(), curve: np.arange(3).add(a) }),
    space,
    { args: [new Float32Array([factor])], fastMath },
  );
  executions.push(execution);
  return execution;
}

const computedBy = (results: { report: { computed: number } }): number => results.report.computed;

test("the same model over the same space is not computed twice", async () => {
  const cache = fresh();
  const first = await execute().run({ cache });
  const second = await execute().run({ cache });
  expect([computedBy(first), computedBy(second)]).toEqual([45, 0]);
  expect(second.toColumns()).toEqual(first.toColumns());
  expect(second.status).toEqual(first.status);
});

test("a space with more on its axes computes its new points alone", async () => {
  const cache = fresh();
  await execute(grid(5, 3)).run({ cache });
  // Every second value of the finer axes is one of the coarser ones.
  const finer = await execute(grid(9, 5)).run({ cache });
  expect(computedBy(finer)).toBe(45 - 15);
  expect(finer.toColumns()).toEqual((await execute(grid(9, 5)).run()).toColumns());
  expect(computedBy(await execute(grid(9, 5)).run({ cache }))).toBe(0);
});

test("another model, other arguments and fastMath have results of their own", async () => {
  const cache = fresh();
  await execute().run({ cache });
  expect(computedBy(await execute(grid(9, 5), 3).run({ cache }))).toBe(45);
  expect(computedBy(await execute(grid(9, 5), 2, true).run({ cache }))).toBe(45);
  expect(readdirSync(cache).filter((name) => !name.startsWith("."))).toHaveLength(3);
});

test("a store is filled from a cache, and fills it", async () => {
  const cache = fresh();
  const stored = await execute().run({ store: `${fresh()}.zarr`, cache, chunk: 7 });
  const again = await execute().run({ store: `${fresh()}.zarr`, cache, chunk: 11 });
  expect([computedBy(stored), computedBy(again)]).toEqual([45, 0]);
  expect(await again.toColumns()).toEqual((await execute().run()).toColumns());
});

test("draws are known by their values", async () => {
  const cache = fresh();
  const draws = (seed: number, N: number) =>
    new UniformSpace({ a: free("a"), b: free("b") }, { N, key: random.key(seed) }) as unknown as ReturnType<
      typeof grid
    >;
  await execute(draws(1, 100)).run({ cache });
  expect(computedBy(await execute(draws(1, 130)).run({ cache }))).toBe(30);
  expect(computedBy(await execute(draws(2, 100)).run({ cache }))).toBe(100);
});

test("a cache that is damaged knows less, and says nothing wrong", async () => {
  const cache = fresh();
  const first = await execute(grid(40, 10)).run({ cache });
  const model = readdirSync(cache).find((name) => !name.startsWith(".")) as string;
  readdirSync(join(cache, model)).forEach((name, k) => {
    const data = readFileSync(join(cache, model, name));
    if (k % 3 === 0) data[(k * 37) % data.length] = (data[(k * 37) % data.length] as number) ^ 4;
    writeFileSync(join(cache, model, name), k % 3 === 1 ? data.subarray(0, (k * 11) % data.length) : data);
  });
  const second = await execute(grid(40, 10)).run({ cache });
  expect(computedBy(second)).toBeGreaterThan(0);
  expect(second.toColumns()).toEqual(first.toColumns());
  expect(computedBy(await execute(grid(40, 10)).run({ cache }))).toBe(0);
});

test("a file is no directory for a cache", async () => {
  const file = fresh();
  writeFileSync(file, "x");
  await expect(execute(grid(4, 10)).run({ cache: file })).rejects.toThrow(
    `cache ${file}: expected a directory that can be written, got a file (ENOTDIR); give the path of a directory`,
  );
});

test("an index finds what was put in, also where hashes are alike", () => {
  const index = new HashIndex();
  for (let i = 0; i < 5000; i++) index.add(i * 7919, i % 13, i);
  for (let i = 0; i < 50; i++) index.add(42, 99, i);
  const found: number[] = [];
  index.each(7919 * 4321, (entry, row) => found.push(entry, row));
  expect(found).toEqual([4321 % 13, 4321]);
  let alike = 0;
  index.each(42, () => void alike++);
  expect(alike).toBe(8);
});
