/**
 * A Python with packages, where there is one: LANEWISE_PYTHON, that of scripts/python-env.sh, or python3. In: packages.
 * Out: which are there.
 */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const made = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

export const python = process.env.LANEWISE_PYTHON ?? (existsSync(made) ? made : "python3");

/** Whether each of these can be imported; the missing ones are said once. */
export function pythonHas(packages: readonly string[]): { readonly [name: string]: boolean } {
  const found = (name: string): boolean => {
    try {
      execFileSync(python, ["-c", `import ${name}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  const has = Object.fromEntries(packages.map((name) => [name, found(name)]));
  const missing = packages.filter((name) => !has[name]);
  if (missing.length > 0) {
    console.warn(`tests with ${missing.join(", ")} are skipped: ${python} has none of them (scripts/python-env.sh)`);
  }
  return has;
}

/** What a script prints, as JSON. */
export const runPython = (script: string, args: readonly string[]): unknown =>
  JSON.parse(execFileSync(python, [script, ...args], { encoding: "utf8", maxBuffer: 2 ** 26 }));
