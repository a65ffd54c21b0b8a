/** A bar on stderr: percent, done and total, rate, time left. Nothing where stderr is no terminal. */

import progress from "cli-progress";
import { formatCount, formatRate, formatTime } from "./format.ts";

export interface ProgressBar {
  update(done: number): void;
  /** Leaves the bar as it stands and gives the line free. */
  stop(): void;
}

const silent: ProgressBar = { update() {}, stop() {} };

/** The bar appears at once; its clock starts with it. */
export function progressBar(total: number, stream: NodeJS.WriteStream, wanted: boolean): ProgressBar {
  if (!wanted || !stream.isTTY) return silent;
  const start = performance.now();
  const text = (done: number): { done: string; rate: string; left: string } => {
    const seconds = (performance.now() - start) / 1000;
    const rate = done / seconds;
    const left = done === 0 ? Number.NaN : (total - done) / rate;
    return { done: formatCount(done), rate: formatRate(rate), left: formatTime(left) };
  };
  const bar = new progress.SingleBar({
    stream,
    format: `{percentage}% {bar} {done}/${formatCount(total)} · {rate} points/s · {left} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.max(8, Math.min(40, (stream.columns ?? 80) - 52)),
    hideCursor: true,
    // The run has its own handling of Ctrl-C.
    gracefulExit: false,
  });
  bar.start(total, 0, text(0));
  return {
    update: (done) => bar.update(done, text(done)),
    stop: () => bar.stop(),
  };
}
