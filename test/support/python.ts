/**
 * A Python with packages, where there is one: LANEWISE_PYTHON, that of scripts/python-env.sh, or python3. In: packages.
 * Out: which are there.
 */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const made = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

export const python = process.env.LANEWISE_PYTHON ?? (existsSync(made) ? made : "python3");

/** Compiled packages are kept, whatever the machine does otherwise: it takes seconds to compile them again. */
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "" };

/** What Python writes when it runs this. */
const written = (words: readonly string[]): string =>
  execFileSync(python, words, { encoding: "utf8", env, maxBuffer: 2 ** 26 });

const IMPORTS = `
import importlib, json, sys
def found(name):
    try: importlib.import_module(name)
    except Exception: return False
    return True
print(json.dumps({name: found(name) for name in sys.argv[1:]}))`;

/** Whether each of these can be imported; the missing ones are said once. */
export function pythonHas(packages: readonly string[]): { readonly [name: string]: boolean } {
  let has: { readonly [name: string]: boolean } = {};
  try {
    has = JSON.parse(written(["-c", IMPORTS, ...packages]));
  } catch {
    // No Python: none of them.
  }
  const missing = packages.filter((name) => !has[name]);
  if (missing.length > 0) {
    console.warn(`tests with ${missing.join(", ")} are skipped: ${python} has none of them (scripts/python-env.sh)`);
  }
  return has;
}

/** What a script prints, as JSON. */
export const runPython = (script: string, args: readonly string[]): unknown => JSON.parse(written([script, ...args]));
