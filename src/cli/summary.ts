/** Results → one line per output: smallest, mean, largest, and how many values are not finite. */

import { formatCount, formatNumber, formatTable } from "./format.ts";

export interface OutputColumn {
  readonly name: string;
  /** All values of all points. */
  readonly data: ArrayLike<number>;
}

export interface OutputSummary {
  readonly name: string;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly notFinite: number;
}

export function summarise({ name, data }: OutputColumn): OutputSummary {
  let [min, max, sum, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    if (!Number.isFinite(x)) continue;
    if (x < min) min = x;
    if (x > max) max = x;
    sum += x;
    finite++;
  }
  const none = finite === 0;
  return {
    name,
    min: none ? Number.NaN : min,
    mean: sum / finite,
    max: none ? Number.NaN : max,
    notFinite: data.length - finite,
  };
}

export function summaryTable(summaries: readonly OutputSummary[]): string {
  const odd = summaries.some((s) => s.notFinite > 0);
  return formatTable(
    ["output", "min", "mean", "max", ...(odd ? ["not finite"] : [])],
    summaries.map(({ name, min, mean, max, notFinite }) => [
      name,
      ...[min, mean, max].map(formatNumber),
      ...(odd ? [formatCount(notFinite)] : []),
    ]),
  );
}
