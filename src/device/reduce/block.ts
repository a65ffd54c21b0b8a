/** The reduction of a block: results of points in, numbers out, one partial after the other (numbers.ts). */

import type { TypedArray } from "../../base/dtype.ts";
import { OK } from "../../base/status.ts";
import type { Columns } from "../batch.ts";
import type { Block, Blocks } from "./blocks.ts";
import type { NumberReader, NumberWriter } from "./numbers.ts";
import { type Accumulation, type AnyState, readState, stateOf } from "./state.ts";

/** What is reduced and how; plain data, which devices get. */
export interface ReducePlan {
  readonly blocks: Blocks;
  readonly leaves: readonly ReducedLeaf[];
  /** Takes points in that are not ok, instead of leaving them out. */
  readonly propagate: boolean;
}

export interface ReducedLeaf {
  /** Number of the output. */
  readonly output: number;
  /** Numbers of one point's output; each is reduced by itself. */
  readonly elements: number;
  readonly accumulations: readonly Accumulation[];
}

/** What a block knows of a cell. */
export interface CellPart {
  /** Points that were taken in. */
  readonly count: number;
  /** By leaf, element and accumulation. */
  readonly states: AnyState[];
}

export class BlockReducer {
  private readonly plan: ReducePlan;
  private values = new Float64Array(1024);
  private rows = new Int32Array(1024);

  constructor(plan: ReducePlan) {
    this.plan = plan;
  }

  /** Writes one partial for each cell of a block whose points are the rows from `row` on. */
  reduce(columns: Columns, row: number, { cells, count }: Block, out: NumberWriter): void {
    const points = count / cells;
    if (this.values.length < points) {
      this.values = new Float64Array(points);
      this.rows = new Int32Array(points);
    }
    for (let cell = 0; cell < cells; cell++) this.reduceCell(columns, row + cell * points, points, out);
  }

  private reduceCell(columns: Columns, row: number, points: number, out: NumberWriter): void {
    const taken = this.plan.propagate ? points : this.findOk(columns.status, row, points);
    out.push(taken);
    for (const { output, elements, accumulations } of this.plan.leaves) {
      const column = columns.data[output] as TypedArray;
      for (let e = 0; e < elements; e++) {
        if (taken < points) this.gatherSome(column, elements, e, taken);
        else this.gather(column, elements, e, row, points);
        for (const how of accumulations) stateOf(how, this.values, taken).write(out);
      }
    }
  }

  /** Notes the rows that are ok; gives their number. */
  private findOk(status: Uint8Array, row: number, points: number): number {
    const { rows } = this;
    let found = 0;
    for (let at = row; at < row + points; at++) if (status[at] === OK) rows[found++] = at;
    return found;
  }

  private gather(column: TypedArray, elements: number, e: number, row: number, points: number): void {
    const { values } = this;
    if (elements === 1) values.set(column.subarray(row, row + points));
    else for (let i = 0, at = row * elements + e; i < points; i++, at += elements) values[i] = column[at] as number;
  }

  private gatherSome(column: TypedArray, elements: number, e: number, taken: number): void {
    const { values, rows } = this;
    for (let i = 0; i < taken; i++) values[i] = column[(rows[i] as number) * elements + e] as number;
  }
}

export const readPart = ({ leaves }: ReducePlan, input: NumberReader): CellPart => ({
  count: input.next(),
  states: leaves.flatMap(({ elements, accumulations }) =>
    Array.from({ length: elements }, () => accumulations.map((how) => readState(how, input))).flat(),
  ),
});

/** Of no points. */
export const emptyPart = ({ leaves }: ReducePlan): CellPart => ({
  count: 0,
  states: leaves.flatMap(({ elements, accumulations }) =>
    Array.from({ length: elements }, () => accumulations.map((how) => stateOf(how, new Float64Array(), 0))).flat(),
  ),
});
