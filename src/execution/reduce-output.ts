/** What becomes of the numbers of a result: states of whole cells in, columns of the reduced results out. */

import { type Shape, sizeOf } from "../base/shape.ts";
import { binEdges, type RangeHistogram, WideningHistogram } from "../device/reduce/histogram.ts";
import type { Extremes, Moments, Sum } from "../device/reduce/moments.ts";
import type { Sketch } from "../device/reduce/sketch.ts";
import type { Accumulation } from "../device/reduce/state.ts";
import type { CustomFold } from "./reduce-fold.ts";
import type { Wanted } from "./reduce-spec.ts";

/** The values of a result that is reduced. */
export interface Places {
  readonly cells: number;
  /** Of one point's result; a place is a cell and an element of it. */
  readonly shape: Shape;
}

/** A column of the reduced results: `[cells, ...shape of the result, ...inner]`. */
export class OutputColumn {
  /** Of one cell. */
  readonly shape: Shape;
  readonly data: Float64Array<ArrayBuffer>;

  constructor({ cells, shape }: Places, inner: Shape = []) {
    this.shape = [...shape, ...inner];
    this.data = new Float64Array(cells * sizeOf(this.shape));
  }
}

/** A column, or a record of them. */
export type OutputTree = OutputColumn | { readonly [name: string]: OutputColumn };

/** One reduction of one result. */
export interface Output {
  /** The state that it is made of; none where the number of points is enough. */
  readonly accumulation: Accumulation | undefined;
  /** Places are counted through; `state` has the kind of the accumulation. */
  put(place: number, state: unknown, count: number): void;
  /** When every place is put. */
  finish(): OutputTree;
}

export function outputOf(wanted: Wanted, places: Places): Output {
  switch (wanted.kind) {
    case "count":
      return scalar(undefined, places, (_: undefined, count) => count);
    case "sum":
      return scalar({ kind: "sum" }, places, (sum: Sum) => sum.value);
    case "mean":
      return scalar({ kind: "sum" }, places, (sum: Sum, count) => sum.value / count);
    case "variance":
      return scalar({ kind: "moments" }, places, (moments: Moments) => moments.variance(wanted.ddof));
    case "std":
      return scalar({ kind: "moments" }, places, (moments: Moments) => Math.sqrt(moments.variance(wanted.ddof)));
    case "min":
      return scalar({ kind: "extremes" }, places, ({ min }: Extremes, count) => (count === 0 ? Number.NaN : min));
    case "max":
      return scalar({ kind: "extremes" }, places, ({ max }: Extremes, count) => (count === 0 ? Number.NaN : max));
    case "quantiles": {
      const column = new OutputColumn(places, [wanted.q.length]);
      return {
        accumulation: { kind: "sketch" },
        put: (place, state) => column.data.set((state as Sketch).quantiles(wanted.q), place * wanted.q.length),
        finish: () => column,
      };
    }
    case "histogram":
      return wanted.range ? rangeOutput(wanted.bins, wanted.range, places) : wideningOutput(wanted.bins, places);
    case "custom":
      return customOutput(wanted.name, places);
  }
}

function scalar<S>(
  accumulation: Accumulation | undefined,
  places: Places,
  value: (state: S, count: number) => number,
): Output {
  const column = new OutputColumn(places);
  return {
    accumulation,
    // The state is that of the accumulation beside it.
    put: (place, state, count) => {
      column.data[place] = value(state as S, count);
    },
    finish: () => column,
  };
}

interface Bins {
  readonly [name: string]: OutputColumn;
  readonly counts: OutputColumn;
  readonly edges: OutputColumn;
  readonly outside: OutputColumn;
}

const binColumns = (bins: number, places: Places): Bins => ({
  counts: new OutputColumn(places, [bins]),
  edges: new OutputColumn(places, [bins + 1]),
  outside: new OutputColumn(places),
});

function rangeOutput(bins: number, range: { readonly low: number; readonly high: number }, places: Places): Output {
  const columns = binColumns(bins, places);
  const edges = binEdges({ bins, ...range });
  return {
    accumulation: { kind: "range", bins, ...range },
    put(place, state) {
      const { counts, outside } = state as RangeHistogram;
      columns.counts.data.set(counts, place * bins);
      columns.edges.data.set(edges, place * (bins + 1));
      columns.outside.data[place] = outside;
    },
    finish: () => columns,
  };
}

/** At the end all places get the bins that cover the numbers of all of them. */
function wideningOutput(bins: number, places: Places): Output {
  const columns = binColumns(bins, places);
  const count = places.cells * sizeOf(places.shape);
  const least = new Float64Array(count);
  const most = new Float64Array(count);
  return {
    accumulation: { kind: "widening", bins },
    put(place, state) {
      const { min, max, counts, outside } = state as WideningHistogram;
      least[place] = min;
      most[place] = max;
      columns.counts.data.set(counts, place * bins);
      columns.outside.data[place] = outside;
    },
    finish() {
      const [min, max] = [least.reduce((a, b) => Math.min(a, b)), most.reduce((a, b) => Math.max(a, b))];
      for (let place = 0; place < count; place++) {
        const counts = columns.counts.data.slice(place * bins, (place + 1) * bins);
        const all = new WideningHistogram(least[place] as number, most[place] as number, counts, 0);
        all.widen(min, max);
        columns.counts.data.set(all.counts, place * bins);
        columns.edges.data.set(all.edges(), place * (bins + 1));
      }
      return columns;
    },
  };
}

/** How many numbers a function gives is known when it has given some. */
function customOutput(name: string, places: Places): Output {
  let column: OutputColumn | undefined;
  let length: number | undefined;
  return {
    accumulation: { kind: "values" },
    put(place, state) {
      const value = (state as CustomFold).value();
      const now = typeof value === "number" ? undefined : value.length;
      if (!column) {
        length = now;
        column = new OutputColumn(places, now === undefined ? [] : [now]);
      }
      if (now !== length) {
        throw new TypeError(
          `reduce: expected finalize of ${name} to give ${length ?? "one number"} as for the first state, ` +
            `got ${now ?? "one number"}; give as many numbers for every state`,
        );
      }
      if (typeof value === "number") column.data[place] = value;
      else column.data.set(value, place * value.length);
    },
    finish: () => column ?? new OutputColumn(places),
  };
}
