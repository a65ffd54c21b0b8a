/** What executions refuse, each with its sentence. */

import { expect, test } from "vitest";
import {
  GridSpace,
  type NdArray,
  ParallelExecution,
  Parameter,
  SequentialExecution,
  setHostDeviceCount,
} from "../../src/index.ts";

const space = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 1000 });
const model = ({ a }: { a: NdArray }): NdArray => a;

setHostDeviceCount(2);

// Wrong types on purpose: what a user without TypeScript may write.
// biome-ignore lint/suspicious/noExplicitAny: see above
const make = (...args: any[]) => {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const Class = ParallelExecution as any;
  return () => new Class(...args);
};

test.each([
  ["a model that is no function", make(3, space)],
  ["a space that is none", make(model, { N: 3 })],
  ["no space", make(model)],
  ["args that are no list", make(model, space, { args: 3 })],
  ["kwargs that are no record", make(model, space, { kwargs: [1] })],
  ["a batch of none", make(model, space, { nVmap: 0 })],
  ["a batch of 2.5", make(model, space, { nVmap: 2.5 })],
  ["a batch of a word", make(model, space, { nVmap: "all" })],
  ["no device", make(model, space, { nPmap: 0 })],
  ["more devices than there are", make(model, space, { nPmap: 3 })],
  ["a dtype that is no float", make(model, space, { dtype: "int32" })],
  ["an unknown target", make(model, space, { target: "gpu" })],
  ["shared memory that is neither", make(model, space, { sharedMemory: 1 })],
  ["a misspelt option", make(model, space, { n_vmap: 5 })],
  ["a number in place of options", make(model, space, 5)],
  ["a budget that is no number", make(model, space, { memoryBudget: "1 GB" })],
])("%s is refused", (_, construct) => {
  expect(construct).toThrowErrorMatchingSnapshot();
});

test("a sequential execution checks the same", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a wrong type on purpose
  expect(() => new SequentialExecution(3 as any, space)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: SequentialExecution: expected a model that is a function, got 3; give (state) => result as the first argument]`,
  );
});

test.each([
  ["a signal in place of options", new AbortController().signal],
  ["a signal that is none", { signal: 5 }],
  ["a listener that is no function", { onProgress: true }],
  ["a misspelt listener", { onprogress: () => undefined }],
])("a run with %s is refused", async (_, options) => {
  for (const Class of [ParallelExecution, SequentialExecution]) {
    const run = new Class(model, space).run(options as object);
    await expect(run).rejects.toThrowErrorMatchingSnapshot();
  }
});

test("devices that have become fewer are noticed at the run", async () => {
  const executor = new ParallelExecution(model, space, { nPmap: 2 });
  setHostDeviceCount(1);
  await expect(executor.run()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: ParallelExecution: expected nPmap of at most 1, the number of devices (deviceCount()), got 2; lower it, or call setHostDeviceCount first]`,
  );
  setHostDeviceCount(2);
});

test("results larger than the budget are refused before the run", async () => {
  let message = "";
  for (const Class of [ParallelExecution, SequentialExecution]) {
    const run = new Class(model, space, { memoryBudget: 1000 }).run();
    message += `${await run.catch(String)}\n`;
  }
  expect(message).toMatchInlineSnapshot(`
    "LanewiseError: ParallelExecution: expected results of at most 1000 bytes (1.00 KB, the memoryBudget), got 5000 bytes (5.00 KB) for 1000 points; take fewer points (slice the space), return smaller outputs, reduce them in the model (a sum, a mean, a maximum), or raise memoryBudget
    LanewiseError: SequentialExecution: expected results of at most 1000 bytes (1.00 KB, the memoryBudget), got 5000 bytes (5.00 KB) for 1000 points; take fewer points (slice the space), return smaller outputs, reduce them in the model (a sum, a mean, a maximum), or raise memoryBudget
    "
  `);
});

test.each([
  ["nothing", () => undefined],
  ["a promise", async () => 1],
  ["a word", () => ({ a: { b: "word" } })],
  // biome-ignore lint/suspicious/noExplicitAny: JavaScript's own comparison, as a user would write it
  ["the outcome of an if", ({ a }: any) => (a > 0.5 ? 1 : 0)],
])("a model that returns %s is refused", async (_, bad) => {
  // biome-ignore lint/suspicious/noExplicitAny: wrong types on purpose
  const message = await new ParallelExecution(bad as any, space).run().catch(String);
  expect(String(message).replace(/\(at .*\/(test\/.*):\d+:\d+\)/, "(at $1)")).toMatchSnapshot();
});
