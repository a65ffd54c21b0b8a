/** Where in the user's code a call came from: the innermost stack frame outside of the library. */

// The sources are one folder down from the library's root, the built files lie in it.
const home = homeOf(import.meta.url);
const plainHome = home?.replace(/^file:\/\//, "");

/** Some bundlers leave no address; then nothing tells the library's frames from others. */
function homeOf(url: unknown): string | undefined {
  if (typeof url !== "string" || !URL.canParse(".", url)) return undefined;
  return new URL(url.includes("/src/array/") ? ".." : ".", url).href;
}

/** `model.ts:12:7` with its folder, or the empty string where the platform gives no stack. */
export function userLine(): string {
  if (home === undefined || plainHome === undefined) return "";
  const isLibrary = (line: string): boolean => [home, plainHome, "node:"].some((place) => line.includes(place));
  const frames = stack();
  const frame = frames.find((line) => /:\d+:\d+\)?$/.test(line) && !isLibrary(line));
  const place = frame?.match(/(?:\(|at |@)?((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/);
  return place?.[1]?.replace(/^file:\/\//, "") ?? "";
}

/** All frames: the usual ten may all be the library's. */
function stack(): string[] {
  const limited = Error as { stackTraceLimit?: number };
  const limit = limited.stackTraceLimit;
  try {
    if (limit !== undefined) limited.stackTraceLimit = 200;
    return (new Error().stack ?? "").split("\n").slice(1);
  } finally {
    if (limit !== undefined) limited.stackTraceLimit = limit;
  }
}

/** A sentence's end that says where: ` (at model.ts:12:7)`. */
export function atUserLine(): string {
  const line = userLine();
  return line === "" ? "" : ` (at ${line})`;
}
