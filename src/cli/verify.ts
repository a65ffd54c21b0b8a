/** `lanewise verify STORE`: reads all of a store, and says what is there and what is damaged. */

import { verifyStore } from "../store/check.ts";
import { openForReading } from "../store/opening.ts";
import { formatCount } from "./format.ts";

/** Names shown; the rest is counted. */
const SHOWN = 20;

/** Gives the exit code: 1 where something is damaged. */
export async function verify(path: string): Promise<number> {
  const { points, chunks, committed, whole, damaged } = await verifyStore(await openForReading(path));
  for (const { path: file, fault } of damaged.slice(0, SHOWN)) console.log(`damaged: ${file} (${fault})`);
  if (damaged.length > SHOWN) console.log(`and ${formatCount(damaged.length - SHOWN)} more`);
  const missing = chunks - committed;
  console.log(
    `${path}: ${formatCount(points)} points in ${formatCount(chunks)} chunks: ${formatCount(whole)} whole, ` +
      `${formatCount(committed - whole)} damaged, ${formatCount(missing)} not computed`,
  );
  if (damaged.length > 0 || missing > 0) {
    console.log("run it again with --resume to compute what is damaged or missing");
  }
  return damaged.length > 0 ? 1 : 0;
}
