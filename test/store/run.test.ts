/** Runs into a store: what is read from it is what a run in memory gives, for products and for other spaces. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GridAxis,
  GridSpace,
  lax,
  type NdArray,
  np,
  openResults,
  ParallelExecution,
  Parameter,
  Space,
  setHostDeviceCount,
  UniformSpace,
} from "lanewise";
import { afterAll, afterEach, expect, test } from "vitest";

setHostDeviceCount(2);

const folder = mkdtempSync(join(tmpdir(), "lanewise-store-"));
const executions: { dispose(): void }[] = [];
let stores = 0;
const fresh = (): string => join(folder, `${stores++}.zarr`);

afterEach(() => {
  for (const execution of executions.splice(0)) execution.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const free = (name: string, low: number, high: number) =>
  new Parameter(name, low, { low, high, free: true, unit: "mV", description: `the ${name}` });
const state = () => ({ a: free("gain", 0, 1), b: { c: free("c", -1, 1) } });
const product = (n = { a: 7, b: { c: 11 } }) => new GridSpace(state(), { n });
const draws = () => new UniformSpace(state(), { N: 100 });

function execute<S extends ReturnType<typeof product> | ReturnType<typeof draws>>(space: S) {
  const execution = new ParallelExecution(
    ({ a, b }) => ({
      sum: a.add(b.c),
      log: np.log(b.c),
      curve: np.arange(3).mul(a),
      above: b.c.greater(0),
      deep: { pair: [a.mul(2), b.c.mul(3)] as const },
    }),
    space as ReturnType<typeof product>,
  );
  executions.push(execution);
  return execution;
}

test.each([
  ["a product", product],
  ["drawn points", draws],
])("a store of %s holds what a run in memory gives", async (_, make) => {
  const execution = execute(make());
  const store = fresh();
  const memory = await execution.run();
  const stored = await execution.run({ store, chunk: 10 });
  const opened = await openResults<typeof memory extends Iterable<infer T> ? T : never>(store);
  for (const results of [stored, opened]) {
    expect(results.length).toBe(memory.length);
    expect(results.dims).toEqual(memory.dims);
    expect(await results.toColumns()).toEqual(memory.toColumns());
    expect(await results.toRows()).toEqual(memory.toRows());
    expect(await results.stacked).toEqual(memory.stacked);
    expect(await results.status).toEqual(memory.status);
    expect(await results.at(13)).toEqual(memory.at(13));
    expect(await results.at(-1)).toEqual(memory.at(-1));
    expect(await results.slice(5, 60, 7).toColumns()).toEqual(memory.slice(5, 60, 7).toColumns());
    expect(await results.slice(60, 5, -9).stacked).toEqual(memory.slice(60, 5, -9).stacked);
    expect(await results.slice(3, 40).status).toEqual(memory.slice(3, 40).status);
    expect(await results.coords).toEqual(memory.coords);
    const points: unknown[] = [];
    for await (const point of results.slice(5, 35)) points.push(point);
    expect(points).toEqual([...memory.slice(5, 35)]);
    const counts = await results.counts();
    expect(counts.ok + counts.notFinite).toBe(memory.length);
    expect(await results.failed()).toEqual(memory.failed());
    expect((await results.slice(30).failed(2)).map(({ index }) => index)).toEqual(
      memory
        .slice(30)
        .failed(2)
        .map(({ index }) => index),
    );
    expect(counts.notFinite).toBe(memory.status.filter((code) => code === 2).length);
  }
});

test("axes of a stored product are selected by value and by position", async () => {
  const execution = execute(product());
  const memory = await execution.run();
  const stored = await execution.run({ store: fresh(), chunk: 11 });
  const chosen = await stored.sel({ a: 0.5 });
  expect(chosen.dims).toEqual(["b.c"]);
  expect(await chosen.toColumns()).toEqual(memory.sel({ a: 0.5 }).toColumns());
  expect(await (await stored.sel({ "b.c": -1 })).stacked).toEqual(memory.sel({ "b.c": -1 }).stacked);
  expect(await stored.isel({ a: -1 }).isel({ "b.c": 2 }).stacked).toEqual(
    memory.isel({ a: -1 }).isel({ "b.c": 2 }).stacked,
  );
  expect((await stored.grid("curve")).shape).toEqual([7, 11, 3]);
  expect((await stored.grid("curve")).data).toEqual(memory.grid("curve").data);
  expect((await chosen.grid("sum")).data).toEqual(memory.sel({ a: 0.5 }).grid("sum").data);
  await expect(stored.sel({ a: 0.51 })).rejects.toThrow(/results.sel: expected a grid value of a, got 0.51/);
  await expect(stored.sel({ x: 0 })).rejects.toThrow(/results.sel: expected a, b.c, got x/);
  await expect(stored.grid("x")).rejects.toThrow(/results.grid: expected one of/);
  await expect(stored.slice(1, 50).grid("sum")).rejects.toThrow(/a slice across several axes/);
  await expect(stored.at(77)).rejects.toThrow(RangeError);
});

test("chunks of a store come as ordinary results, with their parameters", async () => {
  const execution = execute(product());
  const memory = await execution.run();
  const stored = await execution.run({ store: fresh(), chunk: 20 });
  let next = 0;
  for await (const { start, count, results } of stored.slice(5).chunks()) {
    expect(start).toBe(next);
    expect(results.toColumns()).toEqual(memory.slice(5 + start, 5 + start + count).toColumns());
    next += count;
  }
  expect(next).toBe(72);
});

test("a stored table is read in the same blocks as one in memory", async () => {
  const execution = execute(draws());
  const memory = (await execution.run()).table();
  const stored = await (await execution.run({ store: fresh(), chunk: 16 })).table();
  expect(stored.columns).toEqual(memory.columns);
  expect(stored.axes).toEqual(memory.axes);
  const read = async (table: typeof memory) => {
    const blocks: unknown[] = [];
    for await (const block of table.blocks({ size: 33, columns: ["sum", "a"] })) blocks.push(block);
    return blocks;
  };
  expect(await read(stored)).toEqual(await read(memory));
});

test("chunks cut a product along one axis, never across", async () => {
  const store = fresh();
  await execute(product({ a: 3, b: { c: 7 } })).run({ store, chunk: 4 });
  const { chunk_grid, shape, dimension_names } = JSON.parse(readFileSync(join(store, "sum/zarr.json"), "utf8"));
  expect([shape, chunk_grid.configuration.chunk_shape, dimension_names]).toEqual([
    [3, 7],
    [1, 4],
    ["a", "b.c"],
  ]);
  expect(readdirSync(join(store, "sum")).sort()).toEqual(
    ["c.0.0", "c.0.1", "c.1.0", "c.1.1", "c.2.0", "c.2.1", "zarr.json"].sort(),
  );
});

test("names, units and meanings of parameters are attributes of their arrays, dimensions have the model's names", async () => {
  const store = fresh();
  await execute(product()).run({ store, title: "sums", show: "sum", dims: { curve: ["time"] } });
  const group = JSON.parse(readFileSync(join(store, "zarr.json"), "utf8"));
  expect(group.attributes).toEqual({ title: "sums", show: "sum", Conventions: "CF-1.11", coordinates: "a b.c" });
  const { title, show } = await openResults(store);
  expect([title, show]).toEqual(["sums", "sum"]);
  const arrays = group.consolidated_metadata.metadata;
  expect(arrays.a.attributes).toEqual({ long_name: "gain", units: "mV", description: "the gain", low: 0, high: 1 });
  expect(arrays.curve.dimension_names).toEqual(["a", "b.c", "time"]);
  for (const [path, metadata] of Object.entries(arrays)) {
    expect(JSON.parse(readFileSync(join(store, path, "zarr.json"), "utf8"))).toEqual(metadata);
  }
});

test("axes have names, units and meanings as parameters do; without them an axis has its path", async () => {
  const store = fresh();
  const a = new GridAxis(0, 1, 3, { name: "gain", unit: "mV", description: "the gain" });
  const space = new Space({ a, b: { c: new GridAxis(-1, 1, 2) } }, { mode: "product" });
  await execute(space as unknown as ReturnType<typeof product>).run({ store });
  const arrays = JSON.parse(readFileSync(join(store, "zarr.json"), "utf8")).consolidated_metadata.metadata;
  expect(arrays.a.attributes).toEqual({ long_name: "gain", units: "mV", description: "the gain", low: 0, high: 1 });
  expect(arrays["b.c"].attributes).toEqual({ long_name: "b.c", low: -1, high: 1 });
  expect(() => new GridAxis(0, 1, 3, { unit: 5 as unknown as string })).toThrow(
    "GridAxis: expected text as unit, got 5; put it in quotes",
  );
});

test("what a resumed run tells of is what it computed; statuses are those of the whole store", async () => {
  const store = fresh();
  const told = async () => {
    const { report } = await execute(product()).run({ store, resume: true, chunk: 6 });
    return report;
  };
  const runs = () => JSON.parse(readFileSync(join(store, "lanewise.json"), "utf8")).runs.length;
  const first = await told();
  // Logarithms of five values from -1 to -0.2, of seven each, and of 0.
  const statuses = { pending: 0, ok: 35, notFinite: 42, stepLimit: 0, failed: 0 };
  expect(first).toMatchObject({ points: 77, computed: 77, notFinite: 42, statuses });
  rmSync(join(store, "status/c.0.0"));
  const second = await told();
  expect(second).toMatchObject({ points: 77, computed: 6, notFinite: 42, statuses });
  expect(second.pointsPerSecond).toBeCloseTo(6 / second.runSeconds);
  expect(runs()).toBe(2);
  const third = await told();
  expect(third).toMatchObject({ points: 77, computed: 0, pointsPerSecond: 0, notFinite: 42, statuses });
  expect(runs()).toBe(2);
  const { report } = await openResults(store);
  expect(report).toMatchObject({ points: 77, computed: 6, notFinite: 42, statuses });
});

test("lanewise.json says what was run, where and with what", async () => {
  const store = fresh();
  await execute(draws()).run({ store });
  const { identity, program, runs, format, version } = JSON.parse(readFileSync(join(store, "lanewise.json"), "utf8"));
  expect([format, version]).toEqual(["lanewise-store", 1]);
  expect(program.format).toBe("lanewise-program");
  expect(identity).toMatchObject({
    dtype: "float32",
    fastMath: false,
    space: { points: 100 },
    key: { a: [expect.any(Number), expect.any(Number)] },
  });
  expect(identity.program).toMatch(/^[0-9a-f]{64}$/);
  expect(runs).toEqual([expect.objectContaining({ points: 100, version: expect.stringMatching(/^\d/) })]);
  expect(runs[0].git).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
});

test("an empty space makes an empty store", async () => {
  const space = product().slice(0, 0);
  const execution = new ParallelExecution(({ a }) => a, space as ReturnType<typeof product>);
  executions.push(execution);
  const stored = await execution.run({ store: fresh() });
  expect([stored.length, await stored.toRows()]).toEqual([0, []]);
});

test("why points failed is kept, and is there before their chunk counts; a run that replaces the store forgets it", async () => {
  const space = new Space({ x: new GridAxis(-2, 2, 5) });
  const endless = ({ x }: { x: NdArray }) =>
    lax.whileLoop(
      (k) => k.less(1),
      (k) => k.add(np.where(x.equal(0), 0, 1)),
      x,
    );
  const execution = new ParallelExecution(endless, space, { nVmap: 1, nPmap: 1, deviceTimeout: 200 });
  executions.push(execution);
  const store = fresh();
  const stored = await execution.run({ store, chunk: 2 });
  const failed = [{ index: 2, parameters: { x: 0 }, status: "failed", reason: "it was silent for 0.2 s" }];
  expect(await stored.failed()).toEqual(failed);
  const opened = await openResults(store);
  expect(await opened.failed()).toEqual(failed);
  expect((await opened.slice(1, 4).load()).failed()).toEqual([{ ...failed[0], index: 1 }]);
  // It is for people: who loses it loses the reason alone.
  const file = join(store, ".lanewise/failed-1.json");
  writeFileSync(file, "{");
  const [{ reason, ...rest } = { reason: "" }] = await opened.failed();
  expect([reason, rest]).toEqual([undefined, expect.objectContaining({ index: 2, status: "failed" })]);
  expect((await execution.run({ store, chunk: 2, resume: true })).length).toBe(5);
  const whole = new ParallelExecution(({ x }: { x: NdArray }) => x.mul(1), space, { nPmap: 1 });
  executions.push(whole);
  await whole.run({ store, overwrite: true });
  expect(existsSync(file)).toBe(false);
});
