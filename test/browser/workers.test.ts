/** The seed's example on two Web Workers, on a page that may share memory and on one that may not. */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { chromiumPath, hasChromium, isolation, runInPage } from "./serve.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const script = `
  import { GridSpace, Parameter, ParallelExecution, SequentialExecution, deviceCount, setHostDeviceCount } from "/dist/index.js";
  setHostDeviceCount(2);
  const simulate = (state) => state.param1.mul(state.param2);
  const space = new GridSpace({
    param1: new Parameter("param1", 0.0, { low: 0.0, high: 1.0, free: true }),
    param2: new Parameter("param2", 0.0, { low: -1.0, high: 1.0, free: true }),
  }, { n: 10 });
  try {
    const executor = new ParallelExecution(simulate, space, { nVmap: 5, nPmap: deviceCount() });
    const results = await executor.run();
    const again = await executor.run();
    const one = await new SequentialExecution(simulate, space).run();
    const same = (a, b) => [...a].every((x, i) => Object.is(x, [...b][i]));
    globalThis.answer = {
      isolated: crossOriginIsolated,
      shared: typeof SharedArrayBuffer === "function" && results.stacked.buffer instanceof SharedArrayBuffer,
      length: results.length, first: results.at(1), last: results.at(-1), slice: results.slice(10, 20).length,
      same: same(results, one) && same(again, one),
      devices: results.report.devices.length, target: results.report.devices[0].target,
    };
    executor.dispose();
  } catch (error) {
    globalThis.answer = String(error.stack ?? error);
  }`;

if (!hasChromium()) console.warn(`2 tests skipped: no Chromium at ${chromiumPath}`);

test.skipIf(!hasChromium()).each([true, false])(
  "two Web Workers compute, cross-origin isolated: %s",
  async (isolated) => {
    const answer = await runInPage(root, script, isolated ? isolation : {});
    expect(answer).toEqual({
      isolated,
      shared: isolated,
      length: 100,
      first: expect.closeTo(-0),
      last: 1,
      slice: 10,
      same: true,
      devices: 2,
      target: "wasm",
    });
  },
);
