/** Ctrl-C and SIGTERM: the first stops a run in good order, the second the process. */

import { Stopped } from "./failure.ts";

/** Exit codes as shells expect them: 128 and the signal's number. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;
export type SignalName = keyof typeof codes;
const names = Object.keys(codes) as SignalName[];

export interface Interruptible {
  /** What to say when the run has stopped. */
  stopped(): string;
  /** Told at once of the first signal. */
  stopping?(): void;
  /** Gives the terminal back; the process ends after it. */
  leave(): void;
}

/** Runs something that a signal stops; its handlers are gone afterwards. */
export async function interruptible<R>(run: Interruptible, start: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const handlers = names.map((name) => {
    const handler = (): void => {
      if (controller.signal.aborted) {
        run.leave();
        endBy(name);
        return;
      }
      run.stopping?.();
      controller.abort(new Stopped(run.stopped, codes[name], name));
    };
    process.on(name, handler);
    return { name, handler };
  });
  try {
    return await start(controller.signal);
  } finally {
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}

/** As if nobody had listened: at once, whatever threads are doing. */
export function endBy(name: SignalName): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/** The words of this command line again, as a shell takes them, with others instead of some. */
export function commandAgain(drop: readonly string[], add: readonly string[]): string {
  const words = process.argv.slice(2).filter((word) => !drop.includes(word) && !add.includes(word));
  const quoted = (word: string): string =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return ["lanewise", ...words, ...add].map(quoted).join(" ");
}
