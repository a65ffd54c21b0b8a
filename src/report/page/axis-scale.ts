/** Values along an axis ↔ places on the screen: even, logarithmic, or one by one where they have no order to lie in. */

import { withUnit } from "../../space/labels.ts";
import type { PageAxis } from "./model.ts";

export type AxisKind = "linear" | "log" | "index";

export interface AxisScale {
  readonly kind: AxisKind;
  readonly label: string;
  /** In the units of the axis: half a cell beyond the outermost values. */
  readonly domain: readonly [number, number];
  /** The value that stands for a position. */
  value(position: number): number;
  /** Where a position lies, from 0 to 1 across the domain. */
  place(position: number): number;
  /** The position whose value is nearest to a place. */
  nearest(place: number): number;
}

/** One number per position, each another: only then do they lie along a line. */
function lineOf({ parameters, size }: PageAxis): readonly number[] | undefined {
  const [first] = parameters;
  if (first?.values.length !== size) return undefined;
  const usable = first.values.every(Number.isFinite) && new Set(first.values).size === size;
  return usable ? first.values : undefined;
}

/** Whether a logarithmic scale is possible. */
export const allowsLog = (axis: PageAxis): boolean => lineOf(axis)?.every((x) => x > 0) ?? false;

/** Whether the values were laid out logarithmically. */
export function prefersLog(axis: PageAxis): boolean {
  const values = lineOf(axis);
  if (!values || values.length < 3 || !allowsLog(axis)) return false;
  const [first = 1, last = 1, n] = [values[0], values[values.length - 1], values.length - 1];
  return values.every((x, k) => Math.abs(x / (first * (last / first) ** (k / n)) - 1) < 1e-3) && !isEven(values);
}

function isEven(values: readonly number[]): boolean {
  const [first = 0, last = 0, n] = [values[0], values[values.length - 1], values.length - 1];
  return values.every((x, k) => Math.abs(x - first - ((last - first) * k) / n) < 1e-3 * Math.abs((last - first) / n));
}

export function axisScale(axis: PageAxis, log: boolean): AxisScale {
  const values = lineOf(axis);
  const kind = values ? (log && allowsLog(axis) ? "log" : "linear") : "index";
  const line = values ?? Array.from({ length: axis.size }, (_, k) => k);
  const to = kind === "log" ? Math.log : (x: number) => x;
  const from = kind === "log" ? Math.exp : (x: number) => x;
  // Positions in rising order of their values, so that any order of values can be drawn.
  const order = line.map((_, k) => k).sort((a, b) => (line[a] as number) - (line[b] as number));
  const sorted = order.map((k) => to(line[k] as number));
  const n = sorted.length;
  const gap = (k: number): number => (n > 1 ? (sorted[k + 1] as number) - (sorted[k] as number) : 1);
  const low = (sorted[0] as number) - gap(0) / 2;
  const high = (sorted[n - 1] as number) + gap(Math.max(0, n - 2)) / 2;
  const { path = axis.name, unit } = axis.parameters[0] ?? {};
  return {
    kind,
    label: kind === "index" ? `position along ${axis.name}` : withUnit(path, unit),
    domain: [from(low), from(high)],
    value: (position) => line[position] as number,
    place: (position) => (to(line[position] as number) - low) / (high - low),
    nearest(place) {
      const wanted = low + place * (high - low);
      let [a, b] = [0, n - 1];
      while (b - a > 1) {
        const middle = (a + b) >> 1;
        if ((sorted[middle] as number) <= wanted) a = middle;
        else b = middle;
      }
      const closer = wanted - (sorted[a] as number) <= (sorted[b] as number) - wanted ? a : b;
      return order[closer] as number;
    },
  };
}
