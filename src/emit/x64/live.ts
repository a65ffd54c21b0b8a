/** When each vector of a machine's steps is needed, and how far away its next use is. Positions are steps' numbers. */

import { factsOf } from "./facts.ts";
import type { Machine, Step, StepOperand, Vector } from "./machine.ts";

export interface Loop {
  readonly start: number;
  end: number;
  /** The last position at which the loop can be left. */
  exit: number;
  readonly parent: Loop | undefined;
}

const isVector = (operand: StepOperand | undefined): operand is Vector =>
  typeof operand === "object" && "vector" in operand;

/** The vector that a step writes, and those it reads. */
export interface Touched {
  readonly out: Vector | undefined;
  readonly reads: readonly Vector[];
}

/** Steps and, beside each, what it touches. */
export interface Steps {
  readonly steps: readonly Step[];
  readonly touched: readonly Touched[];
}

const NOTHING: Touched = { out: undefined, reads: [] };

function touchedBy(step: Step): Touched {
  if (step.kind === "move") return { out: step.to, reads: [step.from] };
  if (step.kind === "fused") return { out: step.out, reads: [...step.factors, step.term].filter(isVector) };
  if (step.kind !== "instruction") return NOTHING;
  let out: Vector | undefined;
  const reads: Vector[] = [];
  const { operands } = step;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (!isVector(operand)) continue;
    if (i === 0 && factsOf(step.name).writes) out = operand;
    else reads.push(operand);
  }
  return { out, reads };
}

/** A use so much farther away is one behind the loop. */
const BEYOND = 1e7;

/** Steps without those whose results nothing reads; `vectors`: how many there are. */
export function withoutUnused(given: readonly Step[], vectors: number): Steps {
  const all = given.map(touchedBy);
  const uses = new Int32Array(vectors);
  for (const { reads } of all) for (const { vector } of reads) (uses[vector] as number)++;
  const steps: Step[] = [];
  const touched: Touched[] = [];
  for (let i = all.length - 1; i >= 0; i--) {
    const step = given[i] as Step;
    const { out, reads } = all[i] as Touched;
    if (out && step.kind !== "move" && uses[out.vector] === 0) {
      for (const { vector } of reads) (uses[vector] as number)--;
      continue;
    }
    steps.push(step);
    touched.push(all[i] as Touched);
  }
  return { steps: steps.reverse(), touched: touched.reverse() };
}

export class Live {
  /** Innermost loop around each step; the steps that open and close it are in it. */
  readonly loops: (Loop | undefined)[] = [];
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  /** Positions of all uses: those of vector v from `firstUse[v]` up to `firstUse[v + 1]`, rising. */
  private readonly uses: Int32Array;
  private readonly firstUse: Int32Array;
  private readonly phiLoops = new Map<number, Loop>();
  /** Of a phi: from its last use in the loop to where it gets its next value. */
  private readonly holes = new Map<number, readonly [number, number]>();
  private readonly pressures: Int32Array;

  constructor({ steps, touched }: Steps, machine: Machine) {
    const { vectors } = machine;
    this.starts = new Int32Array(vectors).fill(-1);
    this.ends = new Int32Array(vectors).fill(-1);
    this.firstUse = new Int32Array(vectors + 1);
    for (const { reads } of touched) for (const { vector } of reads) (this.firstUse[vector + 1] as number)++;
    for (let v = 0; v < vectors; v++) (this.firstUse[v + 1] as number) += this.firstUse[v] as number;
    this.uses = new Int32Array(this.firstUse[vectors] as number);
    const lastMoves = this.scan(steps, touched);
    for (let v = 0; v < vectors; v++) this.range(v, lastMoves.get(v));
    this.pressures = new Int32Array(steps.length + 1);
    for (let v = 0; v < vectors; v++) if (!machine.constants.has(v)) this.press(v);
    for (let i = 1; i <= steps.length; i++) (this.pressures[i] as number) += this.pressures[i - 1] as number;
  }

  start(vector: number): number {
    return this.starts[vector] as number;
  }

  end(vector: number): number {
    return this.ends[vector] as number;
  }

  /** Needed after this step. */
  isLive(vector: number, position: number): boolean {
    if (position >= (this.ends[vector] as number)) return false;
    const hole = this.holes.get(vector);
    return !hole || position < hole[0] || position >= hole[1];
  }

