/** A model file → the exploration it exports. TypeScript is loaded as it is, with this very copy of lanewise. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import type { AnyExploration } from "../execution/explore.ts";
import * as lanewise from "../index.ts";
import { UsageError } from "./failure.ts";

export async function loadExploration(file: string): Promise<AnyExploration> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${file}: expected a model file, found none at ${path}; check the path`);
  // As a virtual module, the file's `import "lanewise"` meets the same classes that the command line checks against.
  const jiti = createJiti(pathToFileURL(path).href, { virtualModules: { lanewise }, interopDefault: false });
  const module = await jiti.import<{ default?: unknown }>(path);
  const exploration = module.default;
  if (!isExploration(exploration)) {
    throw new Error(
      `${file}: expected a default export made by defineExploration({ model, space }), got ${kindOf(exploration)}; ` +
        "end the file with `export default defineExploration({ model, space })`",
    );
  }
  return exploration;
}

const isExploration = (value: unknown): value is AnyExploration =>
  typeof value === "object" && value !== null && "model" in value && "space" in value;

function kindOf(value: unknown): string {
  if (value === undefined) return "none";
  return value === null ? "null" : typeof value;
}
