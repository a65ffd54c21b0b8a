/** Errors name the user's line with the built library too, wherever it lies. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const library = new URL("../../dist/index.js", import.meta.url).href;

test("the built library names the line of the model", () => {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-"));
  try {
    const file = join(folder, "model.mjs");
    const lines = [
      `import { lax, np, nn, jit } from ${JSON.stringify(library)};`,
      "const say = (f) => { try { f(); } catch (error) { console.log(error.message.match(/model\\.mjs:\\d+/)?.[0]); } };",
      "say(() => np.zeros(3).add(np.zeros(4)));",
      "const bad = (c) =>",
      "  c.mul(np.zeros(2));",
      "say(() => lax.scan((c) => lax.map(() => nn.softmax(bad(c)), np.zeros(2)), np.zeros(3), np.zeros(2)));",
      "say(() => np.zeros(3) < np.zeros(3));",
    ];
    writeFileSync(file, lines.join("\n"));
    const said = execFileSync(process.execPath, [file], { encoding: "utf8" }).trim().split("\n");
    expect(said).toEqual(["model.mjs:3", "model.mjs:5", "model.mjs:7"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
