/** Points that did not go well, after a run: how many, and the first few with their parameters. */

import { OK, PENDING, statusNames } from "../base/status.ts";
import type { TableSource } from "../execution/table-source.ts";
import { formatCount, formatNumber, formatTable } from "./format.ts";

export interface FailedPoints {
  readonly count: number;
  /** Of all statuses that are not ok, by name. */
  readonly statuses: { readonly [name: string]: number };
  readonly first: readonly FailedRow[];
}

export interface FailedRow {
  readonly point: number;
  readonly parameters: { readonly [path: string]: number };
  readonly status: string;
  readonly reason?: string | undefined;
}

/** So many are shown. */
const SHOWN = 5;

const isFailed = (status: number): boolean => status !== OK && status !== PENDING;

/** Reads the statuses of all points; parameters, those that are numbers, only up to the last that is shown. */
export async function failedPoints(
  table: TableSource,
  reasonOf: (point: number) => string | undefined,
): Promise<FailedPoints> {
  const status = table.columns.find(({ role }) => role === "status")?.name as string;
  const counts = statusNames.map(() => 0);
  for await (const [here] of table.blocks({ columns: [status] })) {
    for (const what of here as Uint8Array) counts[what] = (counts[what] as number) + 1;
  }
  const statuses = Object.fromEntries(
    statusNames.flatMap((name, what) => (isFailed(what) && counts[what] ? [[name, counts[what] as number]] : [])),
  );
  const count = Object.values(statuses).reduce((sum, n) => sum + n, 0);
  return {
    count,
    statuses,
    first: count === 0 ? [] : await firstRows(table, status, Math.min(count, SHOWN), reasonOf),
  };
}

async function firstRows(
  table: TableSource,
  status: string,
  most: number,
  reasonOf: (point: number) => string | undefined,
): Promise<FailedRow[]> {
  const names = table.columns.flatMap(({ name, role, shape }) =>
    role === "parameter" && shape.length === 0 ? [name] : [],
  );
  const rows: FailedRow[] = [];
  let start = 0;
  for await (const [here, ...values] of table.blocks({ columns: [status, ...names] })) {
    const block = here as Uint8Array;
    for (let i = 0; i < block.length && rows.length < most; i++) {
      const what = block[i] as number;
      if (!isFailed(what)) continue;
      const parameters = Object.fromEntries(names.map((path, k) => [path, values[k]?.[i] as number]));
      const [point, name] = [start + i, statusNames[what] as string];
      rows.push({ point, parameters, status: name, reason: reasonOf(point) });
    }
    if (rows.length === most) break;
    start += block.length;
  }
  return rows;
}

/** Empty where all went well. */
export function failedText({ count, statuses, first }: FailedPoints, total: number): string {
  const [row] = first;
  if (!row) return "";
  const kinds = Object.entries(statuses).map(([name, n]) => `${formatCount(n)} ${name}`);
  const paths = Object.keys(row.parameters);
  const reasons = first.some(({ reason }) => reason !== undefined);
  const table = formatTable(
    ["point", ...paths, "status", ...(reasons ? ["reason"] : [])],
    first.map(({ point, parameters, status, reason }) => [
      formatCount(point),
      ...paths.map((path) => formatNumber(parameters[path] as number)),
      status,
      ...(reasons ? [reason ?? ""] : []),
    ]),
  );
  const more = count > first.length ? `\n… and ${formatCount(count - first.length)} more` : "";
  return `${formatCount(count)} of ${formatCount(total)} points failed (${kinds.join(", ")}):\n${table}${more}`;
}
