/**
 * `lanewise.json`: what a store is of, beside the arrays that everybody reads. JSON, version 1:
 *
 *   {format: "lanewise-store", version: 1, identity, program, tree, layout, runs: [run…], crc32c}
 *
 * `identity` is what a run must have in common with the store to go on with it; `tree` is that of the model's results;
 * `runs` tells of every run that came to an end. The checksum is that of the text without it.
 */

import type { StatusCounts } from "../base/status.ts";
import type { Structure } from "../base/tree.ts";
import { crc32c } from "./crc32c.ts";
import { storeError } from "./fault.ts";
import { gridFrom } from "./grid.ts";
import type { Layout } from "./layout.ts";

export const DOCUMENT = "lanewise.json";
export const FORMAT = "lanewise-store";
export const VERSION = 1;

export interface Identity {
  readonly [name: string]: unknown;
}

/** One run that added to a store: when, where, with what. */
export interface RunRecord {
  /** Of all points of the store, when the run ended. */
  readonly statuses?: StatusCounts;
  readonly [name: string]: unknown;
}

export interface StoreDocument {
  readonly identity: Identity;
  /** The program's own file format, see program/format.ts. */
  readonly program: unknown;
  readonly tree: Structure;
  readonly layout: Layout;
  readonly runs: readonly RunRecord[];
}

/** Numbers that JSON does not know are written as words. */
const speakable = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, speakable));

const sumOf = (text: string): string => crc32c(new TextEncoder().encode(text)).toString(16).padStart(8, "0");

export function documentText(document: StoreDocument): string {
  const { identity, program, tree, layout, runs } = document;
  const { sizes, chunk } = layout.grid;
  const content = { identity, program, tree, layout: { ...layout, grid: { sizes, chunk } }, runs };
  const body = { format: FORMAT, version: VERSION, ...(plain(content) as object) };
  return `${JSON.stringify({ ...body, crc32c: sumOf(JSON.stringify(body)) }, undefined, 1)}\n`;
}

/** Reads a document; throws with what is wrong with it. */
export function parseDocument(where: string, bytes: Uint8Array): StoreDocument {
  const refuse = (got: string, cause?: unknown): never => {
    throw storeError(
      where,
      `expected a whole ${DOCUMENT}, got ${got}; restore the file, or start anew with overwrite`,
      cause,
    );
  };
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse("text that is not JSON", error);
  }
  const { crc32c: sum, ...body } = (read ?? {}) as { [name: string]: unknown };
  if (body.format !== FORMAT) return refuse(`the format ${JSON.stringify(body.format)}`);
  if (body.version !== VERSION) {
    throw storeError(
      where,
      `expected a store of version ${VERSION}, got version ${JSON.stringify(body.version)}; use the release that wrote it`,
    );
  }
  if (sumOf(JSON.stringify(body)) !== sum) return refuse("one that does not fit its checksum");
  // The checksum says that it is as it was written.
  const document = body as unknown as StoreDocument;
  const { sizes, chunk } = document.layout.grid;
  return { ...document, layout: { ...document.layout, grid: gridFrom(sizes, chunk) } };
}

/** What differs between two identities, a line each: the path, what the store has, what the run has. */
export function differences(store: Identity, run: Identity): string[] {
  const [before, now] = [new Map(leavesOf("", plain(store))), new Map(leavesOf("", plain(run)))];
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((path) => before.get(path) !== now.get(path))
    .map((path) => `${path}: ${before.get(path) ?? "none"} in the store, ${now.get(path) ?? "none"} in this run`);
}

function leavesOf(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value) ?? "none"]];
  return Object.entries(value).flatMap(([key, item]) => {
    // An entry of a list is known by the name that it has, if any.
    const name = (item as { path?: unknown } | null)?.path ?? (item as { name?: unknown } | null)?.name;
    const step = Array.isArray(value) && typeof name === "string" ? name : key;
    return leavesOf(path === "" ? step : `${path}.${step}`, item);
  });
}
