import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lanewise } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs an example and gives its columns. */
async function columns(file: string, ...words: string[]): Promise<Record<string, number[]>> {
  const out = join(folder, `${file.replaceAll(/\W/g, "-")}.json`);
  const { code, stderr } = await lanewise(["run", file, "--quiet", "--out", out, ...words]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(readFileSync(out, "utf8"));
}

test("the seed's example multiplies two parameters over a hundred points", async () => {
  const { param1, param2, value } = await columns("examples/seed.ts");
  expect(value).toHaveLength(100);
  value?.forEach((x, i) => {
    expect(x).toBeCloseTo((param1?.[i] as number) * (param2?.[i] as number), 6);
  });
});

test("Lorenz is at rest below rho = 1 and large in chaos", async () => {
  const { rho, largestZ } = await columns("examples/lorenz.ts", "--axis", "rho=0.5:28:12");
  expect(rho?.[0]).toBe(0.5);
  expect(largestZ?.[0]).toBeCloseTo(1, 1);
  expect(largestZ?.[11]).toBeGreaterThan(40);
});

test("on the flight network R0 = 1 dies out, and cancelled flights delay the peak of larger ones", async () => {
  const { R0, cancelled, attackRate, peakDay, airportsReached } = await columns(
    "examples/flights/model.ts",
    ...["--axis", "R0=1:3:2", "--axis", "cancelled=0:1:3"],
  );
  expect(R0).toEqual([1, 1, 1, 3, 3, 3]);
  expect(cancelled).toEqual([0, 0.5, 1, 0, 0.5, 1]);
  expect(attackRate?.slice(0, 3).every((x) => x < 0.01)).toBe(true);
  // The final size of an epidemic with R0 = 3 solves s = exp(-3 (1 - s)): 94 % are infected.
  expect(attackRate?.[3]).toBeCloseTo(0.94, 2);
  expect(peakDay?.[4]).toBeGreaterThan(peakDay?.[3] as number);
  // Without any flight it stays where it began.
  expect(airportsReached?.slice(3)).toEqual([304, 304, 1]);
});

test.each([
  ["lorenz", "rho=0:21:5", "z"],
  ["jansen-rit", "p=0.12:0.32:5", "value"],
  ["wong-wang", "G=0:2:5", "value"],
])("the benchmark's %s runs", async (name, axis, output) => {
  const result = await columns(`bench/models/${name}.ts`, "--axis", axis);
  expect(result[output]).toHaveLength(5);
  expect(result[output]?.every(Number.isFinite)).toBe(true);
});
