/** All points of a space stacked in one tree, in the leading shape of a pmap of vmaps. */

import type { ColumnSource } from "../base/column.ts";
import { fillColumn } from "../base/column.ts";
import { allocate, isFloat, type TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { unflatten } from "../base/tree.ts";
import { toNdArray } from "./arrays.ts";
import { checkCount, checkOptions } from "./check.ts";
import { type Layout, materialise, type Slot } from "./point.ts";
import { checkListable } from "./table.ts";

export interface CollectOptions {
  /** States per device at once. */
  readonly nVmap?: number;
  /** Devices. */
  readonly nPmap?: number;
  /** Fills the places after the last point. Default NaN. */
  readonly fillValue?: number;
  /** One tree, or a pair of the free leaves and all others. Default true. */
  readonly combine?: boolean;
}

/** `[N]`, or `[nPmap, nVmap, ceil(N / (nPmap·nVmap))]` without what was not given. */
export function leadingShape(n: number, { nVmap, nPmap }: CollectOptions): number[] {
  const given: number[] = [];
  for (const [name, count] of Object.entries({ nPmap, nVmap })) {
    if (count === undefined) continue;
    checkCount("collect", name, count);
    given.push(count);
  }
  return given.length === 0 ? [n] : [...given, Math.ceil(n / sizeOf(given))];
}

export function collectPoints(
  layout: Layout,
  columns: readonly ColumnSource[],
  n: number,
  options: CollectOptions,
): unknown {
  checkOptions("collect", options, ["nVmap", "nPmap", "fillValue", "combine"] satisfies (keyof CollectOptions)[]);
  const lead = leadingShape(n, options);
  const fill = options.fillValue ?? Number.NaN;
  const stacked = layout.slots.map((slot, i) => stack(slot, columns[i] as ColumnSource, n, lead, fill));
  const { structure, leaves } = layout.flat;
  const bare: Layout = { ...layout, slots: layout.slots.map(({ wrap: _, spread: __, ...slot }) => slot) };
  if (options.combine ?? true) return materialise(bare, stacked);
  const free = new Array<unknown>(leaves.length).fill(undefined);
  for (const [i, { leaf }] of layout.slots.entries()) free[leaf] = stacked[i];
  const nothing = layout.slots.map(() => undefined);
  return [unflatten(structure, free), materialise(bare, nothing)];
}

function stack(slot: Slot, column: ColumnSource, n: number, lead: Shape, fillValue: number): unknown {
  const places = sizeOf(lead);
  const repeated = sizeOf(slot.spread ?? []);
  const size = column.elementSize * repeated;
  const shape = [...lead, ...(slot.spread ?? column.shape)];
  const { dtype } = column;
  checkListable("collect", places * size);
  const data = allocate(dtype, places * size);
  if (places > n) {
    if (!isFloat(dtype) && !Number.isInteger(fillValue)) {
      throw new TypeError(
        `collect: expected an integer as fillValue for ${slot.path} of dtype ${dtype}, got ${fillValue}; ` +
          "give fillValue, or sizes that divide the number of points",
      );
    }
    data.fill(fillValue, n * size);
  }
  fillColumn(column, 0, n, data);
  if (repeated !== 1) spreadOut(data, n, repeated);
  return toNdArray({ dtype, shape, data }, "float32");
}

/** Repeats each of the first n numbers, from the back so that none is overwritten before it is read. */
function spreadOut(data: TypedArray, n: number, times: number): void {
  for (let i = n - 1; i >= 0; i--) data.fill(data[i] as number, i * times, (i + 1) * times);
}
