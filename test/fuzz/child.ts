/**
 * The process that may die. In: `KIND FROM COUNT`, or `smallest KIND SEED`. Out, one JSON a line: `{at}` before each
 * seed, `{fault, seed}` for each that fails, `{counts}` at the end.
 */

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { cases, isKind, type Kind, smallest } from "./cases.ts";
import type { Counts } from "./counts.ts";

const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);

/** Code that is not needed any more is given back between turns of the event loop. */
const BREATH = 20;

async function run(kind: Kind, from: number, count: number): Promise<void> {
  const counts: Counts = {};
  for (let seed = from; seed < from + count; seed++) {
    say({ at: seed });
    try {
      const fault = cases[kind](seed, counts);
      if (fault !== undefined) say({ fault, seed });
    } catch (error) {
      say({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error), seed });
    }
    if (seed % BREATH === 0) await setImmediate();
  }
  say({ counts });
}

const [first = "", second = "", third = ""] = process.argv.slice(2);
if (first === "smallest" && isKind(second)) {
  say({ smallest: smallest[second](Number(third), (trying) => say({ trying })) });
} else if (isKind(first)) await run(first, Number(second), Number(third));
else throw new Error(`child: expected KIND FROM COUNT, got ${process.argv.slice(2).join(" ")}`);
