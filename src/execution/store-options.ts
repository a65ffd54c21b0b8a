/** What a run into a store is asked for, checked. */

import { describe } from "../space/arrays.ts";
import { checkCount, checkOptions } from "../space/check.ts";
import type { RunOptions } from "./parallel.ts";
import { checkWatching } from "./validate.ts";

/** A run whose results go to a directory on disk, as far as memory is concerned in any number. */
export interface StoreRunOptions extends RunOptions {
  /**
   * The directory: Zarr v3, which xarray, zarr-python and zarrita open as it is. Nothing that is committed to it is lost
   * when the process or the machine dies. It must not be there, unless `resume` or `overwrite` say what to do with it.
   */
  readonly store: string;
  /** Goes on where an earlier run stopped, checks what it left, and computes what is damaged again. Default false. */
  readonly resume?: boolean;
  /** Removes the store that is there. Default false. */
  readonly overwrite?: boolean;
  /**
   * Most points of a chunk, which is what a kill can cost. Default: 2 MiB of the largest result, or a 64th of all points
   * where that is less, but 128 at least.
   */
  readonly chunk?: number;
  /** Title in the store's attributes. */
  readonly title?: string;
  /** Name of the result that pictures and reports of the store show first, as in `toColumns`. Default: the first. */
  readonly show?: string;
  /** Names for the dimensions of results with a shape, by the names that results have in tables. Default `dim_0`, … */
  readonly dims?: { readonly [result: string]: readonly string[] };
}

const known = [
  "signal",
  "onProgress",
  "cache",
  "store",
  "resume",
  "overwrite",
  "chunk",
  "title",
  "show",
  "dims",
] as const satisfies readonly (keyof StoreRunOptions)[];

/** Whether a run is one into a store. */
export const isStoreRun = (options: RunOptions): options is StoreRunOptions =>
  "store" in options && options.store !== undefined;

/** Refuses, in a run that is not one into a store, what only such a run has. */
export function checkNoStore(where: string, options: RunOptions): void {
  const lost = (["resume", "overwrite", "chunk", "title", "show", "dims"] as const).find((name) => name in options);
  if (lost === undefined) return;
  throw new TypeError(
    `${where}.run: expected store beside ${lost}, got none; write { store: "results.zarr", ${lost}: … }, or drop it`,
  );
}

export function checkStoreRun(where: string, options: StoreRunOptions): StoreRunOptions {
  const run = `${where}.run`;
  if ("reduce" in options && options.reduce !== undefined) {
    throw new TypeError(
      `${run}: expected one of store, which keeps all points, and reduce, which keeps none; drop one`,
    );
  }
  checkOptions(run, options, known);
  checkWatching(run, options);
  const { store, resume, overwrite, chunk, title, show, dims } = options;
  if (typeof store !== "string" || store === "") {
    throw new TypeError(`${run}: expected a directory as store, got ${describe(store)}; write "results.zarr"`);
  }
  for (const [name, value] of Object.entries({ resume, overwrite })) {
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(`${run}: expected true or false as ${name}, got ${describe(value)}; leave it out for false`);
  }
  if (resume && overwrite) {
    throw new TypeError(`${run}: expected one of resume and overwrite, got both; drop one`);
  }
  if (chunk !== undefined) checkCount(run, "chunk", chunk);
  for (const [name, value] of Object.entries({ title, show })) {
    if (value === undefined || typeof value === "string") continue;
    throw new TypeError(`${run}: expected text as ${name}, got ${describe(value)}; put it in quotes`);
  }
  for (const [name, names] of Object.entries(dims ?? {})) {
    if (Array.isArray(names) && names.every((dim) => typeof dim === "string" && /^[\w.-]+$/.test(dim))) continue;
    throw new TypeError(
      `${run}: expected names of letters, digits, _, . and - as dims of ${name}, got ${JSON.stringify(names)}; ` +
        'write { curve: ["time"] }',
    );
  }
  return options;
}
