/** `lanewise report STORE`: what a store holds, as one page for a browser. */

import { openResults } from "../index.ts";
import { type Reportable, reportHtml } from "../report/report.ts";
import { nodeFiles } from "../store/node-files.ts";
import { StoreReader } from "../store/reader.ts";
import { sourceOfFiles } from "../store/zarr.ts";
import { UsageError } from "./failure.ts";
import { formatBytes, formatCount } from "./format.ts";
import { checkWritable, writeWhole } from "./output.ts";
import { type Facts, factsOfStore } from "./provenance.ts";

export interface ReportCommand {
  readonly out?: unknown;
  readonly show?: unknown;
}

/** The file's name where none is given. */
const defaultFile = "report.html";

/** Refuses, before anything runs, what is no place for a page; `--report` alone means the usual name. */
export function reportFile(option: string, value: unknown): string {
  const file = value === true || value === undefined ? defaultFile : String(value);
  if (!/\.html?$/.test(file)) {
    throw new UsageError(`${option}: expected a file name that ends in .html, got "${file}"; add the ending`);
  }
  checkWritable(option, file);
  return file;
}

export interface PageOptions {
  readonly title?: string | undefined;
  readonly show?: string | undefined;
  readonly provenance: Facts;
}

/** Writes the page whole or not at all; its size in bytes. */
export async function writeReport(
  option: string,
  file: string,
  results: Reportable,
  options: PageOptions,
): Promise<number> {
  const html = await reportHtml(results, options);
  return writeWhole(option, file, (put) => put(new TextEncoder().encode(html)));
}

export async function reportStore(store: string, { out, show }: ReportCommand): Promise<void> {
  const file = reportFile("--out", out);
  const results = await openResults(store);
  if (show !== undefined && !results.names.includes(String(show))) {
    throw new UsageError(
      `--show: expected an output (${results.names.join(", ")}), got "${String(show)}"; name one of them`,
    );
  }
  const { document } = await StoreReader.open(sourceOfFiles(store, nodeFiles(store)));
  const bytes = await writeReport("--out", file, results, {
    title: results.title ?? store,
    ...(show !== undefined && { show: String(show) }),
    provenance: factsOfStore(store, document),
  });
  console.log(`${file}: ${formatCount(results.length)} points, ${formatBytes(bytes)}; open it in a browser`);
}
