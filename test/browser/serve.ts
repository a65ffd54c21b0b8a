/** Headless Chromium and a static server for it. In: a folder, headers, a page's text. Out: what the page says. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { chromium } from "playwright-core";

export const chromiumPath = "/usr/bin/chromium";

export const hasChromium = (): boolean => existsSync(chromiumPath);

export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** With these a page is cross-origin isolated, and may share memory with its workers. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const types: { readonly [ending: string]: string } = { js: "text/javascript", html: "text/html" };

/** Serves `folder` and a page with this module script; gives what the script puts into `globalThis.answer`. */
export async function runInPage(
  folder: string,
  script: string,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const page = `<!doctype html><title>page</title><script type="module">${script}</script>`;
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(url.split("?")[0] as string);
    const file = join(folder, path);
    const found = path === "/" || existsSync(file);
    const type = types[path.split(".").at(-1) as string] ?? "text/html";
    response.writeHead(found ? 200 : 404, { "Content-Type": type, ...headers });
    response.end(path === "/" ? page : found ? readFileSync(file) : "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const profile = mkdtempSync(join(tmpdir(), "lanewise-page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    args: flags,
  });
  try {
    const tab = await context.newPage();
    const faults: string[] = [];
    tab.on("pageerror", (error) => faults.push(String(error)));
    tab.on("console", (message) => void (message.type() === "error" && faults.push(message.text())));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const answered = tab.waitForFunction("globalThis.answer", undefined, { timeout: 20_000 });
    return await (
      await answered.catch((error) => Promise.reject(new Error(faults.join("\n") || String(error))))
    ).jsonValue();
  } finally {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
