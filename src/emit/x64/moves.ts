/** Vectors that get new values all at once: phis and merges. */

import type { Machine, Vector } from "./machine.ts";

export type Move = readonly [to: Vector, from: Vector];

export const movesTo = (to: readonly Vector[], from: readonly Vector[]): Move[] =>
  to.map((t, i) => [t, from[i] as Vector]);

/** As if all at once: a vector is set when no other still waits for its old value. */
export function writeMoves(machine: Machine, all: readonly Move[]): void {
  const pending = all.filter(([to, from]) => to.vector !== from.vector);
  const readers = new Map<number, number>();
  const count = ({ vector }: Vector, change: number): number => {
    const now = (readers.get(vector) ?? 0) + change;
    readers.set(vector, now);
    return now;
  };
  for (const [, from] of pending) count(from, 1);
  const waiting = new Map(pending.map((pair) => [pair[0].vector, pair] as const));
  const move = (to: Vector, from: Vector): void => void machine.steps.push({ kind: "move", to, from });
  const settle = (start: Move): void => {
    for (let pair: Move | undefined = start; pair; ) {
      const [to, from]: Move = pair;
      move(to, from);
      waiting.delete(to.vector);
      pair = count(from, -1) === 0 ? waiting.get(from.vector) : undefined;
    }
  };
  for (const pair of pending) if (waiting.has(pair[0].vector) && !readers.get(pair[0].vector)) settle(pair);
  // What is left are circles: one value is put aside.
  for (const [to] of pending) {
    if (!waiting.has(to.vector)) continue;
    const aside = machine.vector();
    move(aside, to);
    const [last, from] = [...waiting.values()].find(([, source]) => source.vector === to.vector) as Move;
    waiting.set(last.vector, [last, aside]);
    count(from, -1);
    count(aside, 1);
    settle(waiting.get(to.vector) as Move);
  }
}