  usesIn(vector: number, { start, end }: Loop): number {
    return this.placeAfter(vector, end) - this.placeAfter(vector, start);
  }

  /** Steps until the next use, around the loop if need be. */
  distance(vector: number, position: number): number {
    const loop = this.loops[position];
    const next = this.useAfter(vector, position);
    if (!loop || (next !== undefined && next <= loop.end)) return (next ?? BEYOND) - position;
    const first = this.useAfter(vector, loop.start);
    if (first !== undefined && first <= position && this.start(vector) < loop.start) {
      return loop.end - position + first - loop.start;
    }
    return BEYOND + ((next ?? BEYOND) - position);
  }

  /** The most vectors needed at once in a loop. */
  pressure({ start, end }: Loop): number {
    let most = 0;
    for (let i = start; i <= end; i++) most = Math.max(most, this.pressures[i] as number);
    return most;
  }

  private useAfter(vector: number, position: number): number | undefined {
    const place = this.placeAfter(vector, position);
    return place < (this.firstUse[vector + 1] as number) ? this.uses[place] : undefined;
  }

  /** Where in `uses` the vector's first use after a position stands, or would stand. */
  private placeAfter(vector: number, position: number): number {
    let low = this.firstUse[vector] as number;
    let high = this.firstUse[vector + 1] as number;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.uses[middle] as number) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private scan(steps: readonly Step[], touched: readonly Touched[]): Map<number, number> {
    const lastMoves = new Map<number, number>();
    const next = this.firstUse.slice();
    let loop: Loop | undefined;
    steps.forEach((step, i) => {
      if (step.kind === "loop") {
        loop = { start: i, end: i, exit: i, parent: loop };
        for (const { vector } of step.phis) this.phiLoops.set(vector, loop);
      }
      this.loops.push(loop);
      if (step.kind === "leave" && loop) loop.exit = i;
      if (step.kind === "endLoop" && loop) {
        loop.end = i;
        loop = loop.parent;
      }
      const { out, reads } = touched[i] as Touched;
      for (const { vector } of reads) this.uses[(next[vector] as number)++] = i;
      if (!out) return;
      if (this.starts[out.vector] === -1) this.starts[out.vector] = i;
      if (step.kind === "move") lastMoves.set(out.vector, i);
    });
    return lastMoves;
  }

  /** Until where a use needs the vector: to the end of loops that it was not made in. */
  private reach(use: number, madeAt: number): number {
    let reach = use;
    for (let loop = this.loops[use]; loop && loop.start > madeAt; loop = loop.parent) reach = loop.end;
    return reach;
  }

  private range(vector: number, lastMove: number | undefined): void {
    // A phi that is its own next value is as good as any vector from outside.
    const phiLoop = this.phiLoops.get(vector);
    const loop = phiLoop && lastMove !== undefined && lastMove > phiLoop.start ? phiLoop : undefined;
    const start = this.start(vector);
    let end = -1;
    let lastInside = -1;
    for (let u = this.firstUse[vector] as number; u < (this.firstUse[vector + 1] as number); u++) {
      const use = this.uses[u] as number;
      const inside = loop && use > loop.start && use <= loop.end;
      if (inside) lastInside = Math.max(lastInside, this.reach(use, loop.start));
      else end = Math.max(end, this.reach(use, start));
    }
    const usedAfter = loop !== undefined && end > loop.end;
    if (loop && lastMove !== undefined) {
      const from = Math.max(lastInside, usedAfter ? loop.exit : loop.start);
      if (from < lastMove) this.holes.set(vector, [from, lastMove]);
      if (lastInside >= 0) end = Math.max(end, loop.end);
    }
    this.ends[vector] = Math.max(end, lastInside);
  }

  private press(vector: number): void {
    const [start, end] = [this.start(vector), this.end(vector)];
    if (start < 0 || end < start) return;
    const add = (from: number, to: number): void => {
      (this.pressures[from] as number)++;
      (this.pressures[to] as number)--;
    };
    const hole = this.holes.get(vector);
    if (!hole) add(start, end);
    else {
      if (hole[0] > start) add(start, hole[0]);
      if (end > hole[1]) add(hole[1], end);
    }
  }
}
