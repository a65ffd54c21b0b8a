/** A table → one line per output: smallest, mean and largest value, and how many points gave none that counts. */

import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { NOT_FINITE, OK } from "../base/status.ts";
import type { TableSource } from "../execution/table-source.ts";
import { formatCount, formatNumber, formatTable } from "./format.ts";

export interface OutputSummary {
  readonly name: string;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** Values that are NaN or infinite. */
  readonly notFinite: number;
  /** Values that are left out: those, and all of points that were not computed to their end. */
  readonly failed: number;
}

class Summary {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #finite = 0;
  #notFinite = 0;
  #unfinished = 0;

  add(data: TypedArray, width: number, status: TypedArray): void {
    for (let i = 0, point = 0; i < data.length; point++) {
      const whole = status[point] === OK || status[point] === NOT_FINITE;
      for (const end = i + width; i < end; i++) this.#addValue(data[i] as number, whole);
    }
  }

  #addValue(x: number, whole: boolean): void {
    if (!whole) this.#unfinished++;
    else if (!Number.isFinite(x)) this.#notFinite++;
    else {
      if (x < this.#min) this.#min = x;
      if (x > this.#max) this.#max = x;
      this.#sum += x;
      this.#finite++;
    }
  }

  read(name: string): OutputSummary {
    const none = this.#finite === 0;
    return {
      name,
      min: none ? Number.NaN : this.#min,
      mean: this.#sum / this.#finite,
      max: none ? Number.NaN : this.#max,
      notFinite: this.#notFinite,
      failed: this.#notFinite + this.#unfinished,
    };
  }
}

/** Of every result, in one pass over the table. */
export async function summarise(table: TableSource): Promise<OutputSummary[]> {
  const outputs = table.columns.filter(({ role }) => role === "result");
  const status = table.columns.filter(({ role }) => role === "status");
  const summaries = outputs.map(() => new Summary());
  for await (const block of table.blocks({ columns: [...outputs, ...status].map(({ name }) => name) })) {
    const statuses = block[outputs.length] as TypedArray;
    outputs.forEach(
      ({ shape }, k) => void (summaries[k] as Summary).add(block[k] as TypedArray, sizeOf(shape), statuses),
    );
  }
  return summaries.map((summary, k) => summary.read((outputs[k] as { name: string }).name));
}

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
