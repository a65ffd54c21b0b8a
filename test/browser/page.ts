/** A page from disk in headless Chromium, without a server. In: a file. Out: the tab, and every fault and request. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath, flags } from "./serve.ts";

export interface OpenPage {
  readonly tab: Page;
  /** Errors of the page and of its console. */
  readonly faults: string[];
  /** Addresses that were asked for. */
  readonly requests: string[];
}

/** One browser for all pages of a test file. */
export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), "lanewise-report-"));
  #context: Promise<BrowserContext> | undefined;

  async open(file: string, scheme: "light" | "dark" = "light"): Promise<OpenPage> {
    this.#context ??= chromium.launchPersistentContext(this.#profile, {
      executablePath: chromiumPath,
      headless: true,
      args: flags,
      viewport: { width: 1240, height: 900 },
    });
    const tab = await (await this.#context).newPage();
    await tab.emulateMedia({ colorScheme: scheme });
    const [faults, requests]: [string[], string[]] = [[], []];
    tab.on("pageerror", (error) => faults.push(String(error)));
    tab.on("console", (message) => void (message.type() === "error" && faults.push(message.text())));
    tab.on("request", (request) => requests.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
    await tab.waitForSelector("html[data-ready]", { state: "attached", timeout: 20_000 });
    return { tab, faults, requests };
  }

  async close(): Promise<void> {
    await (await this.#context)?.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
