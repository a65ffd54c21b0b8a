/** What scripts/kill.mjs gives, with types: runs of the built command into stores, for tests that end them. */

// @ts-expect-error a script without types
import * as untyped from "../../scripts/kill.mjs";
import "../support/command.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

interface Kill {
  workshop(): string;
  start(
    folder: string,
    store: string,
    args?: readonly string[],
    before?: readonly string[],
  ): { readonly child: { readonly pid: number; kill(signal: string): void }; readonly ended: Promise<Ended> };
  bytesOf(folder: string, store: string): string;
  committed(folder: string, store: string): Map<string, number>;
  grown(folder: string, store: string, count: number, ended: Promise<Ended>): Promise<void>;
  /** The same numbers for the same seed. */
  randomBits(seed: number): () => number;
  killRounds(rounds: number, seed: number): Promise<string[]>;
}

export const { workshop, start, bytesOf, committed, grown, killRounds, randomBits } = untyped as unknown as Kill;
