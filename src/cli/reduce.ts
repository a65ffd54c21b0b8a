/** What the words of the command line say of reductions: `--reduce attackRate=mean,variance --over seed`. */

import { reductionNames } from "../execution/reduce-spec.ts";
import type { ReduceOptions, Reduction } from "../index.ts";
import { UsageError } from "./failure.ts";
import type { StoreWords } from "./store.ts";

export interface ReduceWords {
  readonly reduce?: unknown;
  readonly over?: unknown;
  readonly replications?: unknown;
}

const textsOf = (option: unknown): string[] =>
  option === undefined ? [] : (Array.isArray(option) ? option : [option]).map(String);

/** Undefined where nothing is reduced. */
export function reduceOf({ store, cache, ...words }: ReduceWords & StoreWords): ReduceOptions | undefined {
  const wanted = textsOf(words.reduce);
  const over = textsOf(words.over).flatMap((text) => text.split(","));
  if (wanted.length === 0) {
    if (over.length === 0) return undefined;
    throw new UsageError("--over: expected --reduce beside it, got none; add --reduce result=mean");
  }
  if (store !== undefined || cache !== undefined) {
    const got = store === undefined ? "--cache" : "--store";
    throw new UsageError(`--reduce: expected it without ${got}, got both; write what is reduced with --out`);
  }
  const reduce: Record<string, Reduction[]> = {};
  for (const text of wanted) {
    const at = text.lastIndexOf("=");
    const names = text.slice(at + 1).split(",");
    if (at < 1 || names.includes("")) {
      throw new UsageError(`--reduce: expected result=reduction,…, got "${text}"; write --reduce attackRate=mean,std`);
    }
    const wrong = names.find((name) => !(reductionNames as readonly string[]).includes(name));
    if (wrong !== undefined) {
      throw new UsageError(
        `--reduce: expected reductions among ${reductionNames.join(", ")}, got "${wrong}"; correct it`,
      );
    }
    reduce[text.slice(0, at)] = names as Reduction[];
  }
  return { reduce, ...(over.length > 0 && { over }) };
}

const refusal = "ParallelExecution.run: ";

/** Names that the model or the space does not have, and axes of what is no product, are wrong on the command line. */
export function explainedReduction(error: unknown): unknown {
  const refused = error instanceof RangeError || error instanceof TypeError;
  if (!refused || !error.message.startsWith(refusal)) return error;
  return new UsageError(`--reduce: ${error.message.slice(refusal.length)}`, { cause: error });
}

export function replicationsOf({ replications }: ReduceWords): { readonly replications?: number } {
  if (replications === undefined) return {};
  if (Number.isSafeInteger(replications) && (replications as number) > 0) {
    return { replications: replications as number };
  }
  throw new UsageError(
    `--replications: expected a positive whole number, got "${String(replications)}"; write --replications 20`,
  );
}
