/** Numbers as a reader wants them; the same in the text and in the views of a report. */

/** Six significant digits without trailing zeros: 0.333333, 1.25e-7, 12000. */
export function number(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return minus(String(x));
  const rounded = Number(x.toPrecision(6));
  const text =
    Math.abs(rounded) >= 1e7 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
      ? rounded.toExponential().replace("e+", "e")
      : String(rounded);
  return minus(text);
}

const minus = (text: string): string => text.replaceAll("-", "−");

/** 10,000 */
export const count = (n: number): string => Math.round(n).toLocaleString("en-US");
