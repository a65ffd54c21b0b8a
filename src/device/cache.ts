/** Compiled code by program, target and points at one go: the same model is compiled once, whoever asks. */

import { formatType } from "../base/value.ts";
import { MOST_GROUPS } from "../kernel/pressure.ts";
import { nodesOf } from "../program/order.ts";
import type { Program } from "../program/program.ts";
import { serialise } from "../program/serialise.ts";
import type { Code } from "./protocol.ts";
import { type CompileOptions, type TargetName, type TargetRow, targets } from "./table.ts";
import type { Measure } from "./tune.ts";

interface Entry {
  /** Target, points at one go and the looks of the program: what differs here is another program. */
  readonly looks: string;
  readonly program: Program;
  /** Its text, once it had to be told from one that looks alike. */
  text?: string;
  code: Code | Promise<Code>;
  /** Whether the code was chosen by measurement. */
  tuned?: boolean;
}

/** The least recently used are forgotten beyond this. */
const MOST = 64;

/** The latest last. */
const known: Entry[] = [];

function looksOf({ inputs, outputs, root }: Program, target: TargetName, options: CompileOptions): string {
  const { points, fastMath, compact = false } = options;
  const { lanes } = targets[target];
  // Fewer than a lane group may be computed otherwise; of more it counts how many groups they fill.
  const fill = points < lanes ? points : lanes * Math.min(Math.ceil(points / lanes), MOST_GROUPS);
  const types = inputs.map(({ name, role, type }) => `${name} ${role} ${formatType(type)}`);
  return [target, fastMath, compact, fill, nodesOf(root).length, ...types, ...outputs].join("|");
}

const textOf = (entry: Entry): string => {
  entry.text ??= serialise(entry.program);
  return entry.text;
};

/** Texts are compared only where another program looks the same: a first compilation does not wait for one. */
function find(wanted: Omit<Entry, "code">): Entry | undefined {
  const alike = known.filter(({ looks }) => looks === wanted.looks);
  if (alike.length === 0) return undefined;
  wanted.text ??= serialise(wanted.program);
  return alike.find((entry) => entry.program === wanted.program || textOf(entry) === wanted.text);
}

function forget(entry: Entry): void {
  const at = known.indexOf(entry);
  if (at >= 0) known.splice(at, 1);
}

function keep(entry: Entry): void {
  forget(entry);
  known.push(entry);
  if (known.length > MOST) known.shift();
}

export async function compile(program: Program, target: TargetName, options: CompileOptions): Promise<Code> {
  const wanted = { looks: looksOf(program, target, options), program };
  const entry = find(wanted) ?? { ...wanted, code: targets[target].compile(program, options) };
  keep(entry);
  try {
    return await entry.code;
  } catch (error) {
    forget(entry);
    throw error;
  }
}

/** The same with lane groups chosen by measurement, which is done once for all who ask. */
export async function tune(
  program: Program,
  target: TargetName,
  options: CompileOptions,
  measure: Measure,
): Promise<Code> {
  const code = await compile(program, target, options);
  const entry = find({ looks: looksOf(program, target, options), program });
  const row: TargetRow = targets[target];
  if (!entry || entry.tuned || !row.tune) return code;
  entry.tuned = true;
  entry.code = row.tune(program, options, measure);
  return entry.code;
}

/** The same at once, for functions that cannot wait. */
export function compileSync(program: Program, target: TargetName, options: CompileOptions): Code {
  const wanted = { looks: looksOf(program, target, options), program };
  const found = find(wanted);
  const entry: Entry = found ?? { ...wanted, code: targets[target].compileSync(program, options) };
  if (entry.code instanceof Promise) entry.code = targets[target].compileSync(program, options);
  keep(entry);
  return entry.code as Code;
}
