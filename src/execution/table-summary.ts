/** A table → smallest, mean and largest value of every result, and how many points gave none that counts. */

import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { NOT_FINITE, OK } from "../base/status.ts";
import type { TableColumn, TableSource } from "./table-source.ts";

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

/** Whether the results of a point with this status are what the model says. */
export const isWhole = (status: number | undefined): boolean => status === OK || status === NOT_FINITE;

/** Of one column, block by block. */
export class Summary {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #finite = 0;
  #notFinite = 0;
  #unfinished = 0;

  /** `width` values of each point that `status` tells of. */
  add(data: TypedArray, width: number, status: TypedArray): void {
    for (let i = 0, point = 0; i < data.length; point++) {
      const whole = isWhole(status[point]);
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

export const withRole = ({ columns }: TableSource, role: TableColumn["role"]): readonly TableColumn[] =>
  columns.filter((column) => column.role === role);

/** Of every result, in one pass over the table. */
export async function summarise(table: TableSource): Promise<OutputSummary[]> {
  const outputs = withRole(table, "result");
  const names = [...outputs, ...withRole(table, "status")].map(({ name }) => name);
  const summaries = outputs.map(() => new Summary());
  for await (const block of table.blocks({ columns: names })) {
    const status = block[outputs.length] as TypedArray;
    summaries.forEach((summary, k) => {
      summary.add(block[k] as TypedArray, sizeOf((outputs[k] as TableColumn).shape), status);
    });
  }
  return summaries.map((summary, k) => summary.read((outputs[k] as TableColumn).name));
}
