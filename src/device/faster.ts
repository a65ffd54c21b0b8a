/** Of two ways to do the same, the faster one: tried in turn at first, and the other one now and then. */

/** Turns in which both are tried alike. */
const FIRST = 8;

/** The other one is tried again after so many turns; not so often once it was tried some times. */
const AGAIN = [8, 32] as const;

/** Each is judged by the best of its last turns: one that was disturbed says nothing. */
const RECENT = 16;

export type Way = 0 | 1;

export class FasterOfTwo {
  private readonly recent: readonly [number[], number[]] = [[], []];
  private turns = 0;

  /** The way to take in the next turn. */
  next(): Way {
    const turn = this.turns++;
    if (turn < FIRST) return (turn % 2) as Way;
    const [zero, one] = this.recent.map((seconds) => Math.min(...seconds)) as [number, number];
    const other = turn % (turn < AGAIN[1] ? AGAIN[0] : AGAIN[1]) === 0;
    return Number(one < zero !== other) as Way;
  }

  record(way: Way, seconds: number): void {
    const recent = this.recent[way];
    recent.push(seconds);
    if (recent.length > RECENT) recent.shift();
  }
}
