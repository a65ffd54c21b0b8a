import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cli, lanewise, lanewiseInTerminal, shell } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "terminal-"));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

let product = "";
let endless = "";

beforeAll(() => {
  product = file(
    "product.ts",
    `import { defineExploration, GridSpace, Parameter, type NdArray } from "lanewise";
    const free = (name: string, low: number) => new Parameter(name, 0, { low, high: 1, free: true });
    export default defineExploration({
      model: (s: { a: NdArray; b: NdArray; gain: number; mode: string }) => ({ product: s.a.mul(s.b).mul(s.gain), sum: s.a.add(s.b) }),
      space: new GridSpace({ a: free("a", 0), b: free("b", -1), gain: 1, mode: "plain" }, { n: 10 }),
      title: "two parameters",
      show: "product",
    });`,
  );
  endless = file(
    "endless.ts",
    `import { defineExploration, GridSpace, lax, Parameter } from "lanewise";
    export default defineExploration({
      model: (s) => lax.foriLoop(0, 2_000_000, (_, x) => x.mul(0.5).add(s.a), s.a),
      space: new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 1_000_000 }),
    });`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a run in a terminal shows a bar, a table and a heat map in colour", async () => {
  const { code, stdout } = await lanewiseInTerminal(["run", product]);
  expect(code).toBe(0);
  expect(stdout).toContain("two parameters");
  expect(stdout).toMatch(/100% █+ 100\/100 · .* points\/s · .* left/);
  expect(stdout).toMatch(/output +min +mean +max/);
  expect(stdout).toMatch(/product +-1 +.* +1/);
  expect(stdout).toContain("\x1b[38;5;");
  expect(stdout).toContain("▀");
}, 30_000);

test("the bar is there at once, before the first point is done", async () => {
  const { stdout } = await lanewiseInTerminal(["run", endless], {
    answer: (output) => (output.includes("0%") ? "\x03" : undefined),
  });
  expect(stdout).toMatch(/0% ░+ 0\/1,000,000/);
}, 30_000);

test("Ctrl-C stops the run, says how much was done, and exits with 130", async () => {
  const { code, stdout } = await lanewiseInTerminal(["run", endless], {
    answer: (output) => (/[1-9][\d,]*\/1,000,000/.test(output) ? "\x03" : undefined),
  });
  expect(stdout).toMatch(/stopped: [1-9][\d,]* of 1,000,000 points done in \d/);
  expect(code).toBe(130);
}, 60_000);

test("NO_COLOR draws the map with characters", async () => {
  const { stdout } = await lanewiseInTerminal(["run", product], { env: { NO_COLOR: "1" } });
  expect(stdout).not.toContain("\x1b[38;");
  expect(stdout).toMatch(/┤[ .:\-=+*#%@]+/);
}, 30_000);

test("without a terminal there is no bar and no escape sequence", async () => {
  const { code, stdout, stderr } = await lanewise(["run", product]);
  expect(code).toBe(0);
  expect(stderr).toBe("two parameters\n");
  expect(stdout).not.toContain("\x1b");
  expect(stdout).toContain("┤");
});

test("one dimension is a line plot, on axes given by --axis and values by --set", async () => {
  const { stdout } = await lanewise(["run", product, "--axis", "a=1:100:30:log", "--set", "b=2", "--set", "gain=3"]);
  expect(stdout).toMatch(/product +6 +.* +600/);
  expect(stdout).toMatch(/[\u2801-\u28ff]/);
});

test("a parameter that is set keeps its dtype, and stays an array", async () => {
  const whole = file(
    "whole.ts",
    `import { defineExploration, GridSpace, Parameter } from "lanewise";
    const free = (name, high, dtype) => new Parameter(name, 0, { low: 0, high, free: true, ...dtype });
    export default defineExploration({
      model: (s) => s.k.bitwiseAnd(1).add(s.a),
      space: new GridSpace({ k: free("k", 4, { dtype: "int32" }), a: free("a", 1) }, { n: 5 }),
    });`,
  );
  const range = async (...words: string[]) => {
    const { outputs, points } = JSON.parse((await lanewise(["run", whole, "--json", ...words])).stdout);
    return [points, outputs[0].min, outputs[0].max];
  };
  expect(await range("--set", "k=3")).toEqual([5, 1, 2]);
  expect(await range("--set", "a=0.5")).toEqual([5, 0.5, 1.5]);
  expect(await range("--axis", "a=10:20:3")).toEqual([15, 10, 21]);
});

test("names, units and meanings outlast --set and --axis", async () => {
  const named = file(
    "named.ts",
    `import { defineExploration, GridSpace, Parameter } from "lanewise";
    const free = (name, more) => new Parameter(name, 0, { low: 0, high: 1, free: true, ...more });
    export default defineExploration({
      model: (s) => s.a.add(s.b).add(s.c),
      space: new GridSpace({ a: free("gain", { unit: "mV" }), b: free("rate", { unit: "1/s" }), c: free("c") }, { n: 3 }),
    });`,
  );
  const store = join(folder, "named.zarr");
  await lanewise(["run", named, "--store", store, "--axis", "a=1:2:4:log", "--set", "c=0.5"]);
  const attributes = (array: string) => JSON.parse(readFileSync(join(store, array, "zarr.json"), "utf8")).attributes;
  expect(attributes("a")).toEqual({ long_name: "gain", units: "mV", low: 1, high: 2 });
  expect(attributes("b")).toEqual({ long_name: "rate", units: "1/s", low: 0, high: 1 });
});

test("more devices than there are is refused by the option's name", async () => {
  const { code, stderr } = await lanewise(["run", product, "--devices", "3"], { env: { LANEWISE_HOST_DEVICES: "2" } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^--devices: expected at most 2, .* got 3; lower it, or set LANEWISE_HOST_DEVICES=3/);
});

test("a reader that stops reading is no error", async () => {
  const outcome = await shell(`'${process.execPath}' '${cli}' show '${product}' --wasm | head -n 1`);
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
});

test("--quiet prints nothing, --json one object", async () => {
  expect(await lanewise(["run", product, "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  const { stdout, stderr } = await lanewise(["run", product, "--json", "--devices", "1", "--batch", "7"]);
  expect(stderr).toBe("");
  const { title, points, outputs, report } = JSON.parse(stdout);
  expect([title, points]).toEqual(["two parameters", 100]);
  expect(outputs[0]).toMatchObject({ name: "product", min: -1, max: 1, notFinite: 0 });
  expect(report.devices).toHaveLength(1);
});

test("--dtype float64 computes in 64 bits", async () => {
  const third = file(
    "third.ts",
    `import { defineExploration, GridSpace, Parameter } from "lanewise";
    export default defineExploration({
      model: (s) => s.a.div(3),
      space: new GridSpace({ a: new Parameter("a", 0, { low: 1, high: 2, free: true }) }, { n: 2 }),
    });`,
  );
  const min = async (dtype: string) =>
    JSON.parse((await lanewise(["run", third, "--json", "--dtype", dtype])).stdout).outputs[0].min;
  expect(await min("float64")).toBe(1 / 3);
  expect(await min("float32")).toBe(Math.fround(1 / 3));
});

test("devices lists at least one", async () => {
  const { code, stdout } = await lanewise(["devices"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^device +target +why\n.*\nhost 0 +(x64 +the processor has AVX2|wasm +.*; not x64: )/);
});

test.each(["--program", "--kernel", "--wasm"])("show %s prints the stage", async (stage) => {
  const { code, stdout, stderr } = await lanewise(["show", product, stage]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain("mul");
});

test("help for all", async () => {
  for (const words of [["--help"], ["run", "--help"], ["show", "--help"], ["devices", "--help"]]) {
    const { code, stdout } = await lanewise(words);
    expect(code).toBe(0);
    expect(stdout).toContain("lanewise");
    expect(stdout).toContain("--help");
  }
  expect((await lanewise(["--version"])).stdout).toMatch(/lanewise\/\d+\.\d+\.\d+/);
});

const wrong: [name: string, words: () => string[], code: number][] = [
  ["no command", () => [], 2],
  ["an unknown command", () => ["walk"], 2],
  ["no file", () => ["run"], 2],
  ["a file that is not there", () => ["run", "nowhere.ts"], 2],
  ["an unknown option", () => ["run", product, "--fast"], 2],
  ["a bad number of devices", () => ["run", product, "--devices", "0"], 2],
  ["a bad dtype", () => ["run", product, "--dtype", "float16"], 2],
  ["an unknown path", () => ["run", product, "--set", "c=1"], 2],
  ["values for all that varies", () => ["run", product, "--set", "a=1", "--set", "b=1"], 2],
  ["an axis in place of a word", () => ["run", product, "--axis", "mode=0:1:3"], 2],
  ["a value that is no number", () => ["run", product, "--set", "a=many"], 2],
  ["a bad axis", () => ["run", product, "--axis", "a=1:2"], 2],
  ["an axis the wrong way round", () => ["run", product, "--axis", "a=2:1:10"], 2],
  ["a bad output file", () => ["run", product, "--out", "x.xls"], 2],
  ["an output folder that is not there", () => ["run", product, "--out", join(folder, "no", "x.csv")], 2],
  ["a folder in place of a file", () => ["run", folder], 2],
  ["a file that does not parse", () => ["run", file("syntax.ts", "const x: number = ;")], 1],
  ["a file whose import is not there", () => ["run", file("lost.ts", 'import { x } from "./nowhere.ts"; x();')], 1],
  ["a file without an exploration", () => ["run", file("empty.ts", "export const x = 1;")], 1],
  ["a file that throws", () => ["run", file("broken.ts", 'throw new Error("the data are missing");')], 1],
  [
    "a model that decides on a traced value",
    () => [
      "run",
      file(
        "decides.ts",
        `import { defineExploration, GridSpace, Parameter } from "lanewise";
        export default defineExploration({
          model: (s) => (s.a > 0 ? s.a : s.a.neg()),
          space: new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 2 }),
        });`,
      ),
    ],
    1,
  ],
];

test.each(wrong)("%s is one clear message", async (_, words, expected) => {
  const { code, stderr } = await lanewise(words());
  expect(code).toBe(expected);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr.replaceAll(folder, "FOLDER").replaceAll(process.cwd(), "HERE")).toMatchSnapshot();
});

test("--debug adds the stack", async () => {
  const { stderr } = await lanewise(["run", file("broken.ts", 'throw new Error("the data are missing");'), "--debug"]);
  expect(stderr).toContain("the data are missing");
  expect(stderr).toMatch(/^ +at /m);
});
