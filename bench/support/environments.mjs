/** Where other tools are installed: below build/, by their own package managers, when they are first needed. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const folderOf = (name) => fileURLToPath(new URL(`../build/${name}`, import.meta.url));

/** Makes a folder once: a failed installation leaves none behind. */
async function once(name, make) {
  const folder = folderOf(name);
  const done = `${folder}/installed`;
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  writeFileSync(done, "");
  return folder;
}

/** A virtual environment with packages as pip names them: the Python in it. */
export async function python(name, packages) {
  const folder = await once(name, async (into) => {
    await execute("python3", ["-m", "venv", into]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
    // Some packages bring half of a scientific distribution along.
    await execute(`${into}/bin/python`, pip, { timeout: 15 * 60_000, maxBuffer: 2 ** 26 });
  });
  return `${folder}/bin/python`;
}

/** Version of a package in a virtual environment. */
export const versionOf = (interpreter, name) =>
  execFileSync(interpreter, ["-c", `import importlib.metadata as m; print(m.version("${name}"))`], {
    encoding: "utf8",
  }).trim();

/** A folder with a package of npm. */
export const npm = (name, spec) =>
  once(name, async (into) => {
    writeFileSync(`${into}/package.json`, '{ "private": true, "type": "module" }\n');
    await execute("npm", ["install", "--no-audit", "--no-fund", spec], { cwd: into });
  });
