/** How long until there is a first result? Processes of their own: trace, compile and run of 8 points; then of 1 point. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { summary } from "./support/measure.mjs";
import { isSimulation, offered } from "./support/models.mjs";

const child = fileURLToPath(new URL("support/first-call.mjs", import.meta.url));

export async function benchFirst(variants, { quick, runs }, tell) {
  const { offered: targets } = await offered();
  const rows = [];
  for (const { name, workload, generator } of variants.filter(isSimulation)) {
    for (const target of targets) {
      const words = [child, workload.name, generator, JSON.stringify(target.options), quick ? "quick" : "full"];
      const measured = Array.from({ length: quick ? 1 : Math.min(3, runs) }, () =>
        JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" })),
      );
      const of = (key) => summary(measured.map((m) => m[key]));
      const row = {
        name,
        target: target.name,
        ...Object.fromEntries(["call", "trace", "compile", "run", "single"].map((key) => [key, of(key)])),
      };
      rows.push(row);
      tell(row);
    }
  }
  return { rows };
}
