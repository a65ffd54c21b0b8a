import { describe, expect, test } from "vitest";
import type { Code } from "../../src/device/protocol.ts";
import { tuned } from "../../src/device/tune.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import { GridSpace, lax, type NdArray, np, ParallelExecution, Parameter } from "../../src/index.ts";
import { buildKernel } from "../../src/kernel/build.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { shortened, workOf } from "../../src/kernel/work.ts";
import { slow } from "./programs.ts";

const kernel = buildKernel(slow(1_000_000), wasmTarget);

/** Tunes with times that are given for each number of groups; gives the groups taken and those tried. */
async function groupsFor(times: readonly number[], start: number, most = 8) {
  const tried = new Set<number>();
  const assemble = async (candidate: Kernel) => ({ kernel: candidate }) as unknown as Code;
  const measure = (code: Code) => {
    const { groups } = (code as unknown as { kernel: Kernel }).kernel;
    tried.add(groups);
    return times[groups - 1]!;
  };
  const best = await tuned({ ...kernel, groups: start }, most, { assemble, measure });
  const taken = (best as unknown as { kernel: Kernel }).kernel;
  return { groups: taken.groups, work: workOf(taken.body), tried: [...tried].sort((a, b) => a - b) };
}

describe("the number of lane groups", () => {
  test.each([
    [[4, 3, 2, 1], 1, 4],
    [[1, 2, 3, 4], 4, 1],
    [[4, 2, 3, 5], 3, 2],
    [[3, 3, 3, 3], 2, 2],
    [[1, 4, 3, 2], 4, 1],
  ])("of times %j from %i on is %i", async (times, start, wanted) => {
    expect((await groupsFor(times, start)).groups).toBe(wanted);
  });

  test("is not changed by a time that other work on the machine made long", async () => {
    let times = 0;
    const assemble = async (candidate: Kernel) => ({ kernel: candidate }) as unknown as Code;
    const measure = (code: Code) => {
      const { groups } = (code as unknown as { kernel: Kernel }).kernel;
      return groups === 4 && times++ === 0 ? 5 : groups === 4 ? 2 : 3;
    };
    const best = await tuned({ ...kernel, groups: 4 }, 16, { assemble, measure });
    expect((best as unknown as { kernel: Kernel }).kernel.groups).toBe(4);
  });

  test("is no more than points can fill, and others are not tried", async () => {
    const { groups, tried } = await groupsFor([4, 3, 2, 1], 1, 2);
    expect(groups).toBe(2);
    expect(tried).toEqual([1, 2]);
  });

  test("counts what is computed in vain where points fill no whole number of chunks", async () => {
    expect((await groupsFor([4, 4, 3.6, 4], 2, 8)).groups).toBe(2);
    expect((await groupsFor([4, 4, 3.6, 4], 2, 9)).groups).toBe(3);
  });

  test("is measured on loops that end early, and the whole kernel is taken", async () => {
    const short = shortened(kernel, 1000)!;
    expect(workOf(short.body)).toBeLessThan(1100);
    expect((await groupsFor([1, 1, 1, 1], 1)).work).toBe(workOf(kernel.body));
  });

  test("is measured on loops in loops that end early, each", () => {
    const nested = { ...kernel, body: kernel.body.map((s) => (s.kind === "loop" ? { ...s, body: [s, s] } : s)) };
    const short = shortened(nested, 1000)!;
    expect(workOf(nested.body)).toBeGreaterThan(1e6);
    expect(workOf(short.body)).toBeLessThan(4000);
  });

  test("of a loop that ends by itself is left alone", () => {
    const condition = { id: 0, dtype: "bool", lane: false } as const;
    const waiting = { kind: "while", phis: [], test: [], condition, body: [] } as const;
    expect(shortened({ ...kernel, body: [waiting] }, 1)).toBeUndefined();
  });

  test("changes no result, whether it is measured or not", async () => {
    const space = new GridSpace({ x: new Parameter("x", 0, { low: 0, high: 1, free: true }) }, { n: 40_000 });
    const model = ({ x }: { x: NdArray }) => lax.foriLoop(0, 3000, (_, y) => y.mul(3.7).mul(np.sub(1, y)), x);
    using long = new ParallelExecution(model, space, { nPmap: 1 });
    using short = new ParallelExecution(model, space.slice(0, 64), { nPmap: 1 });
    const [a, b] = [await long.run(), await short.run()];
    const again = await long.run();
    expect(again.report.compileSeconds).toBeLessThan(a.report.compileSeconds);
    for (let i = 0; i < 64; i++) expect(a.at(i)).toBe(b.at(i));
    expect(again.stacked).toEqual(a.stacked);
  });
});
