/** From a number in 0…1 to a colour of the map, and from a colour to what a terminal can show. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** How a terminal is painted: 24-bit or 256 colours, or characters of rising darkness where colour is not wanted. */
export type ColourMode = "true" | "256" | "none";

// Dark violet to yellow; lightness rises in equal steps, so the order is read without colour vision too.
const stops: readonly Rgb[] = [
  [48, 14, 86],
  [61, 62, 134],
  [44, 107, 142],
  [31, 149, 139],
  [68, 190, 112],
  [159, 217, 59],
  [251, 231, 52],
];

/** What is not a number is drawn in this. */
export const missing: Rgb = [110, 110, 110];

const shadeCharacters = " .:-=+*#%@";

export const shade = (t: number): string =>
  Number.isFinite(t) ? (shadeCharacters[Math.round(clamp(t) * (shadeCharacters.length - 1))] as string) : "?";

const clamp = (t: number): number => Math.min(1, Math.max(0, t));

/** The map: `t` in 0…1, clamped; grey where `t` is not a number. */
export function colourOf(t: number): Rgb {
  if (!Number.isFinite(t)) return missing;
  const place = clamp(t) * (stops.length - 1);
  const index = Math.min(Math.floor(place), stops.length - 2);
  const from = stops[index] as Rgb;
  const to = stops[index + 1] as Rgb;
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}

/** Upper half blocks: of each pair the first colour above, the second below. Colours are set only where they change. */
export function halfBlocks(pairs: readonly (readonly [Rgb, Rgb])[], mode: "true" | "256"): string {
  let last = "";
  const text = pairs.map(([upper, lower]) => {
    const colours = `\x1b[${sequence(38, upper, mode)};${sequence(48, lower, mode)}m`;
    if (colours === last) return "▀";
    last = colours;
    return `${colours}▀`;
  });
  return text.join("") + reset;
}

export const foreground = (colour: Rgb, mode: "true" | "256"): string => `\x1b[${sequence(38, colour, mode)}m`;

export const reset = "\x1b[0m";

const sequence = (kind: 38 | 48, [r, g, b]: Rgb, mode: "true" | "256"): string =>
  mode === "true" ? `${kind};2;${r};${g};${b}` : `${kind};5;${cube(r, g, b)}`;

/** The nearest entry of the 6×6×6 cube of the 256-colour palette. */
function cube(r: number, g: number, b: number): number {
  const level = (x: number): number => (x < 48 ? 0 : x < 115 ? 1 : Math.floor((x - 35) / 40));
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}

/** What this terminal can show, by the conventions NO_COLOR, FORCE_COLOR, COLORTERM and TERM. */
export function colourModeOf(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): ColourMode {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== "") return "none";
  const forced = environment.FORCE_COLOR;
  if (forced === "0") return "none";
  if (forced === "3") return "true";
  if (forced !== undefined && forced !== "") return "256";
  if (!isTerminal || environment.TERM === "dumb") return "none";
  return /truecolor|24bit/i.test(environment.COLORTERM ?? "") ? "true" : "256";
}
