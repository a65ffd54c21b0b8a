/**
 * Makes docs/report.png: the report of the demo at full size, as Chromium shows it.
 * In: dist/, examples/flights/. Out: docs/report.png. Run `npm run build` before.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import { chromium } from "playwright-core";
import * as lanewise from "../dist/index.js";
import { reportHtml } from "../dist/report.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const jiti = createJiti(import.meta.url, { virtualModules: { lanewise } });
const { default: exploration } = await jiti.import(path("../examples/flights/model.ts"));
const { model, space, args, title, show } = exploration;
const execution = new lanewise.ParallelExecution(model, space, { args });
const results = await execution.run();
execution.dispose();

const folder = mkdtempSync(join(tmpdir(), "report-"));
const page = join(folder, "report.html");
writeFileSync(page, await reportHtml(results, { title, show }));

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
});
try {
  const tab = await browser.newPage({ viewport: { width: 1180, height: 940 }, colorScheme: "light" });
  await tab.goto(pathToFileURL(page).href);
  await tab.waitForSelector("html[data-ready]", { state: "attached" });
  // A point on the slope, where both profiles have a shape.
  const { x, y } = await tab.locator("#map").boundingBox();
  await tab.mouse.click(x + 330, y + 250);
  await tab.mouse.move(0, 0);
  await tab.waitForTimeout(300);
  await tab.screenshot({ path: path("../docs/report.png") });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
console.log(`docs/report.png: ${results.length} points in ${results.report.runSeconds.toFixed(1)} s`);
