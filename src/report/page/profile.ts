/** The output along one axis through the current point, as a line beside the picture or on its own. */

// Observable Plot draws scales, ticks and marks from data in one call, without a framework or a style sheet, and is
// kept up by the authors of D3.
import * as Plot from "@observablehq/plot";
import type { AxisScale } from "./axis-scale.ts";
import type { ColourScale } from "./colour.ts";

export interface Profile {
  readonly axis: AxisScale;
  /** By position along the axis. */
  readonly values: readonly number[];
  /** Position of the current point. */
  readonly at: number;
  readonly name: string;
  readonly colour: ColourScale;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
}

export const scaleType = ({ kind }: AxisScale): "log" | "linear" => (kind === "log" ? "log" : "linear");

/** Axes are named at their middle, without arrows: which way they go is plain from their numbers. */
export const named = { labelAnchor: "center", labelArrow: "none" } as const;

/** Logarithmic ticks as plain numbers, rather than with the letters of units. */
export const format = ({ log }: { readonly log: boolean }): { tickFormat?: string } =>
  log ? { tickFormat: "~g" } : {};

/** `beside` the picture the axis is not named again, and the line lies as the picture's axis does. */
export function profilePlot(profile: Profile, frame: Frame, beside: "above" | "right" | undefined): Element {
  const { axis, values, at, name, colour } = profile;
  const order = values.map((_, k) => k).sort((a, b) => axis.value(a) - axis.value(b));
  const points = order.map((k) => ({ along: axis.value(k), value: values[k] as number }));
  const here = { along: axis.value(at), value: values[at] as number };
  // Axes are drawn by the marks below, or not at all.
  const along = { type: scaleType(axis), domain: axis.domain, axis: null } as const;
  const value = { type: colour.log ? "log" : "linear", domain: padded(colour), axis: null } as const;
  const upright = beside !== "right";
  const place = upright ? ({ x: "along", y: "value" } as const) : ({ x: "value", y: "along" } as const);
  const ticks = 3;
  const marks = [
    upright
      ? Plot.axisY({ ticks, label: beside ? null : name, tickSize: 3, ...named, ...format(colour) })
      : Plot.axisX({ ticks, label: null, tickSize: 3, ...format(colour) }),
    ...(beside ? [] : [Plot.axisX({ label: axis.label, ...named, ...format({ log: axis.kind === "log" }) })]),
    upright
      ? Plot.ruleX([here], { x: "along", strokeOpacity: 0.35 })
      : Plot.ruleY([here], { y: "along", strokeOpacity: 0.35 }),
    Plot.line(points, { ...place, stroke: "var(--accent)", strokeWidth: 1.5 }),
    ...(points.length <= 40 ? [Plot.dot(points, { ...place, r: 2, fill: "var(--accent)" })] : []),
    ...(Number.isFinite(here.value)
      ? [Plot.dot([here], { ...place, r: 4.5, fill: colour.css(here.value), stroke: "currentColor", strokeWidth: 1.5 })]
      : []),
  ];
  return Plot.plot({
    ...frame,
    x: upright ? along : value,
    y: upright ? value : along,
    marks,
    ariaLabel: `${name} along ${axis.label}`,
    className: "plot",
  });
}

/** Room for the dot at both ends of the values. */
export function padded({ domain: [low, high], log }: ColourScale): [number, number] {
  if (log) {
    const room = (high / low) ** 0.05;
    return [low / room, high * room];
  }
  const room = (high - low) * 0.05;
  return [low - room, high + room];
}
