/** Builds dist/ once before the tests, if a source is newer than it. */

import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const changed = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const newestSource = (): number =>
  Math.max(
    ...readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map((name) =>
      changed(join(root, "src", name)),
    ),
  );

export async function setup(): Promise<void> {
  if (changed(join(root, "dist/thread.cjs")) >= newestSource()) return;
  // Declarations take the longest and are only looked for in a package; old files stay, another run may be reading them.
  const dts = changed(join(root, "dist/index.d.ts")) === 0;
  await build({ cwd: root, clean: false, logLevel: "error", ...(dts ? {} : { dts }) });
}
