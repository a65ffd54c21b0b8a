/**
 * Fails when a folder of src/ imports from one it may not, when the core imports a package or a Node built-in,
 * or when modules import each other in a circle. Type-only imports make edges, but no circles: they are gone
 * when the code runs. In: src/**\/*.ts. Out: exit code 0 or 1, one line for each fault.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What a folder imports from directly; what those import from is allowed too. */
const above = {
  base: [],
  op: ["base"],
  program: ["op"],
  array: ["program"],
  pass: ["program"],
  kernel: ["pass"],
  emit: ["kernel"],
  device: ["emit"],
  space: ["array"],
  store: ["base"],
  execution: ["device", "space", "store"],
  // The public surface, src/*.ts.
  ".": ["execution"],
  report: ["execution"],
  cli: [".", "report"],
};

/** Who may import packages, beside the command line: pages that are bundled whole. */
const bundled = ["report/page/"];

/** Optional packages of the core: only by `import()`, only in the file named. */
const lazy = { "execution/arrow.ts": ["apache-arrow"], "store/zarr.ts": ["zarrita"] };

const allowed = (folder) => {
  const direct = above[folder] ?? [];
  return new Set([folder, ...direct, ...direct.flatMap((name) => [...allowed(name)])]);
};

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const statement =
  /^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/gm;
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

const importsOf = (file) =>
  [...readFileSync(file, "utf8").replace(comment, "").matchAll(statement)].map((match) => ({
    typeOnly: match[1] !== undefined,
    dynamic: match[0].includes("("),
    to: match[2] ?? match[3],
  }));

/** Every fault below `root`, as sentences. */
export function faults(root) {
  const found = [];
  const graph = new Map();
  const folderOf = (file) => (relative(root, file).includes("/") ? relative(root, file).split("/")[0] : ".");
  for (const file of files(root)) {
    const from = relative(root, file);
    const folder = folderOf(file);
    if (!(folder in above))
      found.push(`${from}: the folder ${folder} is not in the table of scripts/check-imports.mjs`);
    graph.set(file, []);
    for (const { to, typeOnly, dynamic } of importsOf(file)) {
      if (!to.startsWith(".")) {
        const free = folder === "cli" || typeOnly || bundled.some((folder) => from.startsWith(folder));
        if (!free && !(dynamic && lazy[from]?.includes(to)))
          found.push(`${from}: the core has no dependency, but imports ${to}`);
        continue;
      }
      const target = resolve(dirname(file), to);
      if (!allowed(folder).has(folderOf(target))) found.push(`${from}: ${folder} may not import ${folderOf(target)}`);
      if (!typeOnly) graph.get(file).push(target);
    }
  }
  return [...found, ...circles(graph).map((path) => path.map((file) => relative(root, file)).join(" → "))];
}

/** One circle for each edge that closes one. */
function circles(graph) {
  const found = [];
  const done = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file]);
    else if (!done.has(file)) for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const found = faults(fileURLToPath(new URL("../src", import.meta.url)));
  for (const fault of found) console.error(fault);
  console.log(found.length === 0 ? "imports: no forbidden edge, no circle" : `imports: ${found.length} faults`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
