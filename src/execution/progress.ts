/** What a run tells about itself while it goes on. */

export interface Progress {
  /** Points that are finished; of a run into a store that is stopped, at last, those that are committed. */
  readonly done: number;
  /** Points in all. */
  readonly total: number;
  /** Points per second since the run began. */
  readonly rate: number;
  /** Estimated seconds until the end; `Infinity` before the first point is finished. */
  readonly secondsLeft: number;
  /** Share of the finished points that each device computed; they add up to 1. */
  readonly devices: readonly number[];
}

/** Ten times a second at most. */
const INTERVAL_MS = 100;

/** Tells progress now and then, while the run goes on, and once at its end. */
export class Reporter {
  private readonly began = performance.now();
  private told = this.began;
  private readonly total: number;
  private readonly counts: () => readonly number[];
  private readonly listener: ((progress: Progress) => void) | undefined;

  /** `counts` gives the points that each device has done by now. */
  constructor(total: number, counts: () => readonly number[], listener: ((progress: Progress) => void) | undefined) {
    this.total = total;
    this.counts = counts;
    this.listener = listener;
  }

  /** Calls back at most ten times a second until `stop`; an error that the listener throws goes to `fail`. */
  start(fail: (error: unknown) => void): { stop(): void } {
    if (!this.listener) return { stop: () => undefined };
    const timer = setInterval(() => {
      try {
        this.listener?.(this.now());
      } catch (error) {
        fail(error);
      }
    }, INTERVAL_MS);
    return { stop: () => clearInterval(timer) };
  }

  /** For runs on this thread: tells if it is time to. */
  tell(): void {
    const now = performance.now();
    if (!this.listener || now - this.told < INTERVAL_MS) return;
    this.told = now;
    this.listener(this.now());
  }

  /** The last word of a run that got to its end. */
  finish(): void {
    this.listener?.(this.now());
  }

  private now(): Progress {
    const counts = this.counts();
    const done = counts.reduce((sum, n) => sum + n, 0);
    const rate = done / Math.max((performance.now() - this.began) / 1000, 1e-9);
    return Object.freeze({
      done,
      total: this.total,
      rate,
      secondsLeft: done === this.total ? 0 : done === 0 ? Number.POSITIVE_INFINITY : (this.total - done) / rate,
      devices: Object.freeze(counts.map((n) => (done === 0 ? 0 : n / done))),
    });
  }
}
