/** How many lane groups are interleaved: what the lowering prefers for kernels of a few kinds. */

import { describe, expect, test } from "vitest";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { x64Target } from "../../src/emit/x64/target.ts";
import { waitOf } from "../../src/kernel/depth.ts";
import type { Register, Statement } from "../../src/kernel/kernel.ts";
import { fittingGroups, preferredGroups } from "../../src/kernel/pressure.ts";

const one: Register = { id: 0, dtype: "float32", lane: true };

/** `chains` chains of `length` sums each, side by side. */
function chains(count: number, length: number): Statement[] {
  let id = 1;
  const last = new Array<Register>(count).fill(one);
  return Array.from({ length: count * length }, (_, k): Statement => {
    const out = { ...one, id: id++ };
    const args = [last[k % count]!, one];
    last[k % count] = out;
    return { kind: "op", op: "add", out, args };
  });
}

const groupsOf = (body: readonly Statement[], { interleave, lanes }: typeof x64Target): number =>
  preferredGroups({ body, lanes }, interleave);

describe("lane groups", () => {
  test("are many where every value waits for the one before", () => {
    expect(groupsOf(chains(1, 100), x64Target)).toBe(6);
    expect(groupsOf(chains(1, 100), wasmTarget)).toBe(5);
  });

  test("are one where a group has work enough of its own", () => {
    expect(groupsOf(chains(16, 20), x64Target)).toBe(1);
    expect(groupsOf(chains(16, 20), wasmTarget)).toBe(1);
  });

  test("are in between where some values wait", () => {
    expect(groupsOf(chains(4, 50), x64Target)).toBe(4);
    expect(groupsOf(chains(4, 50), wasmTarget)).toBe(3);
  });

  test("are more where products are fused into the sums that a short loop carries", () => {
    const sums = (op: "add" | "fusedAdd"): Statement[] => {
      const phis = [1, 2, 3].map((id) => ({ register: { ...one, id }, init: one, next: { ...one, id: id + 3 } }));
      const body = phis.map(({ register, next }): Statement => {
        return { kind: "op", op, out: next, args: op === "add" ? [one, register] : [one, one, register] };
      });
      return [{ kind: "loop", counter: { id: 7, dtype: "int32", lane: false }, count: 100, phis, body }];
    };
    expect(groupsOf(sums("add"), x64Target)).toBe(3);
    expect(groupsOf(sums("fusedAdd"), x64Target)).toBe(4);
  });

  test("are fewer where a short loop goes through large arrays", () => {
    const through = (elements: number): Statement[] => {
      const counter: Register = { id: 1, dtype: "int32", lane: false };
      const index = { offset: 0, terms: [{ register: counter, stride: 1 }] };
      const buffer = { id: 0, name: "x", kind: "scratch", dtype: "float32", lane: true, elements } as const;
      const body: Statement[] = [
        { kind: "load", out: one, buffer, index },
        { kind: "op", op: "add", out: { ...one, id: 2 }, args: [one, one] },
        { kind: "store", buffer, index, value: { ...one, id: 2 } },
      ];
      return [{ kind: "loop", counter, count: elements, phis: [], body }];
    };
    expect([500, 900, 1400, 2900, 10_000].map((n) => groupsOf(through(n), x64Target))).toEqual([4, 3, 2, 1, 1]);
  });

  test.each([
    [4, 8, 4],
    [3, 8, 4],
    [6, 8, 4],
    [5, 8, 4],
    [6, 2, 2],
    [3, 1000, 3],
    [5, 13, 5],
    [4, Number.POSITIVE_INFINITY, 4],
  ])("of %i that are preferred and %i in all are %i", (preferred, all, groups) => {
    expect(fittingGroups(preferred, all)).toBe(groups);
  });
});

test("a chain of sums waits three cycles for each, and many of them share the wait", () => {
  expect(waitOf(chains(1, 1000))).toBeCloseTo(3, 1);
  expect(waitOf(chains(10, 1000))).toBeCloseTo(0.3, 2);
});
