/** Numbers by what they count; a name that begins with `most ` keeps the largest. */

export type Counts = { [what: string]: number };

export function count(counts: Counts, what: string, by = 1): void {
  counts[what] = (counts[what] ?? 0) + by;
}

export function most(counts: Counts, what: string, value: number): void {
  counts[`most ${what}`] = Math.max(counts[`most ${what}`] ?? 0, value);
}

export function merge(counts: Counts, others: Counts): void {
  for (const [what, value] of Object.entries(others)) {
    if (what.startsWith("most ")) most(counts, what.slice("most ".length), value);
    else count(counts, what, value);
  }
}
