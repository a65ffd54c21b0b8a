/** `lanewise export STORE --to FILE`: the points of a store as a table in the format of the file's ending. */

import { openResults } from "../index.ts";
import { UsageError } from "./failure.ts";
import { formatBytes, formatCount } from "./format.ts";
import { checkOutput, writeTable } from "./output.ts";

export interface ExportOptions {
  readonly to?: unknown;
}

export async function exportStore(store: string, { to }: ExportOptions): Promise<void> {
  if (to === undefined) throw new UsageError("export: expected --to FILE, got none; write --to results.parquet");
  const file = String(to);
  checkOutput("--to", file);
  const table = await (await openResults(store)).table();
  const bytes = await writeTable("--to", file, table);
  console.log(`${file}: ${formatCount(table.length)} rows, ${formatBytes(bytes)}`);
}
