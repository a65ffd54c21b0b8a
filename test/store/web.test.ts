/** Stores on a web server: read in Node by address, and on a page. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GridSpace, openResults, ParallelExecution, Parameter } from "lanewise";
import { build } from "tsdown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumPath, hasChromium, runInPage } from "../browser/serve.ts";
import { root } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "lanewise-web-"));
const free = (name: string) => new Parameter(name, 0, { low: 0, high: 1, free: true });

beforeAll(async () => {
  const space = new GridSpace({ a: free("a"), b: free("b") }, { n: { a: 6, b: 5 } });
  const execution = new ParallelExecution(({ a, b }) => ({ sum: a.add(b), "odd/name": a.mul(2) }), space);
  await execution.run({ store: join(folder, "sums.zarr"), chunk: 10 });
  execution.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function served<T>(use: (address: string) => Promise<T>): Promise<T> {
  const server = createServer(({ url = "/" }, response) => {
    const file = join(folder, decodeURIComponent(url));
    response.writeHead(existsSync(file) ? 200 : 404).end(existsSync(file) ? readFileSync(file) : "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

test("a store is opened by its address as by its path", async () => {
  const local = await openResults(join(folder, "sums.zarr"));
  await served(async (address) => {
    for (const given of [`${address}/sums.zarr`, new URL(`${address}/sums.zarr`)]) {
      const remote = await openResults(given);
      expect(await remote.toColumns()).toEqual(await local.toColumns());
      expect(await remote.at(13)).toEqual(await local.at(13));
    }
    await expect(openResults(`${address}/none.zarr`)).rejects.toThrow(/expected a store of Lanewise, got none/);
  });
  expect(await (await openResults(new URL(`file://${folder}/sums.zarr`))).at(0)).toEqual(await local.at(0));
});

if (!hasChromium()) console.warn(`1 test skipped: no Chromium at ${chromiumPath}`);

test.skipIf(!hasChromium())(
  "a page reads a store over fetch",
  async () => {
    mkdirSync(join(folder, "code"));
    // As a bundler makes it for a page, with what is loaded lazily in files of its own.
    await build({
      cwd: root,
      entry: { index: "src/index.ts" },
      outDir: join(folder, "code"),
      format: "esm",
      platform: "browser",
      dts: false,
      clean: false,
      config: false,
      logLevel: "error",
      deps: { neverBundle: ["apache-arrow", "koffi"], alwaysBundle: [/zarrita/, /numcodecs/] },
      outExtensions: () => ({ js: ".js" }),
    });
    const script = `
    import { openResults } from "/code/index.js";
    try {
      const results = await openResults("sums.zarr");
      const chosen = await results.sel({ a: 0.4 });
      const shape = (await results.grid("sum")).shape;
      globalThis.answer = { length: results.length, dims: results.dims, last: await results.at(-1), shape,
        chosen: [...(await chosen.stacked).sum] };
    } catch (error) {
      globalThis.answer = String(error.stack ?? error);
    }`;
    expect(await runInPage(folder, script)).toEqual({
      length: 30,
      dims: ["a", "b"],
      last: { sum: 2, "odd/name": 2 },
      shape: [6, 5],
      chosen: [0.4, 0.65, 0.9, 1.15, 1.4].map((x) => expect.closeTo(x)),
    });
  },
  60_000,
);
