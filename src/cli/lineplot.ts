/** A one-dimensional space as a line in the terminal, drawn with braille dots: two across, four down a character. */

import { type ColourMode, colourOf, foreground, reset } from "./colour.ts";
import { formatNumber } from "./format.ts";
import { type PlotAxis, type PlotSize, rangeOf, spread } from "./heatmap.ts";

export interface LinePlot {
  readonly title: string;
  readonly axis: PlotAxis;
  /** One value for each coordinate. */
  readonly values: ArrayLike<number>;
}

// Bits of the braille pattern by column and row of its dots.
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

export function linePlot(plot: LinePlot, size: PlotSize, mode: ColourMode): string {
  const { low, high } = rangeOf(plot.values);
  const ticks = [formatNumber(high), formatNumber((low + high) / 2), formatNumber(low)];
  const gutter = Math.max(...ticks.map((tick) => tick.length));
  const columns = Math.max(16, Math.min(size.width - gutter - 3, 100));
  const rows = Math.max(4, Math.min(size.height - 6, 18));
  const canvas = draw(plot, low, high, columns, rows);
  const paint = mode === "none" ? ["", ""] : [foreground(colourOf(0.65), mode), reset];
  const lines = canvas.map((line, i) => {
    const tick = i === 0 ? ticks[0] : i === rows - 1 ? ticks[2] : i === Math.floor(rows / 2) ? ticks[1] : undefined;
    return `${(tick ?? "").padStart(gutter)} ${tick === undefined ? "│" : "┤"}${paint[0]}${line}${paint[1]}`;
  });
  const at = (i: number): string => formatNumber(plot.axis.values[i] as number);
  const n = plot.values.length;
  return [
    plot.title,
    ...lines,
    `${" ".repeat(gutter)} └${"─".repeat(columns)}`,
    " ".repeat(gutter + 2) + spread([at(0), at(Math.floor((n - 1) / 2)), at(n - 1)], columns),
    " ".repeat(gutter + 2) + plot.axis.name.padStart(Math.floor((columns + plot.axis.name.length) / 2)),
  ].join("\n");
}

/** Lines of braille; neighbours are joined, a value that is not finite leaves a gap. */
function draw(plot: LinePlot, low: number, high: number, columns: number, rows: number): string[] {
  const [width, height] = [columns * 2, rows * 4];
  const cells = new Uint8Array(columns * rows);
  const set = (x: number, y: number): void => {
    const at = (y >> 2) * columns + (x >> 1);
    const bit = dots[(x & 1) as 0 | 1][(y & 3) as 0 | 1 | 2 | 3];
    cells[at] = (cells[at] as number) | bit;
  };
  const n = plot.values.length;
  const place = (i: number): [number, number] => {
    const value = plot.values[i] as number;
    const t = high > low ? (value - low) / (high - low) : 0.5;
    return [n === 1 ? width / 2 : (i * (width - 1)) / (n - 1), (1 - t) * (height - 1)];
  };
  for (let i = 0; i < n; i++) {
    const [x0, y0] = place(i);
    const [x1, y1] = i + 1 < n ? place(i + 1) : [x0, y0];
    if (!Number.isFinite(y0)) continue;
    const steps = Number.isFinite(y1) ? Math.max(1, Math.ceil(Math.max(x1 - x0, Math.abs(y1 - y0)))) : 0;
    set(Math.round(x0), Math.round(y0));
    for (let k = 1; k <= steps; k++) {
      set(Math.round(x0 + ((x1 - x0) * k) / steps), Math.round(y0 + ((y1 - y0) * k) / steps));
    }
  }
  return Array.from({ length: rows }, (_, r) =>
    Array.from(cells.subarray(r * columns, (r + 1) * columns), (bits) => String.fromCharCode(0x2800 + bits)).join(""),
  );
}
