/** What the words of the command line say of a store, and what is said of it after the run. */

import type { StoreRunOptions } from "../index.ts";
import { UsageError } from "./failure.ts";
import { formatCount } from "./format.ts";

export interface StoreWords {
  readonly store?: unknown;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly chunk?: unknown;
  readonly cache?: unknown;
}

export type StoreWishes = Omit<StoreRunOptions, "signal" | "onProgress">;

/** Undefined where no store is asked for. */
export function storeOf({ store, resume, overwrite, chunk }: StoreWords): StoreWishes | undefined {
  if (store === undefined) {
    const lost = Object.entries({ resume, overwrite, chunk }).find(([, value]) => value !== undefined);
    if (!lost) return undefined;
    throw new UsageError(`--${lost[0]}: expected --store beside it, got none; add --store results.zarr`);
  }
  if (resume && overwrite) throw new UsageError("--resume: expected it without --overwrite, got both; drop one");
  if (chunk !== undefined && !(Number.isSafeInteger(chunk) && (chunk as number) > 0)) {
    throw new UsageError(`--chunk: expected a number of points, got "${String(chunk)}"; write --chunk 100000`);
  }
  return {
    store: String(store),
    resume: resume === true,
    overwrite: overwrite === true,
    ...(chunk !== undefined && { chunk: chunk as number }),
  };
}

/** What a store holds, for the list of files after a run. */
export const storeText = (points: number, store: string): string =>
  `${formatCount(points)} points, Zarr v3; see lanewise report ${store}, lanewise export ${store} --to FILE`;

/** Files are named so far; more are counted. */
const MOST_NAMED = 5;

export function repairedText(repaired: readonly string[]): string {
  const more = repaired.length - MOST_NAMED;
  const lines = [...repaired.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${formatCount(more)} more`] : [])];
  return ["damaged files of an earlier run, written again:", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Where results of earlier runs are looked for. */
export const cacheOf = ({ cache }: StoreWords): { readonly cache?: string } =>
  cache === undefined ? {} : { cache: String(cache) };
