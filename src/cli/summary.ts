/** What a run gave, as lines of text: one per output, and one per file. */

import type { OutputSummary } from "../execution/table-summary.ts";
import { formatCount, formatNumber, formatTable } from "./format.ts";

export const summaryTable = (summaries: readonly OutputSummary[]): string =>
  formatTable(
    ["output", "min", "mean", "max", "failed"],
    summaries.map(({ name, min, mean, max, failed }) => [
      name,
      ...[min, mean, max].map(formatNumber),
      formatCount(failed),
    ]),
  );

/** What a run left behind, one line a file: what it is called, and what can be done with it. */
export function filesText(files: readonly (readonly [file: string, what: string])[]): string {
  const width = Math.max(...files.map(([file]) => file.length));
  return files.map(([file, what]) => `${file.padEnd(width)}  ${what}`).join("\n");
}
