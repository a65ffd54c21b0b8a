/** Where ways meet: every vector comes to be where the other way has it. */

import { SPARE } from "./final.ts";
import type { Registers, State } from "./registers.ts";

/** Moves what the other side has in registers to the same ones. None of the moves touches the flags. */
export function meet(registers: Registers, wanted: State): void {
  const target = [...wanted];
  const from = registers.state;
  const pending = new Map<number, number>();
  target.forEach((v, r) => {
    if (v >= 0 && from[r] !== v && from.includes(v)) pending.set(r, from.indexOf(v));
  });
  while (pending.size > 0) {
    const sources = new Set(pending.values());
    const free = [...pending.keys()].find((r) => !sources.has(r));
    if (free !== undefined) {
      registers.write("vmovaps", free, pending.get(free) as number);
      pending.delete(free);
      continue;
    }
    turn(registers, pending);
  }
  target.forEach((v, r) => {
    if (v >= 0 && !from.includes(v)) registers.write("vmovups", r, registers.homeOf(v));
  });
  const met = target.map((v, r) => (v >= 0 ? v : target.includes(from[r] as number) ? -1 : (from[r] as number)));
  part(registers, met);
  registers.state = met;
}

/** What is needed and has no register from here on needs its place on the stack. */
export function part(registers: Registers, next: State): void {
  for (const v of registers.state) {
    if (v >= 0 && !next.includes(v) && registers.live.isLive(v, registers.position)) registers.homeOf(v);
  }
}

/** A circle of moves, through memory. */
function turn(registers: Registers, pending: Map<number, number>): void {
  const [first, source] = [...pending][0] as [number, number];
  registers.write("vmovups.store", { home: SPARE }, source);
  let at = source;
  const circle = [first];
  while (at !== first) {
    circle.push(at);
    at = pending.get(at) as number;
  }
  // `circle` lists each register before the one it takes its value from; the first one's source was put aside.
  for (let i = 1; i < circle.length; i++) {
    const to = circle[i] as number;
    registers.write("vmovaps", to, pending.get(to) as number);
    pending.delete(to);
  }
  registers.write("vmovups", first, { home: SPARE });
  pending.delete(first);
}
