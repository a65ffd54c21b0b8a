/** A model file → the exploration it exports. TypeScript is loaded as it is, with this very copy of lanewise. */

import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import type { AnyExploration } from "../execution/explore.ts";
import * as lanewise from "../index.ts";
import { UsageError } from "./failure.ts";

export async function loadExploration(file: string): Promise<AnyExploration> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${file}: expected a model file, found none at ${path}; check the path`);
  if (!statSync(path).isFile()) throw new UsageError(`${file}: expected a model file, got a folder; name a file in it`);
  // As a virtual module, the file's `import "lanewise"` meets the same classes that the command line checks against.
  const jiti = createJiti(pathToFileURL(path).href, { virtualModules: { lanewise }, interopDefault: false });
  const module = await jiti.import<{ default?: unknown }>(path).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const exploration = module.default;
  if (!isExploration(exploration)) {
    throw new Error(
      `${file}: expected a default export made by defineExploration({ model, space }), got ${kindOf(exploration)}; ` +
        "end the file with `export default defineExploration({ model, space })`",
    );
  }
  return exploration;
}

/** What keeps a file from being loaded, in a sentence; errors of the file's own code stay as they are. */
function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [first = "", ...rest] = error.message.split("\n").map((line) => line.trim());
  const syntax = first.match(/^(?:ParseError|SyntaxError): (.*)/)?.[1];
  if (syntax !== undefined) {
    const place = rest[0] ? ` (at ${rest[0]})` : "";
    return new Error(`${file}: expected TypeScript or JavaScript, got "${syntax}"${place}; correct the line`, {
      cause: error,
    });
  }
  if (!/^Cannot find (module|package)/.test(first)) return error;
  const message = `${file}: expected its imports to be found, got "${first}"; correct the path, or install the package`;
  return new Error(message, { cause: error });
}

const isExploration = (value: unknown): value is AnyExploration =>
  typeof value === "object" && value !== null && "model" in value && "space" in value;

function kindOf(value: unknown): string {
  if (value === undefined) return "none";
  return value === null ? "null" : typeof value;
}
