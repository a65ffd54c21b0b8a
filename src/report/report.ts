/** Results → one HTML file that explains itself: it opens from disk, without a server and without a network. */

import type { TableSource } from "../execution/table-source.ts";
import { withRole } from "../execution/table-summary.ts";
import { pageAssets } from "./assets.ts";
import { encodeAxis, encodeColumn, escapeHtml, scriptJson } from "./encode.ts";
import { columnId, type Payload, payloadId } from "./payload.ts";
import { type Sample, sampleTable } from "./sample.ts";
import {
  axesHtml,
  failedHtml,
  ledeHtml,
  outputsHtml,
  parametersHtml,
  provenanceHtml,
  reducedHtml,
} from "./sections.ts";

export interface ReportOptions {
  /** Heading of the page. Default: the title of a store, or `"Results"`. */
  readonly title?: string | undefined;
  /** Name of the result that is shown first, as in `toColumns`. Default: that of the store, or the first. */
  readonly show?: string | undefined;
  /** What stands under "Where these numbers come from": model, version, times and the like, in this order. */
  readonly provenance?: Readonly<Record<string, string | number>>;
}

/** Anything with a table: results in memory, results of a store. */
export interface Reportable {
  table(): TableSource | Promise<TableSource>;
  readonly title?: string | undefined;
  readonly show?: string | undefined;
}

/**
 * The report of a run as the text of an HTML page: summary, heat map with profiles, histogram, parallel coordinates,
 * the points that failed, and where it all comes from. The page holds the numbers themselves, at most two million
 * points (above that evenly spaced ones, and the page says so), and loads nothing.
 *
 *     import { reportHtml } from "lanewise/report";
 *     await writeFile("report.html", await reportHtml(results, { title: "Epidemics", show: "attackRate" }));
 *
 * Rejects with a RangeError when `show` is no result.
 */
export async function reportHtml(results: Reportable, options: ReportOptions = {}): Promise<string> {
  const table = await results.table();
  const { title = results.title ?? "Results", provenance = {} } = options;
  const outputs = withRole(table, "result").map(({ name }) => name);
  const show = options.show ?? results.show ?? outputs[0] ?? "";
  if (options.show !== undefined && !outputs.includes(show)) {
    throw new RangeError(`report: expected show to be one of ${outputs.join(", ")}, got ${show}; name a result`);
  }
  const sample = await sampleTable(table);
  const encoded = [];
  for (const kept of sample.kept) encoded.push(await encodeColumn(kept));
  const payload: Payload = {
    length: table.length,
    points: sample.points,
    ...(table.axes && {
      axes: table.axes.map((axis, k) => encodeAxis(axis, sample.steps[k] as number, unitOf(table))),
    }),
    step: table.axes ? 1 : (sample.steps[0] as number),
    columns: encoded.map(({ column }) => column),
    show,
  };
  const { script, style } = await pageAssets();
  const parts = [
    head(title, style),
    body(title, table, sample, provenance),
    `<script type="application/json" id="${payloadId}">${scriptJson(payload)}</script>`,
    ...encoded.map(({ text }, k) => `<script type="text/plain" id="${columnId(k)}">${text}</script>`),
    `<script>${script.replaceAll("</script", "<\\/script")}</script>`,
    "</body>\n</html>\n",
  ];
  return parts.join("\n");
}

const unitOf =
  ({ columns }: TableSource) =>
  (path: string): string | undefined =>
    columns.find(({ name }) => name === path)?.labels?.unit;

// Nothing may be loaded from anywhere, whatever the data say.
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

const head = (title: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Lanewise">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>`;

const body = (
  title: string,
  table: TableSource,
  sample: Sample,
  provenance: Readonly<Record<string, string | number>>,
): string => `<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${ledeHtml(table)}
${reducedHtml(table, sample)}
</header>
<section id="explore" aria-label="Explore the results"><noscript><p>The views need JavaScript; the tables do not.</p></noscript></section>
<div class="tables">
${[outputsHtml(sample), axesHtml(table), parametersHtml(table), failedHtml(table, sample), provenanceHtml(provenance)].join("\n")}
</div>
</main>`;
