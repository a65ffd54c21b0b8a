import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
// @ts-expect-error a script without types
import { faults as untypedFaults } from "../../scripts/check-imports.mjs";
import { root } from "../support/command.ts";

const faults = untypedFaults as (root: string) => string[];
const folders: string[] = [];

function source(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "imports-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("the sources have no forbidden edge and no circle", () => {
  expect(faults(`${root}src`)).toEqual([]);
});

test("a folder that imports from below is named, for types too", () => {
  const folder = source({
    "base/a.ts": 'import type { B } from "../op/b.ts";',
    "op/b.ts": "export type B = 1;",
  });
  expect(faults(folder)).toEqual(["base/a.ts: base may not import op"]);
});

test("a circle of values is a fault, one of types is none", () => {
  const values = source({
    "op/a.ts": 'import { b } from "./b.ts";\nexport const a = 1;',
    "op/b.ts": 'import { a } from "./a.ts";\nexport const b = 1;',
  });
  expect(faults(values)).toEqual(["op/a.ts → op/b.ts → op/a.ts"]);
  const types = source({
    "op/a.ts": 'import { b } from "./b.ts";\nexport type A = 1;',
    "op/b.ts": 'import type { A } from "./a.ts";\nexport const b = 1;',
  });
  expect(faults(types)).toEqual([]);
});

test("the core may import neither packages nor Node", () => {
  const folder = source({
    "base/a.ts": 'import { readFileSync } from "node:fs";\n// import x from "nowhere"',
    "cli/b.ts": 'import { cac } from "cac";',
  });
  expect(faults(folder)).toEqual(["base/a.ts: the core has no dependency, but imports node:fs"]);
});
