/** What a report says without any script: heading, summary, axes, failed points, where the numbers come from. */

import { sizeOf } from "../base/shape.ts";
import { OK, statusNames } from "../base/status.ts";
import type { TableAxis, TableSource } from "../execution/table-source.ts";
import { withRole } from "../execution/table-summary.ts";
import { escapeHtml } from "./encode.ts";
import { count, number } from "./format.ts";
import type { Sample } from "./sample.ts";

/** A text, a value, or how many there are of something. */
type Cell = string | number | { readonly count: number };

/** Rows of cells; numbers stand to the right, in figures of one width. */
function tableHtml(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell, k: number): string => {
    if (typeof value !== "string") {
      return `<td class="number">${typeof value === "number" ? number(value) : count(value.count)}</td>`;
    }
    return k === 0 ? `<th scope="row">${escapeHtml(value)}</th>` : `<td>${escapeHtml(value)}</td>`;
  };
  const numeric = head.map((_, k) => !["string", "undefined"].includes(typeof rows[0]?.[k]));
  const names = head.map((name, k) => `<th scope="col"${numeric[k] ? ' class="number"' : ""}>${escapeHtml(name)}</th>`);
  return [
    `<div class="table" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table>`,
    `<thead><tr>${names.join("")}</tr></thead><tbody>`,
    ...rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`),
    "</tbody></table></div>",
  ].join("\n");
}

const section = (id: string, title: string, body: string): string =>
  `<section id="${id}"><h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;

const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

/** One line under the title: how many points of what. */
export function ledeHtml({ length, axes, columns }: TableSource): string {
  const varied = axes?.filter(({ size }) => size > 1);
  const over = varied?.length
    ? `${varied.map(({ name }) => `<b>${escapeHtml(name)}</b>`).join(" × ")}${varied.length > 1 ? ` (${varied.map(({ size }) => count(size)).join(" × ")})` : ""}`
    : columns
        .filter(({ role }) => role === "parameter")
        .map(({ name }) => `<b>${escapeHtml(name)}</b>`)
        .join(", ");
  return `<p class="lede">${plural(length, "point")} over ${over || "one state"}</p>`;
}

/** Said where the page has fewer points than the run. */
export function reducedHtml({ length, axes }: TableSource, { points, steps }: Sample): string {
  if (points === length) return "";
  const thinned = axes
    ? axes.flatMap(({ name }, k) =>
        (steps[k] ?? 1) > 1 ? [`every ${ordinal(steps[k] as number)} value of ${name}`] : [],
      )
    : [`every ${ordinal(steps[0] as number)} point`];
  const text =
    `Shown at reduced resolution: ${count(points)} of ${count(length)} points, ${thinned.join(" and ")}. ` +
    "The summary below counts all of them.";
  return `<p class="notice">${escapeHtml(text)}</p>`;
}

function ordinal(n: number): string {
  const [tens, ones] = [n % 100, n % 10];
  if (tens > 10 && tens < 14) return `${n}th`;
  return `${n}${ones === 1 ? "st" : ones === 2 ? "nd" : ones === 3 ? "rd" : "th"}`;
}

export function outputsHtml({ summaries }: Sample): string {
  const rows = summaries.map(({ name, min, mean, max, failed }) => [name, min, mean, max, { count: failed }]);
  return section("outputs", "Outputs", tableHtml("Outputs", ["output", "min", "mean", "max", "failed"], rows));
}

export function axesHtml({ axes }: TableSource): string {
  if (!axes?.length) return "";
  const rows = axes.flatMap(({ size, coordinates }) =>
    coordinates.map(([path, values]): Cell[] => {
      const single = values.length === size;
      const ends = single ? [values[0] as number, values[size - 1] as number] : ["array", "array"];
      return [path, { count: size }, ...ends, single ? spacing(values) : "listed"];
    }),
  );
  return section("axes", "Axes", tableHtml("Axes", ["parameter", "values", "from", "to", "spacing"], rows));
}

/** What the parameters say of themselves, where they do. */
export function parametersHtml({ columns }: TableSource): string {
  const rows = columns.flatMap(({ name, labels }): Cell[][] =>
    labels ? [[name, labels.name ?? "", labels.unit ?? "", labels.description ?? ""]] : [],
  );
  if (rows.length === 0) return "";
  const head = ["parameter", "name", "unit", "meaning"];
  const given = head.map((_, k) => rows.some((row) => row[k] !== ""));
  const shown = [head, ...rows].map((row) => row.filter((_, k) => given[k]));
  const [names, ...cells] = shown as [string[], ...Cell[][]];
  return section("parameters", "Parameters", tableHtml("Parameters", names, cells));
}

/** How values follow each other, as far as their rounding tells. */
function spacing(values: TableAxis["coordinates"][number][1]): string {
  const [first = 0, last = 0, n] = [values[0], values[values.length - 1], values.length];
  if (n < 2) return "one value";
  const near = (wanted: (k: number) => number): boolean =>
    values.every((x, k) => Math.abs(x - wanted(k)) <= 1e-5 * Math.max(Math.abs(first), Math.abs(last)));
  if (near((k) => first + ((last - first) * k) / (n - 1))) return "even";
  const ratio = last / first;
  if (first > 0 && last > 0 && values.every((x, k) => Math.abs(x / (first * ratio ** (k / (n - 1))) - 1) < 1e-4)) {
    return "logarithmic";
  }
  return "listed";
}

export function failedHtml(table: TableSource, { failed, statusCounts }: Sample): string {
  const counts = statusCounts.flatMap((n, code) =>
    code === OK || n === 0 ? [] : [`${count(n)} ${statusNames[code]}`],
  );
  if (counts.length === 0) return "";
  const all = statusCounts.reduce((n, x, code) => (code === OK ? n : n + x), 0);
  const parameters = withRole(table, "parameter").filter(({ shape }) => sizeOf(shape) === 1);
  const results = withRole(table, "result").filter(({ shape }) => sizeOf(shape) === 1);
  const shown = [...parameters, ...results];
  const at = shown.map((column) => table.columns.indexOf(column));
  const rows = failed.map(({ index, status, values }): Cell[] => [
    count(index),
    status,
    ...at.map((k) => values[k] as number),
  ]);
  const said = `${counts.join(", ")}.${all > failed.length ? ` The first ${count(failed.length)} are listed.` : ""}`;
  const head = ["point", "status", ...shown.map(({ name }) => name)];
  return section(
    "failed",
    "Points that failed",
    `<p>${escapeHtml(said)}</p>\n${tableHtml("Points that failed", head, rows)}`,
  );
}

export function provenanceHtml(provenance: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(provenance);
  if (entries.length === 0) return "";
  const rows = entries.map(([name, value]) => {
    return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(typeof value === "number" ? number(value) : value)}</dd></div>`;
  });
  return section("provenance", "Where these numbers come from", `<dl class="facts">\n${rows.join("\n")}\n</dl>`);
}
