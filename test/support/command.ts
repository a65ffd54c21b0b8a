/** The built command and files, run as a user runs them: in a process of its own, with or without a terminal. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const cli = `${root}dist/cli.js`;

if (!existsSync(cli)) throw new Error("dist/ is missing: run `npm run build` before the tests, or `npm test`");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Called with all output so far; what it returns is typed. */
  readonly answer?: (output: string) => string | undefined;
}

/** Colours and width must not depend on who runs the tests. */
const environment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => {
  const { NO_COLOR, FORCE_COLOR, COLORTERM, COLUMNS, LINES, VITEST, NODE_ENV, ...rest } = process.env;
  return { ...rest, TERM: "xterm-256color", ...extra };
};

function collect(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd ?? root, env: environment(options.env) });
    let [stdout, stderr, answered] = ["", "", false];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      const typed = answered ? undefined : options.answer?.(stdout);
      if (typed === undefined) return;
      answered = true;
      child.stdin.write(typed);
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A Node program without a terminal. */
export const node = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  collect(process.execPath, args, options);

/** A line as a shell runs it. */
export const shell = (line: string): Promise<Outcome> => collect("sh", ["-c", line], {});

/** `lanewise …` without a terminal. */
export const lanewise = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  node([cli, ...args], options);

/** `lanewise …` in a pseudo-terminal of 100 × 40; its output and errors come together. */
export function lanewiseInTerminal(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const words = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(" ");
  return collect("script", ["-qec", `stty cols 100 rows 40; exec ${words}`, "/dev/null"], options);
}
