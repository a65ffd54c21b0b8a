/** How the command line fails: with a sentence and an exit code. */

import { fileURLToPath } from "node:url";

/** Wrong words on the command line: exit code 2. Everything else that goes wrong is 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The run was stopped by the user: exit code 130, as shells expect after Ctrl-C. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Stopped) return 130;
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
  if (!(error instanceof Error)) return String(error);
  const isParser = error.name === "CACError";
  if (!debug) return isParser ? `lanewise: ${error.message}; see lanewise --help` : error.message + placeOf(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${describe(error.cause, true)}`;
  return (error.stack ?? error.message) + cause;
}
