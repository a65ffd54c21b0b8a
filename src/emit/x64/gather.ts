/**
 * What every lane reads at a place of its own. Loads of single elements, their places in general registers, take two
 * thirds of the time of vgatherdps and vgatherdpd (measured on Zen 3), and need no mask.
 */

import { scratch } from "./address.ts";
import type { Memory } from "./encoder.ts";
import { highHalf, type Lanes } from "./lane.ts";
import type { Machine, Vector } from "./machine.ts";

/** How the elements lie in memory, in bytes. */
export interface Elements {
  /** Of one of them. */
  readonly width: 4 | 8;
  /** From one place to the next. */
  readonly stride: number;
  /** From what a lane reads to what the next one reads at the same place. */
  readonly apart: number;
}

/** `places`: of each lane, whole numbers of 32 bits with sign. `start`: of place 0 of the first lane, without an index. */
export function gatherElements(
  machine: Machine,
  places: Vector,
  start: Memory,
  { width, stride, apart }: Elements,
): Lanes {
  const { scale, rest } = splitStride(stride);
  const scaled = timesConstant(machine, places, rest);
  const halves = [scaled, highHalf(machine, scaled)] as const;
  const element = (lane: number, index: number): Memory => ({
    base: start.base,
    index,
    scale,
    offset: (start.offset ?? 0) + lane * apart,
  });
  /** Where a lane with an even number and the next one read. */
  const pair = (lane: number): readonly [Memory, Memory] => {
    const half = halves[lane >> 2] as Vector;
    if (lane % 4 === 0) machine.emit("vmovq.store", scratch.term, half);
    else machine.emit("vpextrq", scratch.term, half, 1);
    machine.emit("movsxd", scratch.other, scratch.term);
    machine.emit("sar", scratch.term, 32);
    return [element(lane, scratch.other), element(lane + 1, scratch.term)];
  };
  const join = (low: Vector, high: Vector): Vector => machine.op("vinsertf128", low, high, 1);
  if (width === 8) {
    const two = (lane: number): Vector => {
      const [a, b] = pair(lane);
      return machine.op("vmovhpd", machine.op("vmovsd", a), b);
    };
    return [join(two(0), two(2)), join(two(4), two(6))];
  }
  const four = (lane: number): Vector => {
    const [a, b] = pair(lane);
    const two = machine.op("vinsertps", machine.op("vmovss", a), b, 0x10);
    const [c, d] = pair(lane + 2);
    return machine.op("vinsertps", machine.op("vinsertps", two, c, 0x20), d, 0x30);
  };
  return [join(four(0), four(4))];
}

/** A factor that addresses have for their index, and what remains. */
function splitStride(stride: number): { readonly scale: 1 | 2 | 4 | 8; readonly rest: number } {
  const scale = ([8, 4, 2] as const).find((s) => stride % s === 0) ?? 1;
  return { scale, rest: stride / scale };
}

function timesConstant(machine: Machine, places: Vector, factor: number): Vector {
  if (factor === 1) return places;
  const shift = Math.log2(factor);
  return Number.isInteger(shift)
    ? machine.op("vpslld", places, shift)
    : machine.op("vpmulld", places, machine.words(factor));
}
