/** Points that did not go well, after a run: how many, and the first few with their parameters. */

import { OK, PENDING, statusNames } from "../base/status.ts";
import type { FailedPoint } from "../execution/results.ts";
import type { TableSource } from "../execution/table-source.ts";
import { formatCount, formatNumber, formatTable } from "./format.ts";

export interface FailedPoints {
  readonly count: number;
  /** Of all statuses that are not ok, by name. */
  readonly statuses: { readonly [name: string]: number };
  readonly first: readonly FailedPoint[];
}

/** So many are shown. */
export const SHOWN = 5;

/** Reads the statuses of all points; `first`: those of them that are shown. */
export async function failedPoints(table: TableSource, first: readonly FailedPoint[]): Promise<FailedPoints> {
  const status = table.columns.find(({ role }) => role === "status")?.name as string;
  const counts = statusNames.map(() => 0);
  for await (const [here] of table.blocks({ columns: [status] })) {
    for (const what of here as Uint8Array) counts[what] = (counts[what] as number) + 1;
  }
  const failed = statusNames.flatMap((name, what): [string, number][] => {
    const count = counts[what] as number;
    return what === OK || what === PENDING || count === 0 ? [] : [[name, count]];
  });
  return { count: failed.reduce((sum, [, n]) => sum + n, 0), statuses: Object.fromEntries(failed), first };
}

/** Empty where all went well. */
export function failedText({ count, statuses, first }: FailedPoints, total: number): string {
  const [row] = first;
  if (!row) return "";
  const kinds = Object.entries(statuses).map(([name, n]) => `${formatCount(n)} ${name}`);
  const paths = Object.keys(row.parameters).filter((path) => !Array.isArray(row.parameters[path]));
  const reasons = first.some(({ reason }) => reason !== undefined);
  const table = formatTable(
    ["point", ...paths, "status", ...(reasons ? ["reason"] : [])],
    first.map(({ index, parameters, status, reason }) => [
      formatCount(index),
      ...paths.map((path) => formatNumber(Number(parameters[path]))),
      status,
      ...(reasons ? [reason ?? ""] : []),
    ]),
  );
  const more = count > first.length ? `\n… and ${formatCount(count - first.length)} more` : "";
  return `${formatCount(count)} of ${formatCount(total)} points failed (${kinds.join(", ")}):\n${table}${more}`;
}
