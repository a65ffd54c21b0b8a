/** How many points to claim next: enough that a claim costs nothing, few enough that none is waited for long. */

/** What a claim should take: progress is told ten times a second, and the last claims end about together. */
const SECONDS = 0.02;

/** A claim grows by at most this, since the first ones are timed cold. */
const GROWTH = 4;

export class Pace {
  private size: number;
  private readonly least: number;
  private readonly devices: number;

  constructor(least: number, devices: number) {
    this.least = least;
    this.devices = devices;
    this.size = least;
  }

  /** Points to claim when so many remain: a multiple of `least`. */
  next(remaining: number): number {
    const fair = remaining / (2 * this.devices);
    return this.least * Math.max(1, Math.floor(Math.min(this.size, fair) / this.least));
  }

  /** Tells how long a claim took. One that little was left for says only that claims should be smaller. */
  record(points: number, seconds: number): void {
    const ideal = points * (SECONDS / Math.max(seconds, 1e-6));
    if (points < this.size / 2 && ideal > this.size) return;
    this.size = Math.max(this.least, Math.min(ideal, points * GROWTH));
  }
}
