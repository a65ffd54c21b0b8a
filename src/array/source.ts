/** Where in the user's code a call came from: the innermost stack frame outside of the library. */

// The sources are one folder down from the library's root, the built files lie in it.
const home = new URL(import.meta.url.includes("/src/array/") ? ".." : ".", import.meta.url).href;
const plainHome = home.replace(/^file:\/\//, "");

/** `model.ts:12:7` with its folder, or the empty string where the platform gives no stack. */
export function userLine(): string {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  const frame = frames.find((line) => /:\d+:\d+\)?$/.test(line) && !isLibrary(line));
  const place = frame?.match(/(?:\(|at |@)?((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/);
  return place?.[1]?.replace(/^file:\/\//, "") ?? "";
}

const isLibrary = (line: string): boolean => line.includes(home) || line.includes(plainHome) || line.includes("node:");

/** A sentence's end that says where: ` (at model.ts:12:7)`. */
export function atUserLine(): string {
  const line = userLine();
  return line === "" ? "" : ` (at ${line})`;
}
