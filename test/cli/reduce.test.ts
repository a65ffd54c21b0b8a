import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lanewise } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "reduce-"));
let model = "";

beforeAll(() => {
  model = join(folder, "noise.ts");
  writeFileSync(
    model,
    `import { defineExploration, GridAxis, random, Space } from "lanewise";
    export default defineExploration({
      model: ({ key, a, b }) => ({ sum: random.uniform(key).mul(0).add(a).add(b), b }),
      space: new Space({ key: random.key(0), a: new GridAxis(0, 1, 3), b: new GridAxis(0, 10, 11) }, { mode: "product" }),
      show: "sum",
    });`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

test("--reduce and --over keep the other axes, --replications add one", async () => {
  const words = ["--reduce", "sum=mean,max", "--reduce", "b=std", "--over", "b,replicate", "--replications", "4"];
  const { code, stdout, stderr } = await lanewise(["run", model, "--json", ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { points, outputs, report } = JSON.parse(stdout);
  expect(points).toBe(3);
  expect(report.points).toBe(132);
  expect(outputs.map(({ name, min, max }: { name: string; min: number; max: number }) => [name, min, max])).toEqual([
    ["b.std", Math.sqrt(10), Math.sqrt(10)],
    ["sum.max", 10, 11],
    ["sum.mean", 5, 6],
  ]);
}, 30_000);

test.each([
  [["--over", "b"], "--over: expected --reduce beside it"],
  [["--reduce", "sum"], '--reduce: expected result=reduction,…, got "sum"'],
  [["--reduce", "sum=median"], "--reduce: expected reductions among count, sum, mean"],
  [["--reduce", "sum=mean", "--store", "x.zarr"], "--reduce: expected it without --store"],
  [["--reduce", "sum=mean", "--cache", "x"], "--reduce: expected it without --cache"],
  [["--reduce", "sun=mean"], "--reduce: expected results among result.b, sum in reduce, got sun"],
  [["--reduce", "sum=mean", "--over", "c"], "--reduce: expected over to name axes among a, b, got c"],
  [["--replications", "0"], "--replications: expected a positive whole number"],
])(
  "%j is refused",
  async (words, message) => {
    const { code, stderr } = await lanewise(["run", model, ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  },
  30_000,
);
