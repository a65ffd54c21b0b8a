/** A store by its path or address → its results, lazily read. */

import { describe } from "../space/arrays.ts";
import { storeError } from "../store/fault.ts";
import { hasFiles, nodeFiles } from "../store/node-files.ts";
import { StoreReader } from "../store/reader.ts";
import { type Source, sourceOfFiles, sourceOfUrl } from "../store/zarr.ts";
import type { Report } from "./report.ts";
import { StoredData } from "./stored-data.ts";
import { StoredResults } from "./stored-results.ts";

/**
 * Opens the results of a store, finished or not: `await openResults("epidemics.zarr")`. A text that begins with
 * `http:` or `https:` is an address, any other a path; in a browser every text is an address, relative to the page.
 * Nothing but names and types is read.
 *
 * Rejects with a LanewiseError of kind `"store"` when there is no store, or when it is damaged.
 */
export async function openResults<T = unknown, S = unknown>(store: string | URL): Promise<StoredResults<T, S>> {
  if (typeof store !== "string" && !(store instanceof URL)) {
    throw new TypeError(`openResults: expected a path or an address, got ${describe(store)}; give it as text`);
  }
  return resultsFrom(await sourceOf(store));
}

/** The results in a source; `report` is that of the run that just ended. */
export async function resultsFrom<T, S>(source: Source, report?: Report): Promise<StoredResults<T, S>> {
  const reader = await StoreReader.open(source);
  const data = new StoredData(reader, report ?? reportOf(reader));
  return new StoredResults<T, S>(data, data.whole());
}

async function sourceOf(store: string | URL): Promise<Source> {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const url =
    hasFiles() && !/^https?:/.test(String(store)) && !(store instanceof URL) ? undefined : new URL(store, page);
  if (url === undefined) return sourceOfFiles(String(store), nodeFiles(String(store)));
  if (url.protocol === "file:") return sourceOfFiles(url.href, nodeFiles(decodeURIComponent(url.pathname)));
  if (url.protocol === "http:" || url.protocol === "https:") return sourceOfUrl(url);
  throw storeError(url.href, `expected an address of http, https or file, got ${url.protocol}; give a path`);
}

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

/** What is known of the last run from the store itself. */
function reportOf({ document }: StoreReader): Report {
  const last = document.runs.at(-1);
  const { points } = document.layout.grid;
  return Object.freeze({
    ...emptyReport,
    points,
    computed: number(last?.points),
    runSeconds: number(last?.seconds),
    pointsPerSecond: number(last?.pointsPerSecond),
    ...(last?.statuses && { statuses: last.statuses, notFinite: last.statuses.notFinite }),
  });
}

const emptyReport: Report = {
  points: 0,
  computed: 0,
  batches: 0,
  batchSize: 0,
  devices: [],
  traceSeconds: 0,
  compileSeconds: 0,
  runSeconds: 0,
  pointsPerSecond: 0,
  bytes: 0,
  notFinite: 0,
};
