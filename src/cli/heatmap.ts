/** A two-dimensional product space as a picture in the terminal: half blocks in colour, or shades of characters. */

import { type ColourMode, colourOf, halfBlocks, shade } from "./colour.ts";
import { formatNumber } from "./format.ts";

export interface PlotAxis {
  readonly name: string;
  /** Coordinates in order; the picture shows the first and the last. */
  readonly values: ArrayLike<number>;
}

export interface HeatMap {
  readonly title: string;
  /** Row-major, `rows.values.length × columns.values.length`. */
  readonly values: ArrayLike<number>;
  /** Drawn upwards. */
  readonly rows: PlotAxis;
  /** Drawn to the right. */
  readonly columns: PlotAxis;
}

export interface PlotSize {
  /** Characters. */
  readonly width: number;
  readonly height: number;
}

/** Smallest and largest finite value. */
export function rangeOf(values: ArrayLike<number>): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN };
}

/** The map, its axes and its legend, as lines of at most `size.width` characters. */
export function heatMap(map: HeatMap, size: PlotSize, mode: ColourMode): string {
  const { low, high } = rangeOf(map.values);
  const rowTicks = [last(map.rows), middle(map.rows), first(map.rows)].map(formatNumber);
  const gutter = Math.max(...rowTicks.map((tick) => tick.length), map.rows.name.length);
  const columns = charactersFor(map.columns.values.length, size.width - gutter - 3);
  const halves = mode === "none" ? 1 : 2;
  const rows = charactersFor(map.rows.values.length, (size.height - 6) * halves);
  const cells = resample(map, rows, columns, (x) => (high > low ? (x - low) / (high - low) : 0.5));
  const lines = paint(cells, rows, columns, mode);
  const label = (line: number): string => {
    const tick = line === 0 ? rowTicks[0] : line === lines.length - 1 ? rowTicks[2] : undefined;
    const mid = line === Math.floor(lines.length / 2) && lines.length > 4 ? rowTicks[1] : undefined;
    const text = tick ?? mid;
    return `${(text ?? "").padStart(gutter)} ${text === undefined ? "│" : "┤"}`;
  };
  return [
    map.title,
    map.rows.name.padStart(gutter),
    ...lines.map((line, i) => label(i) + line),
    `${" ".repeat(gutter)} └${"─".repeat(columns)}`,
    " ".repeat(gutter + 2) +
      spread(
        [first, middle, last].map((f) => formatNumber(f(map.columns))),
        columns,
      ),
    " ".repeat(gutter + 2) + centred(map.columns.name, columns),
    " ".repeat(gutter + 2) + legend(low, high, columns, mode),
  ].join("\n");
}

const first = (axis: PlotAxis): number => axis.values[0] as number;
const last = (axis: PlotAxis): number => axis.values[axis.values.length - 1] as number;
const middle = (axis: PlotAxis): number => {
  const at = (axis.values.length - 1) / 2;
  return ((axis.values[Math.floor(at)] as number) + (axis.values[Math.ceil(at)] as number)) / 2;
};

/** A whole number of characters per cell where there is room, else as many characters as fit. */
const charactersFor = (cells: number, room: number): number => {
  const space = Math.max(8, room);
  return cells > space ? space : cells * Math.max(1, Math.min(4, Math.floor(space / cells)));
};

/** Cell means (of finite values), scaled to 0…1, the top row first. */
function resample(map: HeatMap, rows: number, columns: number, scale: (x: number) => number): Float64Array {
  const [n, m] = [map.rows.values.length, map.columns.values.length];
  const cells = new Float64Array(rows * columns);
  const span = (i: number, parts: number, total: number): [number, number] => {
    const from = Math.floor((i * total) / parts);
    return [from, Math.max(from + 1, Math.floor(((i + 1) * total) / parts))];
  };
  for (let r = 0; r < rows; r++) {
    const [r0, r1] = span(rows - 1 - r, rows, n);
    for (let c = 0; c < columns; c++) {
      const [c0, c1] = span(c, columns, m);
      let sum = 0;
      let count = 0;
      for (let i = r0; i < r1; i++) {
        for (let j = c0; j < c1; j++) {
          const x = map.values[i * m + j] as number;
          if (Number.isFinite(x)) [sum, count] = [sum + x, count + 1];
        }
      }
      cells[r * columns + c] = count === 0 ? Number.NaN : scale(sum / count);
    }
  }
  return cells;
}

function paint(cells: Float64Array, rows: number, columns: number, mode: ColourMode): string[] {
  const row = (r: number): Float64Array => cells.subarray(r * columns, (r + 1) * columns);
  if (mode === "none") return Array.from({ length: rows }, (_, r) => Array.from(row(r), shade).join(""));
  const lines: string[] = [];
  for (let r = 0; r < rows; r += 2) {
    const upper = row(r);
    const lower = r + 1 < rows ? row(r + 1) : upper;
    lines.push(
      halfBlocks(
        Array.from(upper, (t, c) => [colourOf(t), colourOf(lower[c] as number)] as const),
        mode,
      ),
    );
  }
  return lines;
}

function legend(low: number, high: number, width: number, mode: ColourMode): string {
  const [from, to] = [formatNumber(low), formatNumber(high)];
  const length = Math.max(4, Math.min(24, width - from.length - to.length - 2));
  const steps = Array.from({ length }, (_, i) => i / (length - 1));
  const bar =
    mode === "none"
      ? steps.map(shade).join("")
      : halfBlocks(
          steps.map((t) => [colourOf(t), colourOf(t)] as const),
          mode,
        );
  return `${from} ${bar} ${to}`;
}

const centred = (text: string, width: number): string => text.padStart(Math.floor((width + text.length) / 2));

/** Labels at the left end, in the middle and at the right end. */
export function spread(labels: readonly string[], width: number): string {
  const [left = "", mid = "", right = ""] = labels;
  const room = width - left.length - right.length;
  if (room < mid.length + 2) return left + right.padStart(Math.max(room, 1) + right.length);
  const start = Math.floor((width - mid.length) / 2);
  const head = left.padEnd(start) + mid;
  return head + right.padStart(width - head.length);
}
