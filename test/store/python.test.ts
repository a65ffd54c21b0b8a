/** Stores as xarray and zarr-python see them, with every warning an error. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataAxis, GridAxis, GridSpace, np, ParallelExecution, Parameter, Space, UniformSpace } from "lanewise";
import { afterAll, expect, test, vi } from "vitest";
import { pythonHas, runPython } from "../support/python.ts";

const has = pythonHas(["xarray", "zarr"]);
const there = has.xarray && has.zarr;

// The first import of these packages compiles them.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "lanewise-python-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says what it found as JSON; numbers that JSON does not know come as text. */
function ask(store: string, text: string): unknown {
  const file = join(folder, "ask.py");
  const head = `
import json, sys, warnings
warnings.simplefilter("error")
import numpy as np, xarray as xr, zarr
store = sys.argv[1]
def say(x):
    if isinstance(x, float) and not np.isfinite(x): return str(x)
    if isinstance(x, dict): return {k: say(v) for k, v in x.items()}
    return [say(v) for v in x] if isinstance(x, (list, tuple)) else x
`;
  writeFileSync(file, `${head}${text}\n`);
  return runPython(file, [store]);
}

/** The same for values on this side. */
const words = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" } as const;
const said = (values: Iterable<number>): (number | string)[] =>
  [...values].map((x) => (Number.isFinite(x) ? x : words[String(x) as keyof typeof words]));

const free = (name: string, low: number, high: number) =>
  new Parameter(name, low, { low, high, free: true, unit: "ms", description: "a delay" });
const state = () => ({ a: free("a", 0, 1), b: { c: free("c", -1, 1) } });

async function storeOf(name: string, space: GridSpace<ReturnType<typeof state>>) {
  const execution = new ParallelExecution(
    ({ a, b }) => ({ x: np.log(a.add(b.c)), above: b.c.greater(0), curve: np.arange(3).mul(a) }),
    space,
  );
  const store = join(folder, name);
  const stored = await execution.run({ store, title: "delays", dims: { curve: ["time"] }, chunk: 7 });
  execution.dispose();
  return { store, columns: await stored.toColumns(), status: [...(await stored.status)] };
}

const values = `
ds = xr.open_zarr(store)
print(json.dumps(say({n: ds[n].values.ravel().tolist() for n in ["a", "b.c", "x", "above", "curve", "status"]})))`;

const names = `
ds = xr.open_zarr(store)
print(json.dumps({
  "attrs": ds.attrs, "sizes": dict(ds.sizes), "coords": {n: list(c.dims) for n, c in ds.coords.items()},
  "data": {n: [list(v.dims), str(v.dtype)] for n, v in ds.data_vars.items()}, "a": ds.a.attrs,
}))`;

const attributes = { long_name: "a", units: "ms", description: "a delay", low: 0, high: 1 };

test.skipIf(!there)("xarray finds the dimensions, coordinates, attributes and values of a product", async () => {
  const { store, columns, status } = await storeOf(
    "product.zarr",
    new GridSpace(state(), { n: { a: 4, b: { c: 5 } } }),
  );
  expect(ask(store, names)).toEqual({
    attrs: { title: "delays", Conventions: "CF-1.11" },
    sizes: { a: 4, "b.c": 5, time: 3 },
    coords: { a: ["a"], "b.c": ["b.c"] },
    data: {
      above: [["a", "b.c"], "bool"],
      curve: [["a", "b.c", "time"], "float32"],
      status: [["a", "b.c"], "uint8"],
      x: [["a", "b.c"], "float32"],
    },
    a: attributes,
  });
  expect(ask(store, values)).toEqual({
    a: [0, 1 / 3, 2 / 3, 1],
    "b.c": [-1, -0.5, 0, 0.5, 1],
    x: said(columns.x as Float32Array),
    above: [...(columns.above as Uint8Array)].map((x) => x === 1),
    curve: said(columns.curve as Float32Array),
    status,
  });
  expect(ask(store, 'ds = xr.open_zarr(store)\nprint(float(ds.curve.sel(a=1, **{"b.c": 0.5}).isel(time=2)))')).toBe(2);
});

test.skipIf(!there)("xarray finds the points of other spaces with a coordinate for each parameter", async () => {
  const space = new UniformSpace(state(), { N: 23 }) as unknown as GridSpace<ReturnType<typeof state>>;
  const { store, columns, status } = await storeOf("points.zarr", space);
  expect(ask(store, names)).toEqual({
    attrs: { title: "delays", Conventions: "CF-1.11" },
    sizes: { point: 23, time: 3 },
    coords: { a: ["point"], "b.c": ["point"] },
    data: {
      above: [["point"], "bool"],
      curve: [["point", "time"], "float32"],
      status: [["point"], "uint8"],
      x: [["point"], "float32"],
    },
    a: attributes,
  });
  expect(ask(store, values)).toEqual({
    a: said(columns.a as Float32Array),
    "b.c": said(columns["b.c"] as Float32Array),
    x: said(columns.x as Float32Array),
    above: [...(columns.above as Uint8Array)].map((x) => x === 1),
    curve: said(columns.curve as Float32Array),
    status,
  });
});

test.skipIf(!there)("zarr-python opens every array, and finds a flipped bit by its checksum", async () => {
  const { store } = await storeOf("zarr.zarr", new GridSpace(state(), { n: 5 }));
  const read = `
group = zarr.open_group(store, mode="r")
print(json.dumps({n: [list(a.shape), list(a.chunks), str(a.fill_value)] for n, a in sorted(group.arrays())}))`;
  expect(ask(store, read)).toEqual({
    a: [[5], [5], "nan"],
    above: [[5, 5], [1, 5], "False"],
    "b.c": [[5], [5], "nan"],
    curve: [[5, 5, 3], [1, 5, 3], "nan"],
    status: [[5, 5], [1, 5], "0"],
    x: [[5, 5], [1, 5], "nan"],
  });
  const file = join(store, "x/c.2.0");
  const bytes = readFileSync(file);
  bytes[3] = (bytes[3] as number) ^ 1;
  writeFileSync(file, bytes);
  const fails = `
try:
    zarr.open_group(store, mode="r")["x"][:]
    print("null")
except Exception as error:
    print(json.dumps(str(error)))`;
  expect(ask(store, fails)).toMatch(/checksum/i);
});

test.skipIf(!there)("axes that move together are coordinates of one dimension", async () => {
  const space = new Space(
    {
      p: new GridAxis(0, 1, 3, { group: "pair" }),
      q: new DataAxis([4, 5, 6], { group: "pair" }),
      r: new GridAxis(-1, 1, 2),
    },
    { mode: "product" },
  );
  const execution = new ParallelExecution(({ p, q, r }) => p.add(q).mul(r), space);
  const store = join(folder, "groups.zarr");
  await execution.run({ store });
  execution.dispose();
  const text = `
ds = xr.open_zarr(store)
print(json.dumps([dict(ds.sizes), {n: list(c.dims) for n, c in sorted(ds.coords.items())}, ds.value.values.tolist(), ds.q.values.tolist()]))`;
  expect(ask(store, text)).toEqual([
    { pair: 3, r: 2 },
    { p: ["pair"], q: ["pair"], r: ["r"] },
    [
      [-4, 4],
      [-5.5, 5.5],
      [-7, 7],
    ],
    [4, 5, 6],
  ]);
});
