/** Values → colours. The maps are those of Observable Plot; what is not a number has a grey of its own. */

import * as Plot from "@observablehq/plot";

export const schemes = [
  { value: "viridis", label: "viridis" },
  { value: "magma", label: "magma" },
  { value: "cividis", label: "cividis" },
  { value: "burd", label: "blue to red, around zero" },
] as const;

export type Scheme = (typeof schemes)[number]["value"];

export interface ColourScale {
  readonly domain: readonly [number, number];
  readonly log: boolean;
  /** From 0 to 1 across the domain; NaN stays NaN. */
  place(value: number): number;
  css(value: number): string;
  /** Red, green, blue and opacity as a canvas keeps them, in one number. */
  pixel(value: number): number;
}

const steps = 512;

/** A domain that is a point is widened, so that there is something to draw. */
export function widened(low: number, high: number): [number, number] {
  if (!(low <= high)) return [0, 1];
  if (low < high) return [low, high];
  const room = low === 0 ? 1 : Math.abs(low) * 0.01;
  return [low - room, high + room];
}

export function colourScale(scheme: Scheme, low: number, high: number, log: boolean, missing: string): ColourScale {
  const around = scheme === "burd";
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const domain = around ? widened(-reach, reach) : widened(low, high);
  const useLog = log && !around && domain[0] > 0;
  const { apply } = Plot.scale({ color: { type: "linear", domain: [0, 1], scheme } });
  const table = Array.from({ length: steps }, (_, i) => apply(i / (steps - 1)) as string);
  const pixels = Uint32Array.from(table, packed);
  const grey = packed(missing);
  const [a, b] = useLog ? [Math.log(domain[0]), Math.log(domain[1])] : domain;
  const place = useLog ? (x: number) => (Math.log(x) - a) / (b - a) : (x: number) => (x - a) / (b - a);
  const index = (x: number): number => {
    const t = place(x);
    return t >= 0 ? (t <= 1 ? Math.round(t * (steps - 1)) : steps - 1) : t < 0 ? 0 : -1;
  };
  return {
    domain,
    log: useLog,
    place,
    css: (value) => (Number.isFinite(value) ? (table[index(value)] ?? missing) : missing),
    pixel: (value) => (Number.isFinite(value) ? (pixels[index(value)] ?? grey) : grey),
  };
}

/** `rgb(…)` or `#rrggbb`; a canvas keeps bytes in this order. */
function packed(css: string): number {
  const hex = /^#(..)(..)(..)$/
    .exec(css)
    ?.slice(1)
    .map((x) => Number.parseInt(x, 16));
  const [r = 0, g = 0, b = 0] = hex ?? (css.match(/[\d.]+/g) ?? []).map(Number);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
