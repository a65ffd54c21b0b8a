/** How often which values occur among all points of the page, in the colours of the picture. */

import * as Plot from "@observablehq/plot";
import { format, named } from "./profile.ts";
import type { Scene } from "./scene.ts";

const bins = 48;

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export class Histogram {
  readonly element: HTMLElement;
  #bins: readonly Bin[] = [];
  #counted = "";

  constructor(element: HTMLElement) {
    this.element = element;
  }

  draw(scene: Scene, width: number): void {
    const { colour, name, store, value } = scene;
    const counted = JSON.stringify([name, colour.log, colour.domain]);
    if (counted !== this.#counted) {
      this.#counted = counted;
      this.#bins = count(scene);
    }
    const here = value(store.current);
    const plot = Plot.plot({
      width,
      height: 150,
      marginLeft: 44,
      marginBottom: 36,
      marginTop: 10,
      marginRight: 8,
      x: { type: colour.log ? "log" : "linear", domain: colour.domain },
      y: { domain: [0, Math.max(1, ...this.#bins.map((bin) => bin.count))] },
      marks: [
        Plot.axisY({ ticks: 3, label: null, tickFormat: "~s", tickSize: 3 }),
        Plot.axisX({ ticks: 4, label: name, ...named, ...format(colour) }),
        Plot.rectY(this.#bins, {
          x1: "from",
          x2: "to",
          y: "count",
          insetLeft: 0.25,
          insetRight: 0.25,
          fill: (bin: Bin) => colour.css(colour.log ? Math.sqrt(bin.from * bin.to) : (bin.from + bin.to) / 2),
        }),
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        ...(Number.isFinite(here) ? [Plot.ruleX([here], { strokeWidth: 1.5 })] : []),
      ],
      className: "plot",
      ariaLabel: `histogram of ${name}`,
    });
    this.element.replaceChildren(plot);
  }
}

function count({ model, colour, value }: Scene): Bin[] {
  const counts = new Float64Array(bins);
  for (let row = 0; row < model.points; row++) {
    const t = colour.place(value(row));
    if (!(t >= 0 && t <= 1)) continue;
    const bin = Math.min(bins - 1, Math.floor(t * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const [low, high] = colour.domain;
  const edge = (k: number): number => (colour.log ? low * (high / low) ** (k / bins) : low + ((high - low) * k) / bins);
  return Array.from(counts, (n, k) => ({ from: edge(k), to: edge(k + 1), count: n }));
}
