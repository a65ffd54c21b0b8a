/**
 * Results as Markdown tables, for bench/README.md, and with --short as one table, for a README.
 *
 *   node bench/table.mjs [--short] [FILE.json …]      default: the newest run, and the newest beside others
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { number, tiny } from "./support/lines.mjs";

/** Rows of cells as a Markdown table; the first column is text. */
function table(head, rows) {
  const cells = [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows];
  return cells.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const unique = (list) => [...new Set(list)];
const targetsOf = (rows) => unique(rows.flatMap(({ targets }) => targets.map(({ target }) => target)));

function kernelTable({ rows }) {
  const names = targetsOf(rows);
  const head = [
    "one thread, ms",
    "C strict",
    "error",
    "C fast",
    "error",
    ...names.flatMap((n) => [n, "of C", "error"]),
  ];
  const body = rows.map(({ name, c, targets }) => [
    name,
    ...["strict", "fast"].flatMap((mode) => [number(c[mode].ms.min), tiny(c[mode].error)]),
    ...names.flatMap((n) => {
      const row = targets.find(({ target }) => target === n);
      return row ? [number(row.ms.min), row.ratio.toFixed(2), tiny(row.error)] : ["", "", ""];
    }),
  ]);
  return table(head, body);
}

function deviceTable({ rows }) {
  const head = ["whole calls, ms", "points", "target", "1 device", `${rows[0]?.devices} devices`, "×"];
  const body = rows.map(({ name, points, target, one, all, ratio }) => [
    name,
    points,
    target,
    number(one.min),
    number(all.min),
    ratio.toFixed(2),
  ]);
  return table(head, body);
}

function firstTable({ rows }) {
  const times = ["call", "trace", "compile", "run", "single"];
  const head = ["first call of 8 points, ms", "target", "call", "trace", "compile", "run", "later, 1 point"];
  const body = rows.map((row) => [row.name, row.target, ...times.map((key) => number(row[key].median))]);
  return table(head, body);
}

function peerTable({ versions, rows }) {
  const head = [
    versions,
    "target",
    "ms",
    "JAX, ms",
    "×",
    "first call, ms",
    "JAX, ms",
    "×",
    "error",
    "JAX",
    "JAX's way",
  ];
  const body = rows.map(({ name, lanewise, jax }) => [
    name,
    lanewise.target,
    number(lanewise.ms.min),
    number(jax.ms.min),
    (jax.ms.min / lanewise.ms.min).toFixed(1),
    number(lanewise.firstMs),
    number(jax.firstMs),
    (jax.firstMs / lanewise.firstMs).toFixed(1),
    tiny(lanewise.error),
    tiny(jax.error),
    jax.way,
  ]);
  return table(head, body);
}

const machineLine = ({ cpu, cores, node, compilers, load, time }, runs) =>
  `${cpu}, ${cores} cores, Node ${node}, ${Object.values(compilers).join(", ")}; the smallest of ${runs} times; ` +
  `load at the beginning ${load.toFixed(2)}; ${time.slice(0, 10)}.`;

/** All tables that a file of results has. */
const tablesOf = ({ machine, runs, kernels, devices, first, peers = [], jaxJs, tvboptim }) =>
  [
    machineLine(machine, runs),
    kernels && kernelTable(kernels),
    devices && deviceTable(devices),
    first && firstTable(first),
    ...peers.map(peerTable),
    jaxJs?.ms &&
      `jax-js ${jaxJs.version}, Lorenz RK4, ${jaxJs.points} × ${jaxJs.steps}: ${number(jaxJs.ms.min)} ms, ` +
        `${number(jaxJs.millionsPerSecond)} M steps/s; first call ${number(jaxJs.firstMs)} ms.`,
    tvboptim?.ms &&
      `tvboptim ${tvboptim.version}, reduced Wong-Wang, ${tvboptim.points} × ${tvboptim.steps}: ` +
        `${number(tvboptim.ms.min)} ms (${tvboptim.way}); first call ${number(tvboptim.firstMs)} ms.`,
  ]
    .filter(Boolean)
    .join("\n\n");

/** One row a workload: shares of C's speed, and how many times JAX's. */
function shortTable(files) {
  const all = (pick) => files.map(pick).filter(Boolean);
  const rows = all(({ kernels }) => kernels?.rows).flat();
  const peers = all(({ peers }) => peers?.[0]?.rows).flat();
  const names = targetsOf(rows);
  const speed = ({ millionsPerSecond, unit }) =>
    unit === "normals" ? `${number(1e3 / millionsPerSecond)} ns each` : `${number(millionsPerSecond)} M ${unit}/s`;
  const body = rows.map(({ name, unit, targets }) => {
    const of = (n) => targets.find(({ target }) => target === n);
    const strict = of("x64") ?? of("wasm");
    const jax = peers.find((row) => row.name === name && row.lanewise.target === strict.target);
    return [
      name,
      speed({ ...strict, unit }),
      ...names.map((n) => of(n)?.ratio.toFixed(2) ?? ""),
      ...(peers.length > 0 ? [jax ? (jax.jax.ms.min / jax.lanewise.ms.min).toFixed(1) : ""] : []),
    ];
  });
  const head = ["", "one thread", ...names.map((n) => `${n}, of C`), ...(peers.length > 0 ? ["all cores, × JAX"] : [])];
  return table(head, body);
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false } },
});
const folder = fileURLToPath(new URL("results/", import.meta.url));
const newest = () => {
  const names = readdirSync(folder).sort();
  const last = (peers) => names.filter((name) => name.endsWith("-peers.json") === peers).at(-1);
  return [last(false), last(true)].filter(Boolean).map((name) => folder + name);
};
const files = (positionals.length > 0 ? positionals : newest()).map((file) => JSON.parse(readFileSync(file, "utf8")));
console.log(flags.short ? shortTable(files) : files.map(tablesOf).join("\n\n"));
