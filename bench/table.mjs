/**
 * Results as lines for the terminal, and as Markdown tables for a README.
 *
 *   node bench/table.mjs [FILE.json …]      default: the newest of bench/results/
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const number = (x, digits = 3) =>
  x >= 1000 ? x.toFixed(0) : x >= 100 ? x.toFixed(1) : x.toPrecision(digits).replace(/\.0+$/, "");
const pair = ({ min, median }) => `${number(min)} (${number(median)})`;
const tiny = (x) => (x === 0 ? "0" : x.toExponential(0));

/** A workload's rows in the terminal: C strict, the strict targets, C fast, the others. */
export function kernelLines({ name, points, steps, width, unit, c, targets }) {
  const line = (who, ms, note) => `  ${who.padEnd(14)} ${pair(ms).padEnd(18)} ${note}`;
  const ofC = (mode) => {
    const { ms, error, compiler, groups, millionsPerSecond: speed } = c[mode];
    return line(`C ${mode}`, ms, `${number(speed)} M ${unit}/s, error ${tiny(error)}, ${compiler}, ${groups} groups`);
  };
  const mine = (against) =>
    targets
      .filter((row) => row.against === against)
      .map(({ target, ms, ratio, error, ulps, compileMs }) => {
        const same = ulps === undefined ? "" : ulps === 0 ? ", the bits of C" : `, ${ulps} ulp from C`;
        return line(
          target,
          ms,
          `ratio ${ratio.toFixed(2)}, error ${tiny(error)}${same}, compiled in ${number(compileMs)} ms`,
        );
      });
  const each = unit === "normals" ? `, ${number((c.strict.ms.min * 1e6) / (points * steps * width))} ns each in C` : "";
  return [`${name}: ${points} × ${steps}${each}`, ofC("strict"), ...mine("strict"), ofC("fast"), ...mine("fast")].join(
    "\n",
  );
}

export const deviceLine = ({ name, target, points, devices, one, all, ratio }) =>
  `  ${name.padEnd(24)} ${target}, ${points} points: 1 device ${pair(one)} ms, ${devices} devices ${pair(all)} ms: × ${ratio.toFixed(2)}`;

export const firstLine = ({ name, target, call, trace, compile, run, single }) =>
  `  ${name.padEnd(24)} ${target.padEnd(13)} call ${number(call.min)} ms = trace ${number(trace.min)} + compile ` +
  `${number(compile.min)} + run ${number(run.min)}; 1 point ${number(single.min)} ms`;

export const peerLine = ({ name, points, steps, lanewise, jax }) => {
  const times = (a, b) => `× ${(b / a).toFixed(1)}`;
  return (
    `  ${name.padEnd(24)} ${points} × ${steps}: ${lanewise.target} ${pair(lanewise.ms)}, error ${tiny(lanewise.error)}; ` +
    `JAX ${pair(jax.ms)}, error ${tiny(jax.error)} (${jax.way}): ${times(lanewise.ms.min, jax.ms.min)}; ` +
    `first ${number(lanewise.firstMs)} and ${number(jax.firstMs)}: ${times(lanewise.firstMs, jax.firstMs)}`
  );
};

/** Rows of cells as a Markdown table; the first column is text. */
function table(head, rows) {
  const cells = [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows];
  return cells.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function kernelTable({ rows }) {
  const names = [...new Set(rows.flatMap(({ targets }) => targets.map(({ target }) => target)))];
  const head = ["one thread", "C strict, ms", "C fast, ms", ...names.flatMap((n) => [`${n}, ms`, "of C", "error"])];
  const body = rows.map(({ title, name, c, targets }) => [
    title.startsWith("…") ? name : `${title}${name.includes(",") ? name.slice(name.indexOf(",")) : ""}`,
    number(c.strict.ms.min),
    number(c.fast.ms.min),
    ...names.flatMap((n) => {
      const row = targets.find(({ target }) => target === n);
      return row ? [number(row.ms.min), row.ratio.toFixed(2), tiny(row.error)] : ["", "", ""];
    }),
  ]);
  return table(head, body);
}

function deviceTable({ rows }) {
  const count = rows[0]?.devices;
  const head = ["", "target", "1 device, ms", `${count} devices, ms`, "×"];
  return table(
    head,
    rows.map(({ name, target, one, all, ratio }) => [name, target, number(one.min), number(all.min), ratio.toFixed(2)]),
  );
}

function firstTable({ rows }) {
  const head = ["first call of 8 points, ms", "target", "call", "trace", "compile", "run", "then 1 point"];
  const times = ["call", "trace", "compile", "run", "single"];
  return table(
    head,
    rows.map((row) => [row.name, row.target, ...times.map((key) => number(row[key].median))]),
  );
}

function peerTable({ rows }) {
  const head = [
    "all cores",
    "target",
    "Lanewise, ms",
    "JAX, ms",
    "×",
    "first call, ms",
    "JAX, ms",
    "×",
    "error",
    "JAX",
  ];
  return table(
    head,
    rows.map(({ name, lanewise, jax }) => [
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
    ]),
  );
}

/** All tables that a file of results has. */
export function markdown({ machine, runs, kernels, devices, first, peers }) {
  const { cpu, cores, node, compilers, load, time } = machine;
  const made = Object.values(compilers).join("; ");
  return [
    `${cpu}, ${cores} cores, Node ${node}; ${made}; ${runs} runs, smallest times; load ${load.toFixed(2)}; ${time.slice(0, 10)}`,
    kernels && kernelTable(kernels),
    devices && deviceTable(devices),
    first && firstTable(first),
    ...(peers ?? []).map((peer) => `${peer.versions}\n\n${peerTable(peer)}`),
  ]
    .filter(Boolean)
    .join("\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("results/", import.meta.url));
  const newest = () => [`${folder}${readdirSync(folder).sort().at(-1)}`];
  const files = process.argv.length > 2 ? process.argv.slice(2) : newest();
  for (const file of files) console.log(markdown(JSON.parse(readFileSync(file, "utf8"))));
}
