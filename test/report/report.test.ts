import { expect, test } from "vitest";
import { GridAxis, LogGridAxis, ParallelExecution, Space } from "../../src/index.ts";
import { pageAssets } from "../../src/report/assets.ts";
import { reportHtml } from "../../src/report/report.ts";
import { tableOf } from "../helpers/table.ts";

const run = () =>
  new ParallelExecution(
    ({ gain, rate }) => ({ power: gain.mul(rate), root: gain.sqrt() }),
    new Space({ rate: new LogGridAxis(0.01, 1, 3), gain: new GridAxis(-1, 1, 5) }, { mode: "product" }),
    { nPmap: 1 },
  ).run();

test("a report says without any script what was run, over what, and what failed", async () => {
  const html = await reportHtml(await run(), {
    title: "Power & gain",
    provenance: { Model: "model.ts", Seconds: 0.5 },
  });
  const text = html.slice(0, html.indexOf('<script type="application/json"'));
  expect(text).toContain("<h1>Power &amp; gain</h1>");
  expect(text).toContain("15 points over <b>gain</b> × <b>rate</b> (5 × 3)");
  expect(text).toMatch(
    /rate<\/th><td class="number">3<\/td><td class="number">0.01<\/td><td class="number">1<\/td><td>logarithmic/,
  );
  expect(text).toMatch(
    /gain<\/th><td class="number">5<\/td><td class="number">−1<\/td><td class="number">1<\/td><td>even/,
  );
  expect(text).toMatch(/root<\/th><td class="number">0<\/td>.*<td class="number">1<\/td><td class="number">6<\/td>/);
  expect(text).toContain("6 not finite.");
  expect(text).toContain("<dt>Model</dt><dd>model.ts</dd>");
  expect(text).not.toContain("reduced resolution");
});

test("a page loads nothing: no address of another place, and a policy that forbids it", async () => {
  const html = await reportHtml(await run());
  expect(html).toContain("default-src 'none'");
  const { script } = await pageAssets();
  const own = html.replace(script, "");
  expect(own).not.toMatch(/https?:|src=|@import|url\(/);
});

test("the page's own code is at most a megabyte", async () => {
  const { script, style } = await pageAssets();
  expect(script.length + style.length).toBeLessThan(1_000_000);
  expect(script).not.toMatch(/\beval\(|new Function\(/);
});

test("names that are markup stay text", async () => {
  const table = tableOf([
    { name: "<img src=x onerror=alert(1)>", dtype: "float64", data: Float64Array.of(1, 2) },
    { name: "</script><script>alert(2)</script>", dtype: "float64", data: Float64Array.of(1, Number.NaN) },
    { name: "status", dtype: "uint8", role: "status", data: Uint8Array.of(1, 2) },
  ]);
  const html = await reportHtml(
    { table: () => table },
    { title: "</title><script>alert(3)</script>", provenance: { "<b>": "</dd>" } },
  );
  expect(html).not.toMatch(/<img|<script>alert|<dt><b>/);
});

test("an output to show that is none is refused by name", async () => {
  await expect(reportHtml(await run(), { show: "energy" })).rejects.toThrow(
    "report: expected show to be one of power, root, got energy; name a result",
  );
});

test("more than two million points are shown at reduced resolution, and the page says so", async () => {
  const size = 1500;
  const axis = (name: string) => ({
    name,
    size,
    coordinates: [[name, Float64Array.from({ length: size }, (_, i) => i)]] as const,
  });
  const given = [
    { name: "p", dtype: "float64", data: new Float64Array(size * size) },
    { name: "x", dtype: "float32", data: Float32Array.from({ length: size * size }, (_, i) => i) },
  ] as const;
  const html = await reportHtml({ table: () => tableOf(given, [axis("a"), axis("b")]) });
  expect(html).toContain(
    "Shown at reduced resolution: 1,125,000 of 2,250,000 points, every 2nd value of a. The summary below counts all of them.",
  );
}, 30_000);
