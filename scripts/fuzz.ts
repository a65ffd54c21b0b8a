/**
 * Random programs, kernels and damaged program files on every target, beside guard pages, held against the
 * interpreter. In: how many of each. Out: progress, what was met, and faults with their seed, as small as may be; exit
 * code 1 where there is one.
 *
 *     npm run fuzz -- --programs 20000 --kernels 5000 --mutants 20000 --seed 0 --jobs 1
 */

import { parseArgs } from "node:util";
import { runCampaign, smallest } from "../test/fuzz/campaign.ts";
import type { Kind } from "../test/fuzz/cases.ts";

const kinds = ["programs", "kernels", "mutants"] as const satisfies readonly Kind[];
/** A child of low priority may wait long for its turn: a seed that takes longer hangs. */
const SECONDS = 1800;
const option = { type: "string" } as const;
const { values } = parseArgs({
  options: { programs: option, kernels: option, mutants: option, seed: option, jobs: option, faults: option },
});

/** A number of the command line. */
function numberOf(name: keyof typeof values, fallback: number): number {
  const value = values[name] === undefined ? fallback : Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name}: expected a count, got ${values[name]}`);
  return value;
}

const from = numberOf("seed", 0);
const [jobs, faults] = [numberOf("jobs", 1), numberOf("faults", 1)];
const given = kinds.some((kind) => values[kind] !== undefined);

for (const kind of kinds) {
  const count = numberOf(kind, given ? 0 : 20_000);
  if (count === 0) continue;
  const start = performance.now();
  let done = 0;
  let shown = start;
  const onProgress = (more: number): void => {
    done += more;
    const now = performance.now();
    if (now - shown < 10_000) return;
    shown = now;
    console.log(`${kind}: ${done} of ${count}, ${((now - start) / done).toFixed(1)} ms each`);
  };
  const report = await runCampaign({ kind, from, count, jobs, faults, seconds: SECONDS, onProgress });
  for (const { seed, what } of report.faults) {
    console.log(`${kind}: seed ${seed} fails: ${what}`);
    console.log(await smallest(kind, seed));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${kind}: ${done} from seed ${from} in ${seconds} s, faults: ${report.faults.length}`);
  for (const [what, number] of Object.entries(report.counts).sort()) console.log(`  ${what}: ${number}`);
  if (report.faults.length > 0) process.exitCode = 1;
}
