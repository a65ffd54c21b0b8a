/** The colours of the picture beside their values. */

import * as Plot from "@observablehq/plot";
import { h } from "./dom.ts";
import { format } from "./profile.ts";
import type { Scene } from "./scene.ts";

export function drawLegend(element: HTMLElement, { colour, name, range }: Scene, width: number): void {
  const key = JSON.stringify([colour.domain, colour.log, name, width, colour.css(range[0]), colour.css(range[1])]);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  const ramp = h("canvas", { width: 256, height: 1, class: "ramp", role: "img", "aria-label": `colours of ${name}` });
  const context = ramp.getContext("2d") as CanvasRenderingContext2D;
  const [low, high] = colour.domain;
  for (let i = 0; i < 256; i++) {
    const t = (i + 0.5) / 256;
    context.fillStyle = colour.css(colour.log ? low * (high / low) ** t : low + (high - low) * t);
    context.fillRect(i, 0, 1, 1);
  }
  const room = Math.min(360, width - 70);
  const ticks = Plot.plot({
    width: room,
    height: 24,
    margin: 0,
    marginTop: 0,
    marginBottom: 20,
    marginLeft: 14,
    marginRight: 14,
    x: { type: colour.log ? "log" : "linear", domain: colour.domain },
    marks: [Plot.axisX({ ticks: 5, tickSize: 4, label: null, ...format(colour) })],
    className: "plot",
  });
  const bar = h("div", { class: "bar" }, ramp, ticks);
  bar.style.width = `${room}px`;
  element.replaceChildren(h("span", { class: "name" }, name), bar);
}
