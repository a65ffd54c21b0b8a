/** An output with a shape: all of its elements at the current point, in order. */

import * as Plot from "@observablehq/plot";
import { named } from "./profile.ts";
import type { Scene } from "./scene.ts";

export function curvePlot({ output, values, store, state, colour }: Scene, width: number): Element {
  const start = store.current * output.width;
  const points = Array.from({ length: output.width }, (_, element) => ({
    element,
    value: values[start + element] as number,
  }));
  const here = points[Math.min(state.element, output.width - 1)] as (typeof points)[number];
  return Plot.plot({
    width,
    height: 190,
    marginLeft: 62,
    marginRight: 16,
    marginTop: 12,
    marginBottom: 40,
    x: { type: "linear", domain: [0, Math.max(1, output.width - 1)] },
    y: { type: "linear", nice: true },
    marks: [
      Plot.axisX({ label: "element", ...named }),
      Plot.axisY({ label: output.name, ticks: 4, ...named }),
      Plot.ruleX([here], { x: "element", strokeOpacity: 0.35 }),
      Plot.line(points, { x: "element", y: "value", stroke: "var(--accent)", strokeWidth: 1.5 }),
      ...(Number.isFinite(here.value)
        ? [Plot.dot([here], { x: "element", y: "value", r: 4.5, fill: colour.css(here.value), stroke: "currentColor" })]
        : []),
    ],
    className: "plot",
    ariaLabel: `${output.name} at the current point`,
  });
}
