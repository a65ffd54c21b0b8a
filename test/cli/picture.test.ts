import { expect, test } from "vitest";
import { colourModeOf, colourOf, missing } from "../../src/cli/colour.ts";
import { formatBytes, formatCount, formatNumber, formatRate, formatTime } from "../../src/cli/format.ts";
import { heatMap } from "../../src/cli/heatmap.ts";
import { linePlot } from "../../src/cli/lineplot.ts";

const linspace = (low: number, high: number, n: number) =>
  Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));

const slope = {
  title: "sum",
  values: linspace(0, 3, 4).flatMap((y) => linspace(0, 7, 8).map((x) => x + y)),
  rows: { name: "y", values: linspace(0, 3, 4) },
  columns: { name: "x", values: linspace(0, 7, 8) },
};

test("a heat map without colour has axes, shades that rise to the upper right, and a legend", () => {
  expect(heatMap(slope, { width: 40, height: 14 }, "none")).toMatchInlineSnapshot(`
    "sum
      y
      3 ┤----====++++++++****####%%%%@@@@
        │----====++++++++****####%%%%@@@@
        │::::----====++++++++****####%%%%
        │::::----====++++++++****####%%%%
    1.5 ┤....::::----====++++++++****####
        │....::::----====++++++++****####
        │    ....::::----====++++++++****
      0 ┤    ....::::----====++++++++****
        └────────────────────────────────
         0             3.5              7
                        x
         0   ..:::--===+++**###%%@@ 10"
  `);
});

test("a heat map in colour puts two rows into a line and names each colour once", () => {
  const lines = heatMap(slope, { width: 14, height: 8 }, "true").split("\n");
  expect(lines).toHaveLength(10);
  expect(lines[2]).toContain("\x1b[38;2;");
  expect(lines[2]).toContain("▀");
  expect(lines.slice(2, 6).every((line) => line.endsWith("\x1b[0m"))).toBe(true);
  expect(heatMap(slope, { width: 14, height: 8 }, "256")).toContain("\x1b[38;5;");
});

test("a map larger than the terminal is averaged into it", () => {
  const n = 300;
  const values = linspace(0, 1, n);
  const large = {
    ...slope,
    values: values.flatMap((y) => values.map((x) => x * y)),
    rows: { name: "y", values },
    columns: { name: "x", values },
  };
  const lines = heatMap(large, { width: 60, height: 20 }, "none").split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines.length).toBeLessThanOrEqual(20);
});

test("a value that is not a number is a question mark, or grey", () => {
  const holed = { ...slope, values: slope.values.map((x, i) => (i === 0 ? Number.NaN : x)) };
  expect(heatMap(holed, { width: 12, height: 10 }, "none")).toContain("?");
  expect(colourOf(Number.NaN)).toEqual(missing);
});

test("a map of one value is drawn in the middle of the scale", () => {
  const flat = { ...slope, values: slope.values.map(() => 2) };
  expect(heatMap(flat, { width: 30, height: 12 }, "none")).toContain("2   ..::");
});

test("a line plot joins its points and leaves gaps where there is no number", () => {
  const values = linspace(0, 1, 21).map((x) => (x === 0.5 ? Number.NaN : x * x));
  expect(
    linePlot(
      { title: "square", axis: { name: "x", values: linspace(0, 1, 21) }, values },
      { width: 40, height: 12 },
      "none",
    ),
  ).toMatchInlineSnapshot(`
    "square
      1 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⠔⠊
        │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡠⠔⠉⠀⠀⠀
        │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠤⠒⠁⠀⠀⠀⠀⠀⠀
    0.5 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡠⠤⠒⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣀⠄⠀⠀⠈⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      0 ┤⣀⣀⣀⣀⣀⠤⠤⠤⠤⠒⠒⠊⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        └──────────────────────────────────
         0              0.5               1
                         x"
  `);
});

test("colours follow NO_COLOR, FORCE_COLOR, COLORTERM and TERM", () => {
  expect(colourModeOf({ COLORTERM: "truecolor" }, true)).toBe("true");
  expect(colourModeOf({ COLORTERM: "truecolor", NO_COLOR: "1" }, true)).toBe("none");
  expect(colourModeOf({ TERM: "xterm-256color" }, true)).toBe("256");
  expect(colourModeOf({ TERM: "dumb" }, true)).toBe("none");
  expect(colourModeOf({ COLORTERM: "truecolor" }, false)).toBe("none");
  expect(colourModeOf({ FORCE_COLOR: "3" }, false)).toBe("true");
});

test("numbers, counts, rates, times and bytes read well", () => {
  expect([0, 1 / 3, 28, 1234567, 1e-7, -2.5, Number.NaN].map(formatNumber)).toEqual([
    "0",
    "0.3333",
    "28",
    "1234567",
    "1e-7",
    "-2.5",
    "NaN",
  ]);
  expect(formatCount(10000)).toBe("10,000");
  expect([0, 830, 5432, 17_234_567].map(formatRate)).toEqual(["–", "830", "5.43k", "17.2M"]);
  expect([0.82, 12.3, 185, 7385, Number.NaN].map(formatTime)).toEqual(["0.8 s", "12 s", "3:05", "2:03:05", "–"]);
  expect([12, 340_000, 1.23e9].map(formatBytes)).toEqual(["12 B", "340 kB", "1.23 GB"]);
});
