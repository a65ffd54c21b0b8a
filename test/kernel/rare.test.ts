import { expect, it } from "vitest";
import type { TargetName } from "../../src/device/table.ts";
import { GridSpace, type NdArray, np, ParallelExecution, Parameter } from "../../src/index.ts";
import type { Statement } from "../../src/kernel/kernel.ts";
import { blocksOf } from "../../src/kernel/statement.ts";
import { Builder } from "../../src/program/builder.ts";
import { interpret } from "../../src/program/interpreter.ts";
import type { Program } from "../../src/program/program.ts";
import { backends } from "../helpers/backends.ts";
import { kernelOf, runKernel } from "../helpers/run-kernel.ts";

/** sin of [count] elements per point. */
function sines(count: number): Program {
  const type = { dtype: "float32", shape: [count] } as const;
  const builder = new Builder([type]);
  const root = builder.finish([builder.apply("sin", builder.root.parameters)]);
  return { inputs: [{ name: "x", role: "point", type }], outputs: ["y"], root };
}

const statementsOf = (block: readonly Statement[]): readonly Statement[] =>
  block.flatMap((s) => [s, ...blocksOf(s).flatMap(statementsOf)]);

/** Elements that share a branch, by target. */
const together = { wasm: 4, x64: 1 } as const;

for (const backend of backends) {
  const { name, seldomInMemory } = backend.target;

  it.each([1, 3, 9, 50])(`what is seldom needed lies behind branches on ${name}: %i elements`, (count) => {
    const kernel = kernelOf(sines(count), { groups: 2, unrolled: 32 }, backend.target);
    const branches = statementsOf(kernel.body).filter((s) => s.kind === "if");
    expect(branches.length).toBe(count <= 32 ? Math.ceil(count / together[name as keyof typeof together]) : 1);
    for (const branch of branches) expect(branch.merges.length === 0).toBe(seldomInMemory);
    const outside = kernel.body.concat(kernel.body.flatMap((s) => (s.kind === "loop" ? s.body : [])));
    const products = (block: readonly Statement[]): number =>
      block.filter((s) => s.kind === "op" && s.op === "mul").length;
    expect(products(outside)).toBeLessThan(20 * (count <= 32 ? count : 1));
  });

  it.runIf(backend.canRun).each([1, 3, 9, 50])(`and has the interpreter's bits on ${name}: %i elements`, (count) => {
    const program = sines(count);
    const kernel = kernelOf(program, { groups: 2, unrolled: 32 }, backend.target);
    const large = (i: number): number => [0.5, -3e30, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 12345][i % 6]!;
    const points = [0, 1].map((p) => {
      const data = Float32Array.from({ length: count }, (_, i) => (p === 0 ? i / 7 : large(i)));
      return [{ dtype: "float32" as const, shape: [count], data }];
    });
    const wanted = points.flatMap((point) => Array.from(interpret(program, point)[0]!.data));
    expect(Array.from(runKernel(backend, program, kernel, points)[0]!)).toEqual(wanted);
  });

  it.runIf(backend.canRun)(`and its memory on ${name} is not that of an array from before the loop`, async () => {
    // In each turn of the loop a sine is computed, then what lies in memory since before the loop is read.
    const model = ({ a }: { a: NdArray }) => np.scatterAdd(np.sin(np.arange(40).mul(a)), [3], np.broadcastTo(a, [1]));
    const space = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 2, free: true }) }, { n: 21 });
    const [got, wanted] = await Promise.all(
      [name as TargetName, "interpreter" as const].map(async (target) => {
        using execution = new ParallelExecution(model, space, { target, nPmap: 1 });
        return [...(await execution.run())];
      }),
    );
    expect(got).toEqual(wanted);
  });
}
