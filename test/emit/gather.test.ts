/** What lanes read at places of their own: every dtype, from what they share and from what is theirs, at both ends. */

import { describe, expect, it } from "vitest";
import { type DType, dtypes } from "../../src/base/dtype.ts";
import type { Buffer, Kernel } from "../../src/kernel/kernel.ts";
import { Writer } from "../../src/kernel/writer.ts";
import { backends } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";
import { edges, rngOf } from "../helpers/random.ts";

const TURNS = 3;
/** Places that each lane tries. */
const PLACES = 5;

interface Case {
  readonly dtype: DType;
  /** Elements that each lane has for itself, or that all share. */
  readonly lane: boolean;
  /** Elements from one place to the next. */
  readonly stride: number;
  readonly elements: number;
}

/** Every lane reads at its places, from a start that moves with a loop. */
function gathering({ dtype, lane, stride, elements }: Case, lanes: number, groups: number): Kernel {
  const writer = new Writer();
  const from = writer.buffer({ name: "from", kind: lane ? "input" : "shared", dtype, lane, elements });
  const where = writer.buffer({ name: "where", kind: "input", dtype: "int32", lane: true, elements: PLACES });
  const to = writer.buffer({ name: "to", kind: "output", dtype, lane: true, elements: PLACES * TURNS });
  const offset = stride < 0 ? elements - TURNS : 0;
  const body = writer.nested(() => {
    writer.loop(TURNS, [], (counter) => {
      const moving = { register: counter, stride: 1 };
      for (let p = 0; p < PLACES; p++) {
        const place = writer.load(where, { offset: p, terms: [] });
        const value = writer.gather(from, { offset, terms: [moving] }, place, stride);
        writer.store(to, { offset: p * TURNS, terms: [moving] }, value);
      }
      return [];
    });
  });
  return { lanes, groups, buffers: writer.buffers, prologue: [], body };
}

/** Factors that addresses have, others, and backwards. */
const strides = [1, 2, 3, 4, 84, -1, -6];

describe.each(backends)("gathers on $target.name", (backend) => {
  it.skipIf(!backend.canRun).each(dtypes)("of %s", (dtype) => {
    const rng = rngOf(1);
    for (const stride of strides) {
      for (const lane of [true, false]) {
        const elements = Math.abs(stride) * 9 + TURNS;
        const last = Math.floor((elements - TURNS) / Math.abs(stride));
        const placeOf = (i: number): number => (i % 3 === 0 ? (i % 2) * last : rng.below(last + 1));
        const fill = ({ name }: Buffer, i: number): number =>
          name === "where" ? placeOf(i) : dtype === "bool" ? i % 2 : i < 4 ? rng.pick(edges[dtype]) : i;
        for (const groups of [1, 3]) {
          const kernel = gathering({ dtype, lane, stride, elements }, backend.target.lanes, groups);
          const found = compareKernel(backend, kernel, fill);
          expect(found.slice(0, 3), `stride ${stride}, ${lane ? "own" : "shared"}, ${groups} groups`).toEqual([]);
        }
      }
    }
  });
});
