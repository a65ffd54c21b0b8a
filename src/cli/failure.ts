/** How the command line fails: with a sentence and an exit code. */

import { fileURLToPath } from "node:url";

/** Wrong words on the command line: exit code 2. Everything else that goes wrong is 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The run was stopped by a signal. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly code: number;
  readonly signal: "SIGINT" | "SIGTERM";
  private readonly text: () => string;

  /** `text` is asked when it is shown: what was being computed may be done by then. */
  constructor(text: () => string, code: number, signal: "SIGINT" | "SIGTERM") {
    super("stopped");
    this.code = code;
    this.signal = signal;
    this.text = text;
  }

  override toString(): string {
    return this.text();
  }
}

/** The run is complete, and some of its points failed. */
export const SOME_FAILED = 3;

/** What the exit codes mean, for `--help`. */
export const exitCodes = [
  ["0", "all went well"],
  ["1", "an error: of the model, a file, a store or a device"],
  ["2", "a mistake in the words of the command"],
  ["3", "the run is complete, and some points failed: not finite, at a step limit, or not computed"],
  ["130", "stopped by Ctrl-C (SIGINT)"],
  ["143", "stopped by SIGTERM"],
] as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof Stopped) return error.code;
  const usage = error instanceof UsageError || (error instanceof Error && error.name === "CACError");
  return usage ? 2 : 1;
}

// This file is bundled with all others into one folder.
const library = new URL(".", import.meta.url);

/** For errors that the user's own code throws: where. Lines are those of the file, columns those of what it became. */
function placeOf({ stack = "" }: Error): string {
  const frame = stack.split("\n").find((line) => /^ +at /.test(line)) ?? "";
  const place = frame.match(/((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+):\d+\)?$/)?.[1];
  if (place === undefined || place.includes("node_modules")) return "";
  const file = place.replace(/^file:\/\//, "");
  return file.startsWith(fileURLToPath(library)) ? "" : ` (at ${file}); --debug shows the way there`;
}

/** One message; the stack and the causes only when debugging. */
export function describe(error: unknown, debug: boolean): string {
  if (!(error instanceof Error) || error instanceof Stopped) return String(error);
  const isParser = error.name === "CACError";
  if (!debug) return isParser ? `lanewise: ${error.message}; see lanewise --help` : error.message + placeOf(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${describe(error.cause, true)}`;
  return (error.stack ?? error.message) + cause;
}
