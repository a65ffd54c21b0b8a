/** Compiled code by program, target and lane groups: the same model is compiled once, whoever asks. */

import { MOST_GROUPS } from "../kernel/pressure.ts";
import type { Program } from "../program/program.ts";
import { serialise } from "../program/serialise.ts";
import type { Code } from "./protocol.ts";
import { type TargetName, targets } from "./table.ts";

/** The least recently used are forgotten beyond this. */
const MOST = 64;

const known = new Map<string, Code | Promise<Code>>();

function keep(key: string, code: Code | Promise<Code>): void {
  known.delete(key);
  known.set(key, code);
  if (known.size > MOST) for (const oldest of known.keys()) return void known.delete(oldest);
}

/** The program's text itself: its SHA-256 would take longer than looking it up. */
const keyOf = (program: Program, target: TargetName, groups: number): string =>
  `${target} ${Math.min(groups, MOST_GROUPS)} ${serialise(program)}`;

export async function compile(program: Program, target: TargetName, groups: number): Promise<Code> {
  const key = keyOf(program, target, groups);
  const code = known.get(key) ?? targets[target].compile(program, groups);
  keep(key, code);
  try {
    return await code;
  } catch (error) {
    known.delete(key);
    throw error;
  }
}

/** The same at once, for functions that cannot wait. */
export function compileSync(program: Program, target: TargetName, groups: number): Code {
  const key = keyOf(program, target, groups);
  const found = known.get(key);
  const code = found === undefined || found instanceof Promise ? targets[target].compileSync(program, groups) : found;
  keep(key, code);
  return code;
}
