/**
 * How much of a block's work has to wait for other parts of it. In: a block. Out: cycles of its longest chain of values
 * that need each other, for each vector instruction of one lane group.
 */

import { dtypeInfo, isFloat } from "../base/dtype.ts";
import type { Register, Statement } from "./kernel.ts";

type Op = Statement & { kind: "op" };

/** Cycles until a result is there, rough ones of recent processors. */
const latencies: { readonly [op: string]: number } = {
  bitcast: 0,
  splat: 0,
  neg: 1,
  abs: 1,
  select: 1,
  rotl: 2,
  convert: 3,
  mul: 3,
  mulHigh: 5,
  div: 11,
  sqrt: 14,
};
const FLOAT = 3;
const WHOLE = 1;
const LOAD = 5;

const latencyOf = ({ op, out }: Op): number => latencies[op] ?? (isFloat(out.dtype) ? FLOAT : WHOLE);

/** Instructions of ops that take several, or none. */
const counts: { readonly [op: string]: number } = { bitcast: 0, splat: 0, rotl: 3, mulHigh: 5 };

const instructionsOf = ({ op, out }: Op): number =>
  out.lane ? (counts[op] ?? 1) * Math.ceil(dtypeInfo[out.dtype].bytes / 4) : 0;

/** What loops inside of the block give is there at once. */
export function waitOf(block: readonly Statement[]): number {
  const ready = new Map<Register, number>();
  const at = (register: Register): number => ready.get(register) ?? 0;
  let depth = 0;
  let instructions = 1;
  const define = (out: Register, time: number): void => {
    ready.set(out, time);
    depth = Math.max(depth, time);
  };
  for (const s of block) {
    if (s.kind === "op") {
      define(s.out, s.args.reduce((latest, arg) => Math.max(latest, at(arg)), 0) + latencyOf(s));
      instructions += instructionsOf(s);
    } else if (s.kind === "load") define(s.out, LOAD);
    else if (s.kind === "gather") define(s.out, at(s.lane) + LOAD);
    else if (s.kind === "if") for (const { register, otherwise } of s.merges) define(register, at(otherwise));
  }
  return depth / instructions;
}
