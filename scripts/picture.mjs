/**
 * Makes docs/flights.png, the README's picture: runs the demo at full size and draws its heat map.
 * In: dist/, examples/flights/. Out: docs/flights.png. Run `npm run build` before.
 */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import * as lanewise from "../dist/index.js";
import { Canvas } from "./png.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const jiti = createJiti(import.meta.url, { virtualModules: { lanewise } });
const { colourOf } = await jiti.import(path("../src/cli/colour.ts"));
const { formatNumber } = await jiti.import(path("../src/cli/format.ts"));
const { default: exploration } = await jiti.import(path("../examples/flights/model.ts"));

const { model, space, args, show } = exploration;
const execution = new lanewise.ParallelExecution(model, space, { args });
const results = await execution.run();
const [rowName, columnName] = results.dims;
const rows = Array.from(results.coords[rowName]);
const columns = Array.from(results.coords[columnName]);
const values = results.grid(show).data;
const low = values.reduce((a, b) => Math.min(a, b), Infinity);
const high = values.reduce((a, b) => Math.max(a, b), -Infinity);

const cell = 6;
const [left, top] = [120, 48];
const [width, height] = [columns.length * cell, rows.length * cell];
const canvas = new Canvas(left + width + 130, top + height + 84);
rows.forEach((_, i) => {
  columns.forEach((_, j) => {
    const t = (values[i * columns.length + j] - low) / (high - low);
    canvas.fill(left + j * cell, top + height - (i + 1) * cell, cell, cell, colourOf(t));
  });
});

canvas.text(left + width / 2, 16, "share of people infected, 10,000 epidemics", { anchor: 0.5 });
const ticks = (axis) => [0, 0.25, 0.5, 0.75, 1].map((t) => [t, axis[0] + t * (axis[axis.length - 1] - axis[0])]);
for (const [t, value] of ticks(columns)) {
  const x = left + Math.round(t * (width - 1));
  canvas.fill(x, top + height, 1, 6, [40, 40, 40]);
  canvas.text(x, top + height + 12, `${Math.round(value * 100)}%`, { anchor: 0.5 });
}
canvas.text(left + width / 2, top + height + 48, "flights cancelled", { anchor: 0.5 });
for (const [t, value] of ticks(rows)) {
  const y = top + Math.round((1 - t) * (height - 1));
  canvas.fill(left - 6, y, 6, 1, [40, 40, 40]);
  canvas.text(left - 12, y - 6, formatNumber(value), { anchor: 1 });
}
canvas.text(16, top + height / 2 - 8, "R0", { scale: 3 });

const bar = left + width + 24;
for (let y = 0; y < height; y++) canvas.fill(bar, top + y, 20, 1, colourOf(1 - y / (height - 1)));
for (const t of [0, 0.25, 0.5, 0.75, 1]) {
  const y = top + Math.round((1 - t) * (height - 1));
  canvas.fill(bar + 20, y, 5, 1, [40, 40, 40]);
  canvas.text(bar + 30, y - 6, `${Math.round((low + t * (high - low)) * 100)}%`);
}

writeFileSync(path("../docs/flights.png"), canvas.png());
console.log(`docs/flights.png: ${results.length} points in ${results.report.runSeconds.toFixed(1)} s`);
