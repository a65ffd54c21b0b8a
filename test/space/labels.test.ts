/** What parameters and axes say of themselves, on its way to stores, tables, reports and pictures. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { overrideSpace } from "../../src/cli/overrides.ts";
import { picture } from "../../src/cli/picture.ts";
import {
  type AbstractSpace,
  DataAxis,
  DataSpace,
  GridAxis,
  GridSpace,
  LogGridAxis,
  openResults,
  ParallelExecution,
  Parameter,
  Space,
  UniformAxis,
  UniformSpace,
} from "../../src/index.ts";
import { reportHtml } from "../../src/report/report.ts";

type AnySpace = AbstractSpace<unknown, unknown>;

const folder = mkdtempSync(join(tmpdir(), "label-"));
afterAll(() => rmSync(folder, { recursive: true }));

const delay = { name: "conduction delay", unit: "ms", description: "from one end to the other" };
const free = { low: 0, high: 1, free: true };
const parameter = () => new Parameter(delay.name, 0.5, { ...free, unit: delay.unit, description: delay.description });
const gain = () => new Parameter("gain", 0.5, { ...free, unit: "mV" });

const spaces: [string, () => AnySpace][] = [
  ["a parameter of a GridSpace", () => new GridSpace({ d: parameter() }, { n: 3 })],
  ["a parameter of a UniformSpace", () => new UniformSpace({ d: parameter() }, { N: 3 })],
  ["a parameter of a DataSpace", () => new DataSpace({ d: new Parameter(delay.name, [1, 2, 3], { ...delayOf() }) })],
  ["a GridAxis", () => new Space({ d: new GridAxis(0, 1, 3, delay) }, { mode: "product" })],
  ["a LogGridAxis", () => new Space({ d: new LogGridAxis(0.1, 1, 3, delay) }, { mode: "product" })],
  ["a UniformAxis", () => new Space({ d: new UniformAxis(0, 1, 3, delay) })],
  ["a DataAxis", () => new Space({ d: new DataAxis([1, 2, 3], delay) })],
  ["a DataAxis of a DataSpace", () => new DataSpace({ d: new DataAxis([1, 2, 3], delay) })],
  ["a slice", () => new Space({ d: new GridAxis(0, 1, 5, delay) }).slice(1, 4)],
  ["a grid with --axis over the parameter", () => overrideSpace(grid(), [], ["d=0:3:3"])],
  ["a grid with --axis log over the parameter", () => overrideSpace(grid(), [], ["d=1:3:3:log"])],
  ["a grid with --axis over another parameter", () => overrideSpace(grid(), [], ["g=0:3:2"])],
  ["a grid with --set of another parameter", () => overrideSpace(grid(), ["g=1"], [])],
  ["--axis over an axis", () => overrideSpace(new Space({ d: new GridAxis(0, 1, 3, delay) }), [], ["d=0:3:4"])],
];

function delayOf() {
  const { name: _, ...said } = delay;
  return { ...said, free: true };
}

const grid = (): AnySpace => new GridSpace({ d: parameter(), g: gain() }, { n: 3 }) as AnySpace;

test.each(spaces)("%s says what it is in results, in a store and in a table", async (_, make) => {
  const space = make();
  expect(space.labels.d).toEqual(delay);
  const execution = new ParallelExecution((s) => (s as { d: { mul(x: number): never } }).d.mul(2), space, { nPmap: 1 });
  const store = mkdtempSync(join(folder, "store-"));
  const [inMemory] = [await execution.run(), await execution.run({ store })];
  const opened = await openResults(store);
  for (const results of [inMemory, opened, await opened.load()]) {
    expect(results.labels).toEqual(space.labels);
    expect((await results.table()).columns.find(({ name }) => name === "d")?.labels).toEqual(delay);
  }
  const { attributes } = JSON.parse(readFileSync(join(store, "d", "zarr.json"), "utf8"));
  expect(attributes).toMatchObject({ long_name: delay.name, units: delay.unit, description: delay.description });
});

test("axes that remain after a reduction keep their labels, others lose them", async () => {
  const space = new GridSpace({ d: parameter(), g: gain() }, { n: 3 });
  const execution = new ParallelExecution(({ d, g }) => d.mul(g), space, { nPmap: 1 });
  expect((await execution.run({ reduce: { value: "mean" }, over: ["g"] })).labels).toEqual({ d: delay });
  expect((await execution.run({ reduce: { value: "mean" } })).labels).toEqual({});
});

test("a report tells units and meanings, a picture in the terminal has the unit beside the axis", async () => {
  const space = new GridSpace({ d: parameter(), g: gain() }, { n: 3 });
  const results = await new ParallelExecution(({ d, g }) => d.mul(g), space, { nPmap: 1 }).run();
  const html = await reportHtml(results);
  expect(html).toContain(
    '<th scope="row">d</th><td>conduction delay</td><td>ms</td><td>from one end to the other</td>',
  );
  expect(html).toContain('"path":"d","unit":"ms"');
  vi.stubEnv("NO_COLOR", "1");
  const drawn = await picture(results.table(), "value");
  vi.unstubAllEnvs();
  expect(drawn).toContain("d (ms)");
  expect(drawn).toContain("g (mV)");
});

test("an axis over a parameter with a shape keeps the shape", () => {
  const state = { d: new Parameter("d", 1, { ...free, shape: [2] }) };
  const space = overrideSpace(new GridSpace(state) as AnySpace, [], ["d=0:3:4"]);
  expect((space.at(3) as { d: { shape: number[] } }).d.shape).toEqual([2]);
});

test("what is no text is refused as name, unit and description", () => {
  for (const option of ["name", "unit", "description"]) {
    const options = { [option]: 3 } as object;
    expect(() => new GridAxis(0, 1, 2, options)).toThrow(`GridAxis: expected text as ${option}, got 3`);
  }
});
