/** Results as the columns of a table, those of parameters apart from those of outputs. */

import { flatten } from "../base/tree.ts";
import type { Results } from "../index.ts";

export interface ResultColumn {
  readonly name: string;
  /** `points × width` values. */
  readonly data: ArrayLike<number>;
  /** Values per point. */
  readonly width: number;
}

export function columnsOf(results: Results): { parameters: ResultColumn[]; outputs: ResultColumn[] } {
  const columns = Object.entries(results.toColumns()).map(
    ([name, data]): ResultColumn => ({ name, data, width: results.length === 0 ? 1 : data.length / results.length }),
  );
  // Outputs come last, one column for each leaf of the tree that the model returned.
  const first = columns.length - flatten(results.stacked).leaves.length;
  return { parameters: columns.slice(0, first), outputs: columns.slice(first) };
}
